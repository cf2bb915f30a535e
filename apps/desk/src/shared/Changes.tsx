import { Button } from "@mantine/core";
import { useT } from "../i18n/intl.tsx";
import { Moment } from "./clock.tsx";
import { Empty, Skeleton } from "./parts.tsx";
import { ProblemNote } from "./problem.tsx";
import css from "./shared.module.css";

interface Change { field: string; before: string | null; after: string | null }
interface Row<C extends Change> { id: number; at: string; by: string; step?: string | null; changes: C[] }
interface Props<C extends Change> {
  list: { items: Row<C>[] | undefined; error: unknown; refetch: () => unknown; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  nameOf: (change: C) => string; write: (field: string, value: string) => string;
}

/** Who changed what, newest first: what stood there before is struck out, and said so to who does not see that. */
export function ChangeList<C extends Change>({ list, nameOf, write }: Props<C>) {
  const t = useT();
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.items) return <Skeleton rows={4} height={40} />;
  if (list.items.length === 0 && !list.hasNextPage) return <Empty text={t("history.none")} />;
  const written = ({ field }: C, value: string | null) => (value === null ? "–" : write(field, value));
  return (
    <>
      <ol className={css.changes}>
        {list.items.map((row) => (
          <li key={row.id}>
            <div className="row between small dim"><span>{row.by}{row.step && ` · ${row.step}`}</span><Moment at={row.at} full /></div>
            <dl>{row.changes.map((change) => <div key={change.field}><dt>{nameOf(change)}</dt><dd><s><span className="visually-hidden">{t("history.before")} </span>{written(change, change.before)}</s> <span className="visually-hidden">{t("history.after")} </span>{written(change, change.after)}</dd></div>)}</dl>
          </li>
        ))}
      </ol>
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </>
  );
}

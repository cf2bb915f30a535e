import { Button } from "@mantine/core";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import css from "./clients.module.css";

type Values = Record<string, unknown>;
const isValues = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);
/** Any value of a card on one line; nothing is a dash. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(", ") || "–";
  if (isValues(value)) return Object.values(value).filter(Boolean).map(show).join(", ") || "–";
  return typeof value === "string" || typeof value === "number" ? String(value) || "–" : value === true ? "+" : "–";
}

/** Who changed what of this client's data, newest first. */
export function Changes({ clientId }: { clientId: string }) {
  const t = useT();
  const word = useWord();
  const list = usePages("clientHistory", { params: { id: clientId }, query: {} });
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.items) return <Skeleton rows={4} />;
  if (list.items.length === 0) return <Empty text={t("client.noChanges")} />;
  return (
    <ol className={css.changes}>
      {list.items.map((each) => (
        <li key={each.id}>
          <div className="row between small dim"><span>{word("actor", each.by, each.by)} · {word("event", each.action)}</span><Moment at={each.at} /></div>
          {isValues(each.after) && Object.entries(each.after).filter(([key]) => key !== "version").map(([key, after]) => (
            <div key={key} className="small"><span className="dim">{word("client", key)}:</span> {isValues(each.before) && <s className="dim">{show(each.before[key])}</s>} {show(after)}</div>
          ))}
        </li>
      ))}
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </ol>
  );
}

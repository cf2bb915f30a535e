import { Button } from "@mantine/core";
import { IconWand, IconTicket } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Input } from "../../shared/api.ts";
import { Moment } from "../../shared/clock.tsx";
import { Pages } from "../../shared/pages.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages } from "../../shared/query.ts";
import { written, type Asked } from "../views/asked.ts";
import boardCss from "../views/views.module.css";
import { defaultColumns, isOwn } from "../views/columns.ts";
import type { Picked } from "./picked.ts";
import { Head, Row, useDrawn, type Line } from "./TicketRow.tsx";
import css from "./tickets.module.css";

const BulkBar = lazy(() => import("../bulk/BulkBar.tsx"));

export type Listed = NonNullable<Input<"listTickets">["query"]["view"]>;
/** These stand by their deadline, the others by their last change. */
const byDeadline = new Set<Listed>(["callbacks", "breaching"]);

interface ListProps { listed: Listed | null; shown: Asked; label: string; isWords: boolean; picked: Picked | null; panel: (error: unknown) => ReactNode }

/** A view that is always there is read by its name; everything else by its filter, in pages that may be short. */
function useTickets(listed: Listed | null, shown: Asked) {
  const byName = usePages("listTickets", { query: { view: listed ?? "open" } }, { anyOrder: listed !== null && byDeadline.has(listed), enabled: listed !== null });
  const fields = shown.columns?.filter((column) => !isOwn(column)).join(",");
  const found = usePages("findTickets", { query: { filter: written(shown.filter), sort: shown.sort, ...(fields && { columns: fields }) } }, { anyOrder: shown.sort !== "changed", enabled: listed === null });
  const list = listed ? { ...byName, seenTo: null, instead: null } : { ...found, seenTo: found.data?.pages.at(-1)?.seenTo ?? null, instead: found.data?.pages[0]?.instead ?? null };
  return useNames() ? list : { ...list, items: undefined };
}

/** Whether types and projects can be named: rows with their keys for a moment would be read as names. Where the names cannot be had, rows are shown all the same. */
function useNames(): boolean {
  const { data, error } = useApi("ticketTypes", null, { staleTime: 5 * 60_000 });
  return data !== undefined || error !== null;
}

/** Tickets as rows; what is picked can be changed together. */
export function TicketList({ listed, shown, label, isWords, picked, panel }: ListProps) {
  const t = useT();
  const navigate = useNavigate();
  const list = useTickets(listed, shown);
  const items: Line[] | undefined = list.items;
  const drawn = useDrawn(shown.columns ?? defaultColumns);
  const show = (ticket: Line) => void navigate({ to: "/tickets/$id", params: { id: ticket.id } });
  const first = items?.find(({ id }) => picked?.ids.has(id))?.id;
  const nothing = items?.length === 0 && !list.seenTo;
  const pick = (ticket: Line, isRange: boolean) => picked?.pick(ticket.id, isRange ? items?.map(({ id }) => id) ?? [] : null);
  return (
    <>
      {panel(list.error)}
      {picked && first !== undefined && <Suspense fallback={null}><BulkBar picked={picked.ids} asked={listed === "callbacks" ? null : list.instead ? { ...shown, filter: { ...shown.filter, text: list.instead.shown } } : shown} first={first} onClear={picked.clear} /></Suspense>}
      <div className={`panel ${css.listPanel}`}>
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
        {!items && !list.error && <Skeleton rows={10} height={40} />}
        {list.instead && <p className={boardCss.instead} role="status"><IconWand size={15} aria-hidden /><span>{t("views.instead", list.instead)}</span></p>}
        {nothing && <Empty icon={<IconTicket size={22} />} text={t(isWords ? "views.nothing" : "tickets.empty")} />}
        {items && items.length > 0 && (
          <Pages key={label} place={`tickets:${label}`} head={<Head picks={picked !== null} drawn={drawn} />} label={label} items={items} rowHeight={52} keyOf={(ticket) => ticket.id} onOpen={show} {...(picked && { onPick: pick })}
            row={(ticket, chosen, tabIndex) => <Row ticket={ticket} drawn={drawn} chosen={chosen} tabIndex={tabIndex} onOpen={() => show(ticket)} isPicked={picked && picked.ids.has(ticket.id)} onPick={(isRange) => pick(ticket, isRange)} />}
            more={{ has: list.hasNextPage && !list.seenTo, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} />
        )}
        {list.seenTo && <SeenTo at={list.seenTo} busy={list.isFetchingNextPage} onFurther={() => void list.fetchNextPage()} />}
      </div>
    </>
  );
}

/** A page that is short says how far was looked, and goes on when it is asked to. */
function SeenTo({ at, busy, onFurther }: { at: string; busy: boolean; onFurther: () => void }) {
  const t = useT();
  return <div className={boardCss.seen}><span>{t("views.seenTo")} <Moment at={at} full /></span><Button size="compact-sm" variant="light" loading={busy} onClick={onFurther}>{t("views.further")}</Button></div>;
}

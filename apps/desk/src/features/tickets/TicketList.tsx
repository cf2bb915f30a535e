import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { Button, Checkbox } from "@mantine/core";
import { IconTicket } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import type { Input } from "../../shared/api.ts";
import { Moment, useZone } from "../../shared/clock.tsx";
import { Pages } from "../../shared/pages.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { written, type Asked } from "../views/asked.ts";
import boardCss from "../views/views.module.css";
import { CallbackButton } from "./CallbackButton.tsx";
import { Due } from "./Due.tsx";
import type { Picked } from "./picked.ts";
import { useTypes } from "./useTypes.ts";
import { priorityKey, statusTone } from "./words.ts";
import css from "./tickets.module.css";

const BulkBar = lazy(() => import("../bulk/BulkBar.tsx"));

export type Listed = NonNullable<Input<"listTickets">["query"]["view"]>;
/** These stand by their deadline, the others by their last change. */
const byDeadline = new Set<Listed>(["callbacks", "breaching"]);

interface ListProps { listed: Listed | null; shown: Asked; label: string; isWords: boolean; picked: Picked | null; panel: (error: unknown) => ReactNode }

/** A view that is always there is read by its name; everything else by its filter, in pages that may be short. */
function useTickets(listed: Listed | null, shown: Asked) {
  const byName = usePages("listTickets", { query: { view: listed ?? "open" } }, { anyOrder: listed !== null && byDeadline.has(listed), enabled: listed !== null });
  const found = usePages("findTickets", { query: { filter: written(shown.filter), sort: shown.sort } }, { anyOrder: shown.sort !== "changed", enabled: listed === null });
  return listed ? { ...byName, seenTo: null } : { ...found, seenTo: found.data?.pages.at(-1)?.seenTo ?? null };
}

/** Tickets as rows; what is picked can be changed together. */
export function TicketList({ listed, shown, label, isWords, picked, panel }: ListProps) {
  const t = useT();
  const navigate = useNavigate();
  const list = useTickets(listed, shown);
  const items: TicketRow[] | undefined = list.items;
  const show = (ticket: TicketRow) => void navigate({ to: "/tickets/$id", params: { id: ticket.id } });
  const first = items?.find(({ id }) => picked?.ids.has(id))?.id;
  const nothing = items?.length === 0 && !list.seenTo;
  const pick = (ticket: TicketRow, isRange: boolean) => picked?.pick(ticket.id, isRange ? items?.map(({ id }) => id) ?? [] : null);
  return (
    <>
      {panel(list.error)}
      {picked && first !== undefined && <Suspense fallback={null}><BulkBar picked={picked.ids} asked={listed === "callbacks" ? null : shown} first={first} onClear={picked.clear} /></Suspense>}
      <div className={`panel ${css.listPanel}`}>
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
        {!items && !list.error && <Skeleton rows={10} height={40} />}
        {nothing && <Empty icon={<IconTicket size={22} />} text={t(isWords ? "views.nothing" : "tickets.empty")} />}
        {items && items.length > 0 && (
          <Pages key={label} place={`tickets:${label}`} head={<Head picks={picked !== null} />} label={label} items={items} rowHeight={52} keyOf={(ticket) => ticket.id} onOpen={show} {...(picked && { onPick: pick })}
            row={(ticket, chosen, tabIndex) => <Row ticket={ticket} chosen={chosen} tabIndex={tabIndex} onOpen={() => show(ticket)} isPicked={picked && picked.ids.has(ticket.id)} onPick={(isRange) => pick(ticket, isRange)} />}
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

function Head({ picks }: { picks: boolean }) {
  const t = useT();
  const zone = useZone();
  return (
    <div className={css.row}>
      {picks && <span className={css.rowPick} />}
      <div className={css.rowOpen}><span /><span>{t("col.number")}</span><span>{t("col.subject")}</span><span>{t("col.stage")}</span><span>{t("register.priority")}</span><span>{t("ticket.owner")}</span><span>{t("ticket.due")}</span><span title={t("time.zone", { zone })}>{t("col.changed")}</span></div>
      <span className={css.rowCall} />
    </div>
  );
}

interface RowProps { ticket: TicketRow; chosen: boolean; tabIndex: number; onOpen: () => void; /** Null: nothing can be picked. */ isPicked: boolean | null; onPick: (isRange: boolean) => void }
function Row({ ticket, chosen, tabIndex, onOpen, isPicked, onPick }: RowProps) {
  const t = useT();
  const word = useWord();
  const { project, type } = useTypes(ticket);
  return (
    <div className={css.row} data-chosen={chosen || undefined} data-picked={isPicked || undefined}>
      {isPicked !== null && <span className={css.rowPick}><Checkbox size="xs" tabIndex={tabIndex} aria-label={t("bulk.pick", { number: ticket.number })} checked={isPicked} onChange={() => undefined} onClick={(event) => onPick(event.shiftKey)} /></span>}
      <button type="button" tabIndex={tabIndex} className={css.rowOpen} onClick={onOpen}>
        <span className={css.bar} style={{ background: project?.color }} aria-hidden />
        <span className="stack-s"><span className="num strong">{ticket.number}</span><span className="cut small dim">{type?.name ?? word("type", ticket.type)}</span></span>
        <span className="stack-s"><span className="cut strong">{ticket.subject}</span><span className="cut small dim"><span className={css.rowNarrow}>{ticket.number} · {ticket.stageName} · </span>{ticket.calls > 1 && <b className="strong">{t("ticket.called", { count: ticket.calls })} · </b>}{ticket.clientName || ticket.contactPhone}</span></span>
        <span><span className={`chip ${statusTone[ticket.status]} ${css.rowStage}`}>{ticket.stageName}</span></span>
        <span>{ticket.priority >= 2 && <span className={`chip ${ticket.priority === 3 ? "danger" : "warn"}`}>{t(priorityKey(ticket.priority))}</span>}{ticket.reopened > 0 && <span className={`chip ${ticket.status === "closed" ? "" : "danger"}`}>{t("ticket.reopened", { count: ticket.reopened })}</span>}</span>
        <span className="cut dim">{ticket.ownerName || t("ticket.noOwner")}</span>
        <span><Due ticket={ticket} /></span>
        <span className="dim num"><Moment at={ticket.updatedAt} /></span>
      </button>
      <span className={css.rowCall}><CallbackButton ticket={ticket} compact tabIndex={tabIndex} /></span>
    </div>
  );
}

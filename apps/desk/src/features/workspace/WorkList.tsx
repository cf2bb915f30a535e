import type { CallView } from "@linija/server/contract/calls/calls";
import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { IconChecklist, IconPhone, IconPhoneIncoming, IconPhoneOutgoing, IconTicket } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import { Moment, Since } from "../../shared/clock.tsx";
import { useDigits, useKey } from "../../shared/keys.ts";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { useSteady } from "../../shared/steady.ts";
import { useCallWord } from "../line/callWord.ts";
import { useLine } from "../line/line.tsx";
import { CallbackButton } from "../tickets/CallbackButton.tsx";
import { Due } from "../tickets/Due.tsx";
import { useTypes } from "../tickets/useTypes.ts";
import css from "./workspace.module.css";

type Entry = { kind: "head"; key: string; label: MessageKey; count: number; more: boolean } | { kind: "all"; key: string; count: string; show: () => void } | { kind: "call"; key: string; call: CallView } | { kind: "ticket"; key: string; ticket: TicketRow; callback: boolean };

/** More callbacks than these would push one's own work off the screen. */
const callbacksShown = 5;
/** The list comes with those due about now first, and after them what was left for longer, as the server has it. */
const aboutNowMs = 24 * 3_600_000;
const rowPx = 56;
const headPx = 32;

/** What waits for this operator: the live line first, then own work, those we wait for, and callbacks due. */
export function WorkList({ chosen }: { chosen: string | undefined }) {
  const t = useT();
  const navigate = useNavigate();
  const work = useWork();
  const { entries, busy, error } = work;
  const rows = useMemo(() => entries.filter((entry) => entry.kind === "call" || entry.kind === "ticket"), [entries]);
  const at = rows.findIndex((entry) => idOf(entry) === chosen);
  const show = (entry: Entry | undefined) => {
    if (entry?.kind === "call") void navigate({ to: "/work", search: { call: entry.call.id } });
    if (entry?.kind === "ticket") void navigate({ to: "/work", search: { ticket: entry.ticket.id } });
  };
  const walk = (step: number) => show(rows[Math.max(0, Math.min(rows.length - 1, at + step))]);
  useKey("next", () => walk(1));
  useKey("previous", () => walk(-1));
  useKey("search", () => void navigate({ to: "/clients" }));
  useDigits((digit) => show(rows[digit - 1]));
  return (
    <nav className={css.list} aria-label={t("work.list")}>
      <ProblemNote error={error} onRetry={work.retry} />
      {busy && entries.length === 0 ? <Skeleton rows={7} height={48} /> : entries.length === 0 ? <Empty icon={<IconChecklist size={22} />} text={t("work.empty")} /> : <Rows entries={entries} chosen={chosen} onOpen={show} onWalk={walk} onEnd={work.more} />}
    </nav>
  );
}

function useWork() {
  const { line } = useLine();
  const mine = usePages("listTickets", { query: { view: "mine" } });
  const waiting = usePages("listTickets", { query: { view: "waiting" } });
  const callbacks = usePages("listTickets", { query: { view: "callbacks" } }, { anyOrder: true });
  const unfinished = usePages("listCalls", { query: { mine: true, unfinished: true, limit: 10 } });
  const live = line?.call ?? null;
  const [allCallbacks, setAllCallbacks] = useState(false);
  const entries = useMemo(() => {
    const due = callbacks.items ?? [];
    const from = Date.now() - aboutNowMs;
    const isLeft = (ticket: TicketRow) => ticket.dueAt !== null && Date.parse(ticket.dueAt) < from;
    const asCallbacks = (tickets: TicketRow[]) => tickets.map((ticket) => ({ kind: "ticket" as const, key: ticket.id, ticket, callback: true }));
    const isDue = new Set(due.map((ticket) => ticket.id));
    const others = (list: TicketRow[] | undefined) => (list ?? []).filter((ticket) => !isDue.has(ticket.id));
    const calls = [...(live ? [live] : []), ...(unfinished.items ?? []).filter((call) => call.id !== live?.id)];
    return [
      ...group("work.now", calls.map((call) => ({ kind: "call" as const, key: call.id, call })), unfinished.hasNextPage),
      ...folded(group("work.callbacks", asCallbacks(due.filter((ticket) => !isLeft(ticket))), callbacks.hasNextPage), allCallbacks, () => setAllCallbacks(true)),
      ...folded(group("work.callbacksLeft", asCallbacks(due.filter(isLeft)), callbacks.hasNextPage), allCallbacks, () => setAllCallbacks(true)),
      ...group("work.mine", others(mine.items).filter((ticket) => ticket.status !== "waiting").map((ticket) => ({ kind: "ticket" as const, key: ticket.id, ticket, callback: false })), mine.hasNextPage),
      ...group("work.waitingClient", others(waiting.items).map((ticket) => ({ kind: "ticket" as const, key: `w:${ticket.id}`, ticket, callback: false })), waiting.hasNextPage),
    ];
  }, [live, mine.items, waiting.items, callbacks.items, unfinished.items, mine.hasNextPage, waiting.hasNextPage, callbacks.hasNextPage, unfinished.hasNextPage, allCallbacks]);
  const lists = [mine, waiting, callbacks];
  return {
    entries, busy: lists.some((list) => list.isPending), error: lists.find((list) => list.error)?.error,
    retry: () => { for (const list of lists) void list.refetch(); },
    more: () => { for (const list of lists) if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage(); },
  };
}

const group = (label: MessageKey, rows: Entry[], more: boolean): Entry[] => (rows.length === 0 ? [] : [{ kind: "head", key: label, label, count: rows.length, more }, ...rows]);
/** The head and the first few; the rest opens by one press. */
function folded(entries: Entry[], isOpen: boolean, show: () => void): Entry[] {
  const [head] = entries;
  if (isOpen || head?.kind !== "head" || head.count <= callbacksShown) return entries;
  return [...entries.slice(0, 1 + callbacksShown), { kind: "all", key: `${head.key}:all`, count: `${head.count}${head.more ? "+" : ""}`, show }];
}
const idOf = (entry: Entry) => (entry.kind === "call" ? entry.call.id : entry.kind === "ticket" ? entry.ticket.id : undefined);

interface RowsProps { entries: Entry[]; chosen: string | undefined; onOpen: (entry: Entry) => void; onWalk: (step: number) => void; onEnd: () => void }
function Rows({ entries, chosen, onOpen, onWalk, onEnd }: RowsProps) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: entries.length, getScrollElement: () => box.current, estimateSize: (index) => (isRow(entries[index]) ? rowPx : headPx), overscan: 6, getItemKey: (index) => entries[index]?.key ?? index });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const latestEnd = useRef(onEnd);
  latestEnd.current = onEnd;
  useEffect(() => { if (last >= entries.length - 4) latestEnd.current(); }, [last, entries.length]);
  useEffect(() => {
    const index = entries.findIndex((entry) => idOf(entry) === chosen);
    if (index >= 0) virtual.scrollToIndex(index);
    // Only a new choice scrolls; a refetched list must not move under the hand.
  }, [chosen]);
  useSteadyRows(box, entries);
  const stop = items.find(({ index }) => entries[index] && idOf(entries[index]) === chosen) ?? items.find(({ index }) => isRow(entries[index]));
  const onArrow = useArrows(box, chosen, onWalk);
  let number = 0;
  const numbers = entries.map((entry) => (isRow(entry) ? ++number : 0));
  return (
    <div ref={box} className={css.scroller} tabIndex={0} role="region" aria-label={t("work.list")} onKeyDown={onArrow}>
      <div role="list" className={css.listBody} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const entry = entries[item.index];
          return entry && (
            <div key={item.key} role="listitem" className={css.place} style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
              <Line entry={entry} chosen={idOf(entry) === chosen} number={numbers[item.index] ?? 0} tabIndex={item.index === stop?.index ? 0 : -1} onOpen={() => onOpen(entry)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function useSteadyRows(box: RefObject<HTMLDivElement | null>, entries: Entry[]): void {
  const [keys, starts] = useMemo(() => {
    let at = 0;
    return [entries.map(({ key }) => key), entries.map((entry) => { const start = at; at += isRow(entry) ? rowPx : headPx; return start; })] as const;
  }, [entries]);
  useSteady(box, keys, (index) => starts[index] ?? 0);
}

/** The arrows open the next row as J and K do, and take the focus along. */
function useArrows(box: RefObject<HTMLDivElement | null>, chosen: string | undefined, onWalk: (step: number) => void) {
  const focusing = useRef(false);
  useEffect(() => {
    if (focusing.current) box.current?.querySelector<HTMLElement>("[aria-current]")?.focus({ preventScroll: true });
    focusing.current = false;
  }, [box, chosen]);
  return (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    focusing.current = true;
    onWalk(step);
  };
}

const isRow = (entry: Entry | undefined) => entry?.kind === "call" || entry?.kind === "ticket";

interface LineProps { chosen: boolean; number: number; /** The list is one stop of the Tab key. */ tabIndex: number; onOpen: () => void }
function Line({ entry, ...line }: LineProps & { entry: Entry }) {
  const t = useT();
  if (entry.kind === "head") return <h2 className={css.group}>{t(entry.label)}<span className="num">{entry.count}{entry.more && "+"}</span></h2>;
  if (entry.kind === "all") return <button type="button" className={css.all} onClick={entry.show}>{t("work.showAll", { count: entry.count })}</button>;
  return entry.kind === "call" ? <CallRow call={entry.call} {...line} /> : <TicketLine ticket={entry.ticket} callback={entry.callback} {...line} />;
}

interface RowProps { icon: ReactNode; title: string; about: ReactNode; end?: ReactNode; /** At the end of the second line. */ below?: ReactNode; extra?: ReactNode; live?: boolean }
function Frame({ icon, title, about, end, below, chosen, number, tabIndex, onOpen, extra, live = false }: RowProps & LineProps) {
  const t = useT();
  return (
    <div className={css.row} data-chosen={chosen || undefined} data-live={live || undefined}>
      <button type="button" tabIndex={tabIndex} className={css.open} onClick={onOpen} aria-current={chosen ? "true" : undefined} title={number > 0 && number < 10 ? t("work.altNumber", { keys: `Alt+${number}` }) : undefined}>
        <span className={css.icon} aria-hidden>{icon}</span>
        <span className={css.words}><span className="row"><span className="cut strong grow">{title}</span>{end && <span className={css.end}>{end}</span>}</span><span className="row"><span className="cut small dim grow">{about}</span>{below && <span className={css.below}>{below}</span>}</span></span>
      </button>
      {extra}
    </div>
  );
}

function CallRow({ call, ...line }: LineProps & { call: CallView }) {
  const t = useT();
  const stateWord = useCallWord();
  const phone = call.direction === "in" ? call.fromNumber : call.toNumber;
  const live = call.state === "talking" || call.state === "dialling" || call.state === "offered";
  const Glyph = live ? IconPhone : call.direction === "in" ? IconPhoneIncoming : IconPhoneOutgoing;
  const end = call.state === "talking" && call.answeredAt ? <Since at={call.answeredAt} className="num strong" /> : <span className="small dim num"><Moment at={call.startedAt} /></span>;
  return <Frame icon={<Glyph size={18} />} title={call.clientName || phone || t("line.unknown")} about={[stateWord(call), call.queueName].filter(Boolean).join(" · ")} end={end} live={live} {...line} />;
}

function TicketLine({ ticket, callback, ...line }: LineProps & { ticket: TicketRow; callback: boolean }) {
  const Glyph = callback ? IconPhoneOutgoing : IconTicket;
  const name = ticket.clientName || ticket.contactPhone || ticket.number;
  const isDue = ticket.dueAt !== null && ticket.status === "open";
  return <Frame icon={<Glyph size={18} />} title={name} about={callback ? <CallbackAbout ticket={ticket} /> : <>{ticket.subject}{ticket.status === "waiting" && ` · ${ticket.stageName}`}</>} end={callback ? undefined : isDue ? <Due ticket={ticket} /> : <span className="small dim"><Moment at={ticket.updatedAt} /></span>} below={callback && isDue && <Due ticket={ticket} />} extra={callback && <CallbackButton ticket={ticket} compact tabIndex={line.tabIndex} />} {...line} />;
}

/** How often they called and whom; the number stands here when the title has the name. */
function CallbackAbout({ ticket }: { ticket: TicketRow }) {
  const t = useT();
  const { project } = useTypes(ticket);
  return <>{ticket.calls > 1 && <b className="strong">{t("ticket.called", { count: ticket.calls })} · </b>}{ticket.clientName ? <span className="num">{ticket.contactPhone}</span> : project?.name}</>;
}

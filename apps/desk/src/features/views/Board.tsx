import type { TicketView } from "@linija/server/contract/tickets/tickets";
import type { TicketFilter } from "@linija/server/contract/views/views";
import { ActionIcon, Menu, Modal } from "@mantine/core";
import { IconArrowRight, IconLayoutKanban } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { api, type Reply } from "../../shared/api.ts";
import { forgetDraft } from "../../shared/draft.ts";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, usePages, useSend } from "../../shared/query.ts";
import { say, useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { Due } from "../tickets/Due.tsx";
import { useSaid } from "../tickets/said.ts";
import { StepForm } from "../tickets/StepForm.tsx";
import { stepDraft } from "../tickets/steps.ts";
import { priorityKey } from "../tickets/words.ts";
import { useTypes } from "../tickets/useTypes.ts";
import { written } from "./asked.ts";
import css from "./views.module.css";

type Column = Reply<"ticketBoard">["columns"][number];
type Card = Reply<"findTickets">["items"][number];
interface Moving { ticket: TicketView; step: TicketView["transitions"][number] }

/** Stages as columns. A card is moved by dragging it, or from its menu: both take the step of the process that leads there. */
export function Board({ filter }: { filter: TicketFilter }) {
  const t = useT();
  const word = useWord();
  const board = useApi("ticketBoard", { query: { filter: written(filter) } });
  const { moving, begin, done } = useMoves(board.data?.columns ?? []);
  const [over, setOver] = useState<string | null>(null);
  if (board.error && !board.data) return <ProblemNote error={board.error} onRetry={() => void board.refetch()} />;
  if (!board.data) return <Skeleton rows={8} height={56} />;
  // Stages nobody is in only make the way longer, but for those where most work begins and ends.
  const columns = board.data.columns.filter(({ count, stage }) => count > 0 || ["registered", "in_work", "done"].includes(stage));
  if (columns.length === 0) return <div className="panel"><Empty icon={<IconLayoutKanban size={22} />} text={t("tickets.empty")} /></div>;
  return (
    <div className={css.board} role="group" aria-label={t("views.board")} onKeyDown={walkColumns}>
      {columns.map((column) => (
        <section key={column.stage} className={css.column} data-over={over === column.stage || undefined} aria-label={t("views.column", { stage: column.name || word("stage", column.stage), count: column.more ? "99+" : column.count })}
          onDragOver={(event) => { event.preventDefault(); setOver(column.stage); }} onDragLeave={() => setOver(null)} onDrop={(event) => { event.preventDefault(); setOver(null); void begin(event.dataTransfer.getData("text/ticket"), { to: column }); }}>
          <Head column={column} />
          <Cards filter={filter} column={column} onMove={(id, step) => void begin(id, { step })} />
        </section>
      ))}
      <Modal opened={moving !== null} onClose={done} title={<b>{moving?.step.name}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>{moving && <Step moving={moving} onDone={done} />}</Modal>
    </div>
  );
}

/** Left and right go to the first card of the column beside. */
function walkColumns(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const here = (event.target as HTMLElement).closest("section");
  if (!step || !here || event.altKey || event.ctrlKey) return;
  const columns = [...event.currentTarget.querySelectorAll("section")];
  for (let at = columns.indexOf(here) + step; columns[at]; at += step) {
    const card = columns[at]?.querySelector<HTMLElement>("a");
    if (!card) continue;
    event.preventDefault();
    card.focus();
    return;
  }
}

function Head({ column: { stage, name, count, more } }: { column: Column }) {
  const word = useWord();
  return <h2 className={css.columnHead}><span className="cut">{name || word("stage", stage)}</span><span className="chip num">{more ? "99+" : count}</span></h2>;
}

const CARD_PX = 110;
function Cards({ filter, column, onMove }: { filter: TicketFilter; column: Column; onMove: (id: string, step: string) => void }) {
  const t = useT();
  const word = useWord();
  const list = usePages("findTickets", { query: { filter: written({ ...filter, statuses: filter.statuses ?? ["open", "waiting", "done"], stages: [column.stage] }), sort: "changed" } });
  const box = useRef<HTMLDivElement>(null);
  const items = list.items ?? [];
  // The virtualizer answers by mutable methods, so the compiler-style memo rules do not apply here.
  const virtual = useVirtualizer({ count: items.length, getScrollElement: () => box.current, estimateSize: () => CARD_PX, overscan: 4, getItemKey: (index) => items[index]?.id ?? index });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const isShort = list.data?.pages.at(-1)?.seenTo != null;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => { if (hasNextPage && !isFetchingNextPage && !isShort && items.length > 0 && last >= items.length - 4) void fetchNextPage(); }, [last, items.length, hasNextPage, isFetchingNextPage, isShort, fetchNextPage]);
  if (list.error && !list.items) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <div ref={box} className={css.cards} tabIndex={items.length === 0 ? -1 : 0} role="region" aria-label={column.name || word("stage", column.stage)}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => { const card = items[row.index]; return card && <li key={row.key} style={{ height: CARD_PX, transform: `translateY(${row.start}px)` }}><BoardCard card={card} onMove={onMove} /></li>; })}
      </ul>
      {isShort && <button type="button" className={css.further} onClick={() => void fetchNextPage()}>{t("views.further")}</button>}
    </div>
  );
}

function BoardCard({ card, onMove }: { card: Card; onMove: (id: string, step: string) => void }) {
  const t = useT();
  const me = useMe();
  const word = useWord();
  const { project, type } = useTypes(card);
  return (
    <article className={css.card} style={{ borderLeftColor: project?.color }} draggable={may(me, "tickets.move")} onDragStart={(event) => { event.dataTransfer.setData("text/ticket", card.id); event.dataTransfer.effectAllowed = "move"; }}>
      <Link to="/tickets/$id" params={{ id: card.id }} draggable={false}><b className="cut">{card.subject}</b><span className="cut small dim">{card.clientName || card.contactPhone || "–"} → {card.ownerName || t("ticket.noOwner")}</span></Link>
      <div className="row between"><span className="num small dim cut" title={type?.name ?? word("type", card.type)}>{card.number}</span>{may(me, "tickets.move") && <StepsMenu card={card} onMove={onMove} />}</div>
      <div className="row small">{card.priority >= 2 && <span className={`chip ${card.priority === 3 ? "danger" : "warn"}`}>{t(priorityKey(card.priority))}</span>}<Due ticket={card} /></div>
    </article>
  );
}

/** The steps are asked for when the menu is opened: of a board of hundreds nobody needs all. */
function StepsMenu({ card, onMove }: { card: Card; onMove: (id: string, step: string) => void }) {
  const t = useT();
  const word = useWord();
  const [open, setOpen] = useState(false);
  const { data } = useApi("getTicket", { params: { id: card.id } }, { enabled: open });
  return (
    <Menu opened={open} onChange={setOpen} position="bottom-end">
      <Menu.Target><ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("views.moveOf", { number: card.number })}><IconArrowRight size={14} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {!data && <Menu.Label>…</Menu.Label>}
        {data?.transitions.length === 0 && <Menu.Label>{t("views.noSteps")}</Menu.Label>}
        {data?.transitions.map((step) => <Menu.Item key={step.key} disabled={!step.allowed} title={step.allowed ? undefined : word("refusal", step.reason ?? "")} onClick={() => onMove(card.id, step.key)}>{step.name}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Finds the step, takes it at once if nothing is asked and no client is told, else asks first; why it cannot be is said. */
function useMoves(columns: Column[]) {
  const t = useT();
  const word = useWord();
  const refused = useRefusal();
  const [moving, setMoving] = useState<Moving | null>(null);
  const move = useSend("moveTicket", ["findTickets", "ticketBoard", "getTicket", "listTickets"], { onError: (error) => { refused(error); refresh(["getTicket", "findTickets", "ticketBoard"]); } });
  const begin = async (id: string, where: { to: Column } | { step: string }): Promise<void> => {
    if (!id) return;
    try {
      const ticket = await api("getTicket", { params: { id } });
      if ("to" in where && ticket.stage === where.to.stage) return;
      const steps = ticket.transitions.filter((step) => ("to" in where ? step.to === where.to.stage : step.key === where.step));
      const step = steps.find(({ allowed }) => allowed) ?? steps[0];
      const name = "to" in where ? columns.find(({ stage }) => stage === where.to.stage)?.name || word("stage", where.to.stage) : "";
      if (!step) return say(t("views.noWay", { stage: name }));
      if (!step.allowed) return say(`${step.name}: ${word("refusal", step.reason ?? "")}`);
      if (step.fields.length > 0 || step.tellsClient) return setMoving({ ticket, step });
      move.mutate({ params: { id }, body: { version: ticket.version, transition: step.key, input: {} } });
    } catch (error) {
      refused(error);
    }
  };
  return { moving, begin, done: () => setMoving(null) };
}

function Step({ moving, onDone }: { moving: Moving; onDone: () => void }) {
  const { step } = moving;
  // After a refusal it is sent again with what is true now.
  const { data: ticket = moving.ticket } = useApi("getTicket", { params: { id: moving.ticket.id } });
  const move = useSend("moveTicket", ["findTickets", "ticketBoard", "getTicket", "listTickets"], { onSuccess: () => { forgetDraft(stepDraft(ticket.id, step.key)); onDone(); }, onError: () => refresh(["getTicket"]) });
  const said = useSaid(ticket);
  return <div className="stack"><div className="small"><b className="num">{ticket.number}</b> · {ticket.subject}</div><StepForm said={said} draftName={stepDraft(ticket.id, step.key)} step={step} hasMail={ticket.contactEmail !== null} movedTo={ticket.stage === moving.ticket.stage ? null : ticket.stageName} error={move.error} busy={move.isPending} onSend={(input) => move.mutate({ params: { id: ticket.id }, body: { version: ticket.version, transition: step.key, input } })} /></div>;
}

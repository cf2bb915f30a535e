import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import type { Cell } from "@linija/server/contract/views/views";
import { Checkbox } from "@mantine/core";
import { Fragment, useRef, useState, type CSSProperties, type PointerEvent, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { useT, useWord, type Translate } from "../../i18n/intl.tsx";
import { Moment, useZone } from "../../shared/clock.tsx";
import { digitsOf, moneyOf, readOf } from "../../shared/numbers.ts";
import { defaultColumns, isOwn, NARROWEST, storedWidths, storeWidths, tracksOf, WIDEST, type Column, type OwnColumn } from "../views/columns.ts";
import { useColumns } from "../views/ColumnsPicker.tsx";
import { CallbackButton } from "./CallbackButton.tsx";
import { Due } from "./Due.tsx";
import { useDepartment, useTypes } from "./useTypes.ts";
import { priorityKey, statusTone } from "./words.ts";
import css from "./tickets.module.css";

/** A line of a list; what only a filter's page has is absent in the views that are always there. */
export type Line = TicketRow & { channel?: string; cells?: Record<string, Cell> };

/** How the list is drawn: which columns, how wide. Its usual columns have a layout of their own for narrow windows; others are pushed sideways there. */
export interface Drawn { columns: readonly Column[]; nameOf: (column: Column) => string; style: CSSProperties | undefined; outer: CSSProperties | undefined; setWidth: (column: Column, px: number | null) => void }
/** The tick, the call button and the space around. */
const BESIDE = 80;

export function useDrawn(columns: readonly Column[]): Drawn {
  const { kindOf, nameOf } = useColumns();
  const [set, setSet] = useState(storedWidths);
  const isUsual = columns.join() === defaultColumns.join() && columns.every((column) => set[column] === undefined);
  const { gridTemplateColumns, minWidth } = tracksOf(columns, kindOf, set);
  const setWidth = (column: Column, px: number | null) => setSet((before) => {
    const { [column]: _old, ...rest } = before;
    const after = px === null ? rest : { ...rest, [column]: Math.round(Math.min(WIDEST, Math.max(NARROWEST, px))) };
    storeWidths(after);
    return after;
  });
  return { columns, nameOf, style: isUsual ? undefined : { gridTemplateColumns, minWidth }, outer: isUsual ? undefined : { minWidth: minWidth + BESIDE }, setWidth };
}

export function Head({ picks, drawn }: { picks: boolean; drawn: Drawn }) {
  const t = useT();
  const zone = useZone();
  return (
    <div className={css.row} style={drawn.outer}>
      {picks && <span className={css.rowPick} />}
      <div className={css.rowOpen} data-drawn={drawn.style && true} style={drawn.style}><span />{drawn.columns.map((column) => (
        <span key={column} className={css.colHead} data-end={isAtEnd(column) || undefined} title={column === "changed" || column === "created" ? t("time.zone", { zone }) : drawn.nameOf(column)}>{column === "subject" && !drawn.columns.includes("client") ? t("col.subject") : drawn.nameOf(column)}<Grip column={column} drawn={drawn} /></span>
      ))}</div>
      <span className={css.rowCall} />
    </div>
  );
}

/** The edge of a column is drawn by hand; pressed twice it is as wide as in the beginning. */
function Grip({ column, drawn }: { column: Column; drawn: Drawn }) {
  const begun = useRef<{ x: number; width: number } | null>(null);
  const begin = (event: PointerEvent<HTMLSpanElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    begun.current = { x: event.clientX, width: event.currentTarget.parentElement?.offsetWidth ?? 0 };
  };
  const draw = (event: PointerEvent) => { if (begun.current) drawn.setWidth(column, begun.current.width + event.clientX - begun.current.x); };
  return <span className={css.grip} onPointerDown={begin} onPointerMove={draw} onPointerUp={() => { begun.current = null; }} onPointerCancel={() => { begun.current = null; }} onDoubleClick={() => drawn.setWidth(column, null)} />;
}

const isAtEnd = (column: Column): boolean => column === "changed" || column === "created";

interface RowProps { ticket: Line; drawn: Drawn; chosen: boolean; tabIndex: number; onOpen: () => void; /** Null: nothing can be picked. */ isPicked: boolean | null; onPick: (isRange: boolean) => void }
export function Row({ ticket, drawn, chosen, tabIndex, onOpen, isPicked, onPick }: RowProps) {
  const t = useT();
  const word = useWord();
  const departmentName = useDepartment();
  const types = useTypes(ticket);
  const line = { ticket, t, word, departmentName, types, hasClient: drawn.columns.includes("client") };
  return (
    <div className={css.row} style={drawn.outer} data-chosen={chosen || undefined} data-picked={isPicked || undefined}>
      {isPicked !== null && <span className={css.rowPick}><Checkbox size="xs" tabIndex={tabIndex} aria-label={t("bulk.pick", { number: ticket.number })} checked={isPicked} onChange={() => undefined} onClick={(event) => onPick(event.shiftKey)} /></span>}
      <button type="button" tabIndex={tabIndex} className={css.rowOpen} data-drawn={drawn.style && true} style={drawn.style} onClick={onOpen}>
        <span className={css.bar} style={{ background: types.project?.color }} aria-hidden />
        {drawn.columns.map((column) => (isOwn(column) ? <Fragment key={column}>{own[column](line)}</Fragment> : <FieldCell key={column} cell={ticket.cells?.[column]} name={drawn.nameOf(column)} />))}
      </button>
      <span className={css.rowCall}><CallbackButton ticket={ticket} compact tabIndex={tabIndex} /></span>
    </div>
  );
}

interface Shown { ticket: Line; t: Translate; word: ReturnType<typeof useWord>; departmentName: ReturnType<typeof useDepartment>; types: ReturnType<typeof useTypes>; /** In a column of its own. */ hasClient: boolean }
const own: Record<OwnColumn, (line: Shown) => ReactNode> = {
  number: ({ ticket, word, types: { type } }) => <span className="stack-s"><span className="num strong">{ticket.number}</span><span className="cut small dim">{type?.name ?? word("type", ticket.type)}</span></span>,
  subject: ({ ticket, t, hasClient }) => <span className="stack-s"><span className="cut strong">{ticket.subject}</span><span className="cut small dim"><span className={css.rowNarrow}>{ticket.number} · {ticket.stageName} · </span>{ticket.calls > 1 && <b className="strong">{t("ticket.called", { count: ticket.calls })} · </b>}{!hasClient && (ticket.clientName || ticket.contactPhone)}</span></span>,
  stage: ({ ticket }) => <span><span className={`chip ${statusTone[ticket.status]} ${css.rowStage}`}>{ticket.stageName}</span></span>,
  priority: ({ ticket, t }) => <span>{ticket.priority >= 2 && <span className={`chip ${ticket.priority === 3 ? "danger" : "warn"}`}>{t(priorityKey(ticket.priority))}</span>}{ticket.reopened > 0 && <span className={`chip ${css.rowChip} ${ticket.status === "closed" ? "" : "danger"}`} title={t("ticket.reopened", { count: ticket.reopened })}><span className="cut">{t("ticket.reopened", { count: ticket.reopened })}</span></span>}</span>,
  owner: ({ ticket, t }) => <span className="cut dim">{ticket.ownerName || t("ticket.noOwner")}</span>,
  due: ({ ticket }) => <span><Due ticket={ticket} /></span>,
  changed: ({ ticket }) => <span className="dim num" data-end><Moment at={ticket.updatedAt} /></span>,
  created: ({ ticket }) => <span className="dim num" data-end><Moment at={ticket.createdAt} /></span>,
  department: ({ ticket, departmentName }) => <span className="cut dim">{ticket.department ? departmentName(ticket.department) : "–"}</span>,
  client: ({ ticket }) => <span className="cut">{ticket.clientName || ticket.contactPhone || "–"}</span>,
  project: ({ ticket, types: { project } }) => <span className="cut dim">{project?.name ?? ticket.projectKey}</span>,
  channel: ({ ticket, word }) => <span className="cut dim">{ticket.channel ? word("channel", ticket.channel) : ""}</span>,
};

/** A field by its kind; what nobody filled is a dash. */
function FieldCell({ cell, name }: { cell: Cell | undefined; name: string }) {
  const words = useCellWords()(cell);
  return <span className={`cut ${cell ? "" : "dim"} ${cell && cell.kind !== "text" && cell.kind !== "yes_no" ? "num" : ""}`} title={`${name}: ${words}`}>{words}</span>;
}

function useCellWords(): (cell: Cell | undefined) => string {
  const t = useT();
  const intl = useIntl();
  return (cell) => {
    switch (cell?.kind) {
      case undefined: return "–";
      case "text": return cell.text;
      case "number": return readOf(digitsOf(cell.value), intl.locale);
      // Exact digits: as a number a large amount would be rounded.
      case "money": return moneyOf(cell, intl.locale);
      case "date": return intl.formatDate(`${cell.date}T00:00:00Z`, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
      case "moment": return intl.formatDate(cell.at, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
      case "yes_no": return t(cell.yes ? "views.yes" : "views.no");
    }
  };
}

import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import type { Input } from "../../shared/api.ts";
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconTicket } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment, useZone } from "../../shared/clock.tsx";
import { useKey } from "../../shared/keys.ts";
import { Pages } from "../../shared/pages.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { hasRole, useMe } from "../access/session.ts";
import { CallbackButton } from "./CallbackButton.tsx";
import { Due } from "./Due.tsx";
import { useTypes } from "./useTypes.ts";
import { priorityKey, statusTone } from "./words.ts";
import css from "./tickets.module.css";

type View = NonNullable<Input<"listTickets">["query"]["view"]>;
const deskViews: View[] = ["mine", "open", "unassigned", "callbacks", "waiting", "breaching", "done", "unconfirmed", "all"];
/** These stand by their deadline, the others by their last change. */
const byDeadline = new Set<View>(["callbacks", "breaching"]);
const departmentViews: View[] = ["department", "mine", "done"];

export function TicketsPage() {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const onlyDepartment = !hasRole(me, "operator", "supervisor", "administrator");
  const views = onlyDepartment ? departmentViews : deskViews;
  const { view: asked } = useSearch({ from: "/tickets" });
  const view = views.find((each) => each === asked) ?? (onlyDepartment ? "department" : hasRole(me, "operator") ? "mine" : "open");
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text.trim(), 150);
  // The last digit checks the others, so half a number cannot be asked for.
  const number = typed.replace(/\D/g, "").length >= 10 ? typed : "";
  const box = useRef<HTMLInputElement>(null);
  const list = usePages("listTickets", { query: { view: number ? "all" : view, number: number || undefined } }, { anyOrder: byDeadline.has(view) });
  const show = (ticket: TicketRow) => void navigate({ to: "/tickets/$id", params: { id: ticket.id } });
  useKey("search", () => box.current?.focus());
  return (
    <Page wide title={t("nav.tickets")} tools={<TextInput ref={box} leftSection={<IconSearch size={15} />} placeholder={t("tickets.number")} aria-label={t("tickets.number")} value={text} onChange={(event) => setText(event.currentTarget.value)} />}>
      <nav className={css.views} aria-label={t("tickets.views")}>
        {views.map((each) => <button key={each} type="button" aria-current={each === view && !number ? "true" : undefined} onClick={() => { setText(""); void navigate({ to: "/tickets", search: { view: each } }); }}>{t(`tickets.view.${each}`)}</button>)}
      </nav>
      <div className={`panel ${css.listPanel}`}>
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
        {!list.items && !list.error && <Skeleton rows={10} height={40} />}
        {list.items?.length === 0 && <Empty icon={<IconTicket size={22} />} text={t(number ? "tickets.notFound" : "tickets.empty")} />}
        {list.items && list.items.length > 0 && (
          <Pages key={view} place={`tickets:${view}`} head={<Head />} label={t(`tickets.view.${view}`)} items={list.items} rowHeight={52} keyOf={(ticket) => ticket.id} onOpen={show}
            row={(ticket, chosen, tabIndex) => <Row ticket={ticket} chosen={chosen} tabIndex={tabIndex} onOpen={() => show(ticket)} />}
            more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} />
        )}
      </div>
    </Page>
  );
}

function Head() {
  const t = useT();
  const zone = useZone();
  return (
    <div className={css.row}>
      <div className={css.rowOpen}><span /><span>{t("col.number")}</span><span>{t("col.subject")}</span><span>{t("col.stage")}</span><span>{t("register.priority")}</span><span>{t("ticket.owner")}</span><span>{t("ticket.due")}</span><span title={t("time.zone", { zone })}>{t("col.changed")}</span></div>
      <span className={css.rowCall} />
    </div>
  );
}

function Row({ ticket, chosen, tabIndex, onOpen }: { ticket: TicketRow; chosen: boolean; tabIndex: number; onOpen: () => void }) {
  const t = useT();
  const word = useWord();
  const { project, type } = useTypes(ticket);
  return (
    <div className={css.row} data-chosen={chosen || undefined}>
      <button type="button" tabIndex={tabIndex} className={css.rowOpen} onClick={onOpen}>
        <span className={css.bar} style={{ background: project?.color }} aria-hidden />
        <span className="stack-s"><span className="num strong">{ticket.number}</span><span className="cut small dim">{type?.name ?? word("type", ticket.type)}</span></span>
        <span className="stack-s"><span className="cut strong">{ticket.subject}</span><span className="cut small dim"><span className={css.rowNarrow}>{ticket.number} · {word("stage", ticket.stage)} · </span>{ticket.calls > 1 && <b className="strong">{t("ticket.called", { count: ticket.calls })} · </b>}{ticket.clientName || ticket.contactPhone}</span></span>
        <span><span className={`chip ${statusTone[ticket.status]} ${css.rowStage}`}>{word("stage", ticket.stage)}</span></span>
        <span>{ticket.priority >= 2 && <span className={`chip ${ticket.priority === 3 ? "danger" : "warn"}`}>{t(priorityKey(ticket.priority))}</span>}{ticket.reopened > 0 && <span className={`chip ${ticket.status === "closed" ? "" : "danger"}`}>{t("ticket.reopened", { count: ticket.reopened })}</span>}</span>
        <span className="cut dim">{ticket.ownerName || t("ticket.noOwner")}</span>
        <span><Due ticket={ticket} /></span>
        <span className="dim num"><Moment at={ticket.updatedAt} /></span>
      </button>
      <span className={css.rowCall}><CallbackButton ticket={ticket} compact tabIndex={tabIndex} /></span>
    </div>
  );
}

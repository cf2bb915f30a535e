import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconRotate2 } from "@tabler/icons-react";
import { languageNames, useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Fact, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { ConsultBlocks } from "../handovers/ConsultBlock.tsx";
import { ConsultButton } from "../handovers/ConsultButton.tsx";
import { HandoverBlock } from "../handovers/HandoverBlock.tsx";
import { HandoverButton } from "../handovers/HandoverButton.tsx";
import { GiveMenu } from "../load/GiveMenu.tsx";
import { Attachments } from "./Attachments.tsx";
import { CallbackButton } from "./CallbackButton.tsx";
import { tellsDeadline } from "./clocks.ts";
import { Clocks } from "./Clocks.tsx";
import { Contacts } from "./Contacts.tsx";
import { Due } from "./Due.tsx";
import { EditTicket } from "./EditTicket.tsx";
import { FactValue, isInstant } from "./FactValue.tsx";
import { NoteBox } from "./NoteBox.tsx";
import { StageLine } from "./StageLine.tsx";
import { TicketBlocks } from "./TicketSide.tsx";
import { Transitions } from "./Transitions.tsx";
import { useDepartment, useTypes } from "./useTypes.ts";
import { isAmongUs, isOpen, priorityKey, statusTone } from "./words.ts";
import { Written } from "./Written.tsx";
import css from "./tickets.module.css";

/** One ticket: where it stands, what can be done now, what was written and sent. */
export function TicketDetail({ id }: { id: string }) {
  const t = useT();
  const me = useMe();
  const { data: ticket, error, refetch } = useApi("getTicket", { params: { id } });
  if (error && !ticket) return <div className={css.pad}><h1 className="visually-hidden">{t("nav.tickets")}</h1><ProblemNote error={error} onRetry={() => void refetch()} /></div>;
  if (!ticket) return <Skeleton rows={5} height={64} />;
  return (
    <div className={css.detail}>
      <TicketHead ticket={ticket} />
      <div className={`scroll ${css.detailBody}`} tabIndex={0} role="region" aria-label={ticket.number}>
        <TicketBlocks ticket={ticket} place="top" />
        <HandoverBlock ticket={ticket} />
        <ConsultBlocks ticket={ticket} />
        {ticket.mergedInto === null && <StageLine ticket={ticket} />}
        <Clocks ticket={ticket} />
        <Transitions key={ticket.id} ticket={ticket} />
        <Facts ticket={ticket} />
        <TicketBlocks ticket={ticket} place="main" />
        <Attachments ticket={ticket} />
        <Written ticket={ticket} />
      </div>
      {may(me, "tickets.note") && <NoteBox ticketId={ticket.id} />}
    </div>
  );
}

function TicketHead({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const { project } = useTypes(ticket);
  return (
    <header className={css.detailHead}>
      <div className={css.headRow}><div className={`row wrap grow ${css.headChips}`}>
        <span className={css.number}>{ticket.number}</span>
        <CopyButton value={ticket.number}>{({ copied, copy }) => <Tooltip label={t(copied ? "do.copied" : "do.copy")}><ActionIcon size={24} aria-label={t("do.copy")} onClick={copy}>{copied ? <IconCheck size={14} /> : <IconCopy size={14} />}</ActionIcon></Tooltip>}</CopyButton>
        <span className={`chip ${statusTone[ticket.status]}`}>{ticket.stageName}</span>
        <span className="chip">{ticket.typeName}</span>
        {project && <span className="chip"><span className="dot" style={{ background: project.color }} />{project.name}</span>}
        {ticket.priority >= 2 && <span className={`chip ${ticket.priority === 3 ? "danger" : "warn"}`}>{t(priorityKey(ticket.priority))}</span>}
        {ticket.reopened > 0 && <span className={`chip ${ticket.status === "closed" ? "" : "danger"}`}><IconRotate2 size={13} aria-hidden />{t("ticket.reopened", { count: ticket.reopened })}</span>}
        {!ticket.waitsFor && <Due ticket={ticket} exact />}
      </div><div className="row signs">
        <CallbackButton ticket={ticket} />
        <ConsultButton ticket={ticket} />
        <HandoverButton ticket={ticket} />
        <EditTicket ticket={ticket} />
      </div></div>
      <h1 id="ticket-subject" tabIndex={-1}>{ticket.subject}</h1>
    </header>
  );
}

/** Shown in places of their own. */
const elsewhere = new Set(["resolution", "department", "score"]);
/** What came of it the last time is not what comes of it now: of a reopened ticket it stands in the history. */
const ofTheEnd = new Set(["resolution_kind"]);

function Facts({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const word = useWord();
  const departmentName = useDepartment();
  const again = ticket.reopened > 0 && isOpen(ticket);
  const hasClient = !isAmongUs(ticket, useTypes(ticket).type);
  // Fields without a name of their own are the program's notes to itself.
  const declared = new Set(ticket.facts.map(({ key }) => key));
  const isElsewhere = (key: string, value: unknown) => elsewhere.has(key) || (again && ofTheEnd.has(key)) || ticket.type === "callback" || String(value).trim() === ticket.clientComment;
  const shown = Object.entries(ticket.fields).filter(([key, value]) => !declared.has(key) && (typeof value === "string" || typeof value === "number") && value !== "" && word("field", key, "") !== "" && !isElsewhere(key, value));
  return (
    <section className={css.block}>
      {ticket.description && <p className={`pre ${css.description}`}>{ticket.description}</p>}
      <dl className={css.facts}>
        <Fact label={t("ticket.owner")}>{ticket.ownerName || t("ticket.noOwner")}{isOpen(ticket) && ticket.mergedInto === null && <> <GiveMenu ticketId={ticket.id} projectKey={ticket.projectKey} ownerId={ticket.ownerId} quiet /></>}</Fact>
        <Fact label={t("ticket.created")}><Moment at={ticket.createdAt} full /></Fact>
        {ticket.department && <Fact label={t("ticket.department")}>{departmentName(ticket.department)}</Fact>}
        {ticket.dueAt && !tellsDeadline(ticket) && <Fact label={t("ticket.due")}><Moment at={ticket.dueAt} full zone /></Fact>}
        {hasClient && <Contacts ticket={ticket} />}
        {ticket.calls > 1 && <Fact label={t("ticket.calls")}>{t("ticket.called", { count: ticket.calls })}{ticket.lastCallAt && <> · {t("ticket.lastCall")} <Moment at={ticket.lastCallAt} /></>}</Fact>}
        {hasClient && <Fact label={t("register.language")}>{languageNames[ticket.language]}</Fact>}
        {ticket.resolution && !again && <Fact label={t("ticket.resolution")}>{ticket.resolution}</Fact>}
        {ticket.score !== null && <Fact label={t("ticket.score")}><span className="num">{ticket.score} / 5</span></Fact>}
        {ticket.clientComment && <Fact label={t("ticket.clientComment")}>{ticket.clientComment}</Fact>}
        {ticket.closedAs && ticket.status === "closed" && <Fact label={t("ticket.closedAs")}>{word("closed", ticket.closedAs)}</Fact>}
        {ticket.facts.filter(({ key, value }) => !isElsewhere(key, value)).map((fact) => <Fact key={fact.key} label={fact.name}><FactValue fact={fact} /></Fact>)}
        {shown.map(([key, value]) => <Fact key={key} label={word("field", key)}>{isInstant(value) ? <Moment at={value} full zone /> : word("value", String(value), String(value))}</Fact>)}
      </dl>
    </section>
  );
}

import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { IconBuildingWarehouse } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import { useNow } from "../../shared/clock.tsx";
import { Empty, Page, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { Due } from "../tickets/Due.tsx";
import { priorityKey, statusTone, urgency } from "../tickets/words.ts";
import css from "./department.module.css";

type Bucket = "late" | "now" | "next";
/** Late is past its time, now is due within two hours or has no time, the rest is next. */
function bucketOf(ticket: Pick<TicketRow, "dueAt" | "status" | "waitsFor">, now: number): Bucket {
  if (urgency(ticket, now) === "late") return "late";
  return !ticket.dueAt || Date.parse(ticket.dueAt) - now < 2 * 3_600_000 ? "now" : "next";
}

/** A department's own short list, with buttons a thumb can hit. */
export function DepartmentPage() {
  const t = useT();
  const now = useNow();
  const list = usePages("listTickets", { query: { view: "department" } });
  const open = (list.items ?? []).filter((ticket) => ticket.status !== "closed" && ticket.status !== "done");
  const buckets: Bucket[] = ["late", "now", "next"];
  return (
    <Page title={t("nav.department")}>
      <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      {!list.items && !list.error && <Skeleton rows={5} height={84} />}
      {list.items && open.length === 0 && <div className="panel"><Empty icon={<IconBuildingWarehouse size={22} />} text={t("department.empty")} /></div>}
      {buckets.map((bucket) => {
        const tickets = open.filter((ticket) => bucketOf(ticket, now) === bucket);
        return tickets.length > 0 && (
          <section key={bucket} className={css.bucket} data-bucket={bucket}>
            <h2>{t(`bucket.${bucket}` satisfies MessageKey)} <span className="num dim">{tickets.length}</span></h2>
            <ul>{tickets.map((ticket) => <li key={ticket.id}><TicketCard ticket={ticket} /></li>)}</ul>
          </section>
        );
      })}
    </Page>
  );
}

function TicketCard({ ticket }: { ticket: TicketRow }) {
  const t = useT();
  return (
    <Link to="/tickets/$id" params={{ id: ticket.id }} className={css.card}>
      <span className="row between"><span className="num dim">{ticket.number}</span><span className="row">{ticket.priority >= 2 && <span className={`chip ${ticket.priority === 3 ? "danger" : "warn"}`}>{t(priorityKey(ticket.priority))}</span>}<Due ticket={ticket} /></span></span>
      <span className={css.subject}>{ticket.subject}</span>
      <span className="row between"><span className="cut dim">{ticket.clientName}</span><span className={`chip ${statusTone[ticket.status]}`}>{ticket.stageName}</span></span>
    </Link>
  );
}

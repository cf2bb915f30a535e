import { useT } from "../../i18n/intl.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { CallById } from "../calls/CallConversation.tsx";
import { ClientPanel } from "../clients/ClientPanel.tsx";
import { FindClient } from "../clients/FindClient.tsx";
import { Story } from "../clients/Story.tsx";
import { useLine } from "../line/line.tsx";
import { TicketDetail } from "../tickets/TicketDetail.tsx";
import { TicketSide as TicketSideTabs } from "../tickets/TicketSide.tsx";
import css from "./workspace.module.css";

interface Chosen { call?: string; ticket?: string; client?: string }

export function Middle({ call, ticket, client }: Chosen) {
  if (call) return <CallById key={call} id={call} />;
  if (ticket) return <TicketDetail key={ticket} id={ticket} />;
  return client ? <div className={`scroll ${css.story}`} tabIndex={0}><Story key={client} clientId={client} /></div> : null;
}

export function Side({ call, ticket, client }: Chosen) {
  if (call) return <CallSide id={call} />;
  if (ticket) return <TicketSide id={ticket} />;
  return client ? <ClientPanel key={client} clientId={client} noStory /> : null;
}

function CallSide({ id }: { id: string }) {
  const { line } = useLine();
  const live = line?.call?.id === id ? line.call : undefined;
  const asked = useApi("getCall", { params: { id } }, { enabled: !live });
  const call = live ?? asked.data;
  // The middle says what is wrong.
  if (asked.error && !call) return null;
  if (!call) return <Skeleton rows={6} height={36} />;
  if (!call.clientId) return <FindClient key={call.id} call={call} />;
  return <ClientPanel key={`${call.id}:${call.clientId}`} clientId={call.clientId} call={call} noStory first={live ? "register" : "tickets"} />;
}

function TicketSide({ id }: { id: string }) {
  const t = useT();
  const { data: ticket, error } = useApi("getTicket", { params: { id } });
  if (error && !ticket) return null;
  if (!ticket) return <Skeleton rows={6} height={36} />;
  return <TicketSideTabs key={ticket.id} ticket={ticket} client={ticket.clientId ? <ClientPanel key={ticket.clientId} clientId={ticket.clientId} /> : <div className={css.quiet}><Empty text={t("work.noClient")} /></div>} />;
}

import { Button } from "@mantine/core";
import { IconHeadset } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { useT } from "../../i18n/intl.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { CallById } from "../calls/CallConversation.tsx";
import { ClientPanel } from "../clients/ClientPanel.tsx";
import { FindClient } from "../clients/FindClient.tsx";
import { Story } from "../clients/Story.tsx";
import { useLine } from "../line/line.tsx";
import { TicketDetail } from "../tickets/TicketDetail.tsx";
import { WorkList } from "./WorkList.tsx";
import css from "./workspace.module.css";

/** The operator's day: what waits at the left, the conversation in the middle, the client and the tools at the right. */
export function Workspace() {
  const t = useT();
  const { line } = useLine();
  const search = useSearch({ from: "/work" });
  const nothing = !search.call && !search.ticket && !search.client;
  const callId = search.call ?? (nothing ? line?.call?.id ?? line?.offer?.interactionId : undefined);
  return (
    <main className={css.work}>
      <WorkList chosen={callId ?? search.ticket} />
      <section className={css.middle} aria-label={t("work.conversation")}>
        {callId ? <CallById key={callId} id={callId} /> : search.ticket ? <TicketDetail key={search.ticket} id={search.ticket} /> : search.client ? <div className={`scroll ${css.story}`} tabIndex={0}><Story key={search.client} clientId={search.client} /></div> : <Nothing />}
      </section>
      <aside className={css.right} aria-label={t("client.tabs")}>
        {callId ? <CallSide id={callId} /> : search.ticket ? <TicketSide id={search.ticket} /> : search.client ? <ClientPanel key={search.client} clientId={search.client} noStory /> : <div className={css.quiet}><Empty text={t("work.noClient")} /></div>}
      </aside>
    </main>
  );
}

function Nothing() {
  const t = useT();
  const { line, goTo, busy } = useLine();
  if (!line) return <Skeleton rows={3} height={64} />;
  const ready = line.state === "ready";
  return <div className={css.quiet}><Empty icon={<IconHeadset size={22} />} text={t(ready ? "work.waiting" : "work.notReady")} action={!ready && line.state !== "offered" && line.state !== "talking" && <Button size="sm" loading={busy} onClick={() => void goTo("ready")}>{t("state.goReady")}</Button>} /></div>;
}

function CallSide({ id }: { id: string }) {
  const { line } = useLine();
  const live = line?.call?.id === id ? line.call : undefined;
  const asked = useApi("getCall", { params: { id } }, { enabled: !live });
  const call = live ?? asked.data;
  if (!call) return <Skeleton rows={6} height={36} />;
  if (!call.clientId) return <FindClient key={call.id} call={call} />;
  return <ClientPanel key={`${call.id}:${call.clientId}`} clientId={call.clientId} call={call} noStory first={live ? "register" : "tickets"} />;
}

function TicketSide({ id }: { id: string }) {
  const t = useT();
  const { data: ticket } = useApi("getTicket", { params: { id } });
  if (!ticket) return <Skeleton rows={6} height={36} />;
  return ticket.clientId ? <ClientPanel key={ticket.clientId} clientId={ticket.clientId} /> : <div className={css.quiet}><Empty text={t("work.noClient")} /></div>;
}

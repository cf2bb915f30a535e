import type { TicketView } from "@linija/server/contract/tickets/tickets";
import type { CallView } from "@linija/server/contract/calls/calls";
import { Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { keysOf, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";

const HandoverDialog = lazy(() => import("./HandoverDialog.tsx"));

/** On a ticket that is still worked on, while no hand-over of it waits. */
export function HandoverButton({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const { data } = useApi("ticketHandovers", { params: { id: ticket.id } });
  const isOffered = may(me, "tickets.handover") && (ticket.status === "open" || ticket.status === "waiting") && ticket.mergedInto === null && !data?.items.some(({ state }) => state === "waiting");
  useKey("handOver", () => setOpen(true), isOffered);
  if (!isOffered && !open) return null;
  return (
    <>
      <Tooltip label={<Keys combo={keysOf("handOver")[0] ?? ""} />}><Button variant="default" leftSection={<IconArrowsExchange size={15} />} onClick={() => setOpen(true)}>{t("handover.button")}</Button></Tooltip>
      {open && <Suspense><HandoverDialog ticketId={ticket.id} onClose={() => setOpen(false)} /></Suspense>}
    </>
  );
}

/** In a talk: the ticket of this client that is handed over; of several it is asked which. */
export function HandoverFromCall({ call }: { call: CallView }) {
  const t = useT();
  const me = useMe();
  const [ticketId, setTicketId] = useState<string | null>(null);
  const { tickets } = call;
  useKey("handOver", () => setTicketId(tickets[0]?.id ?? null), tickets.length === 1);
  if (!may(me, "tickets.handover")) return null;
  const button = <Button variant="default" size="compact-md" leftSection={<IconArrowsExchange size={15} />} disabled={tickets.length === 0} onClick={() => { if (tickets.length === 1) setTicketId(tickets[0]!.id); }}>{t("handover.button")}</Button>;
  return (
    <>
      {tickets.length < 2 ? <Tooltip label={tickets.length === 0 ? t("handover.noTicket") : <Keys combo={keysOf("handOver")[0] ?? ""} />} multiline maw={260}><span>{button}</span></Tooltip> : (
        <Menu position="bottom-end" width={280}>
          <Menu.Target>{button}</Menu.Target>
          <Menu.Dropdown><Menu.Label>{t("handover.which")}</Menu.Label>{tickets.map((each) => <Menu.Item key={each.id} onClick={() => setTicketId(each.id)}><span className="num strong">{each.number}</span> {each.subject}</Menu.Item>)}</Menu.Dropdown>
        </Menu>
      )}
      {ticketId && <Suspense><HandoverDialog ticketId={ticketId} onClose={() => setTicketId(null)} /></Suspense>}
    </>
  );
}

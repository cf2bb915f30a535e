import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Tooltip } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { keysOf, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";

const ConsultDialog = lazy(() => import("./ConsultDialog.tsx"));

/** On a ticket that is still worked on, while no question about it waits to be accepted (R214). */
export function ConsultButton({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const { data } = useApi("ticketHandovers", { params: { id: ticket.id } });
  const isOffered = may(me, "tickets.handover") && !ticket.readOnly && (ticket.status === "open" || ticket.status === "waiting") && ticket.mergedInto === null && !data?.items.some(({ kind, state }) => kind === "consult" && state === "waiting");
  useKey("askColleague", () => setOpen(true), isOffered);
  if (!isOffered && !open) return null;
  return (
    <>
      <Tooltip label={<Keys combo={keysOf("askColleague")[0] ?? ""} />}><Button variant="default" leftSection={<IconMessageQuestion size={15} />} onClick={() => setOpen(true)}>{t("consult.button")}</Button></Tooltip>
      {open && <Suspense><ConsultDialog ticketId={ticket.id} onClose={() => setOpen(false)} /></Suspense>}
    </>
  );
}

import type { TicketRow } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPhonePlus } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { may, useMe } from "../access/session.ts";
import { useDial } from "../line/useDial.ts";
import { useLine } from "../line/line.tsx";

/** One press calls the number of the ticket, through its project's trunk; the call is bound to the ticket. */
export function CallbackButton({ ticket, compact = false }: { ticket: TicketRow; compact?: boolean }) {
  const t = useT();
  const me = useMe();
  const dial = useDial();
  const { line } = useLine();
  const phone = ticket.contactPhone;
  if (!phone || ticket.status === "closed" || !may(me, "calls.dial")) return null;
  const free = line?.state === "ready" || line?.state === "not_ready";
  const call = () => void dial({ number: phone, projectKey: ticket.projectKey, ticketId: ticket.id, clientId: ticket.clientId });
  if (!compact) return <Button variant="light" disabled={!free} leftSection={<IconPhonePlus size={16} />} onClick={call}>{t("call.callNow")}</Button>;
  return <Tooltip label={`${t("call.callNow")} ${phone}`}><ActionIcon variant="light" color="blue" disabled={!free} aria-label={`${t("call.callNow")} ${phone}`} onClick={call}><IconPhonePlus size={17} /></ActionIcon></Tooltip>;
}

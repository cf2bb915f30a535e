import type { TicketView } from "@linija/server/contract/tickets/tickets";
import type { CallView } from "@linija/server/contract/calls/calls";
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowsExchange, IconMessageQuestion, type TablerIcon } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { keysOf, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";

const HandoverDialog = lazy(() => import("./HandoverDialog.tsx"));
const ConsultDialog = lazy(() => import("./ConsultDialog.tsx"));

/** On a ticket that is still worked on, while no hand-over of it waits. */
export function HandoverButton({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const { data } = useApi("ticketHandovers", { params: { id: ticket.id } });
  const isOffered = may(me, "tickets.handover") && !ticket.readOnly && (ticket.status === "open" || ticket.status === "waiting") && ticket.mergedInto === null && !data?.items.some(({ kind, state }) => kind === "handover" && state === "waiting");
  useKey("handOver", () => setOpen(true), isOffered);
  if (!isOffered && !open) return null;
  return (
    <>
      <Tooltip label={<Keys combo={keysOf("handOver")[0] ?? ""} />}><Button variant="default" leftSection={<IconArrowsExchange size={15} />} onClick={() => setOpen(true)}>{t("handover.button")}</Button></Tooltip>
      {open && <Suspense><HandoverDialog ticketId={ticket.id} onClose={() => setOpen(false)} /></Suspense>}
    </>
  );
}

/** In a talk: the ticket of this talk that is handed over, or that a colleague is asked about; of several it is asked which. The head is full already, so each is a sign with its name. */
export function HandoverFromCall({ call }: { call: CallView }) {
  if (!may(useMe(), "tickets.handover")) return null;
  return <><FromCall call={call} of="askColleague" Icon={IconMessageQuestion} Dialog={ConsultDialog} /><FromCall call={call} of="handOver" Icon={IconArrowsExchange} Dialog={HandoverDialog} /></>;
}

const WORDS = { handOver: { button: "handover.button", none: "handover.noTicket", which: "handover.which" }, askColleague: { button: "consult.button", none: "consult.noTicket", which: "consult.which" } } as const;

function FromCall({ call: { tickets }, of, Icon, Dialog }: { call: CallView; of: keyof typeof WORDS; Icon: TablerIcon; Dialog: typeof HandoverDialog }) {
  const t = useT();
  const [ticketId, setTicketId] = useState<string | null>(null);
  const [isAsked, setAsked] = useState(false);
  const { button, none, which } = WORDS[of];
  const only = tickets.length === 1 ? tickets[0]!.id : null;
  const press = () => (only ? setTicketId(only) : setAsked(true));
  useKey(of, press, tickets.length > 0);
  const hint = tickets.length === 0 ? t(none) : <span className="row">{t(button)}<Keys combo={keysOf(of)[0] ?? ""} /></span>;
  return (
    <>
      <Menu position="bottom-end" width={300} opened={isAsked && !only} onChange={setAsked}>
        <Menu.Target><Tooltip label={hint} multiline maw={260}><ActionIcon variant="default" size={30} aria-label={t(button)} aria-disabled={tickets.length === 0 || undefined} data-disabled={tickets.length === 0 || undefined} onClick={() => { if (tickets.length > 0) press(); }}><Icon size={16} /></ActionIcon></Tooltip></Menu.Target>
        <Menu.Dropdown><Menu.Label>{t(which)}</Menu.Label>{tickets.map((each) => <Menu.Item key={each.id} onClick={() => setTicketId(each.id)}><span className="num strong">{each.number}</span> {each.subject}</Menu.Item>)}</Menu.Dropdown>
      </Menu>
      {ticketId && <Suspense><Dialog ticketId={ticketId} onClose={() => setTicketId(null)} /></Suspense>}
    </>
  );
}

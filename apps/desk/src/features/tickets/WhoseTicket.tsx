import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUserSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { focusOn } from "../../shared/focus.ts";
import { fieldError } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import css from "../clients/clients.module.css";

/** A request of nobody yet (a review, what came in by a door): whoever finds out whose words these are says so here, once. */
export function WhoseTicket({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const found = useApi("searchClients", { query: { text: wanted, limit: 8 } }, { enabled: wanted.length >= 2, placeholderData: (before) => before });
  const give = useSend("updateTicket", ["getTicket", "listTickets", "findTickets", "clientTimeline"], { onSuccess: () => focusOn("ticket-subject") });
  const rows = wanted.length >= 2 ? found.data?.items ?? [] : [];
  return (
    <section className={css.side} aria-labelledby="whose-ticket">
      <div className={css.card}>
        <h2 id="whose-ticket" className="row"><IconUserSearch size={17} aria-hidden />{t("ticket.whose")}</h2>
        <p className="small dim">{t("ticket.whoseHint")}</p>
        <TextInput leftSection={<IconSearch size={15} />} placeholder={t("client.findHint")} aria-label={t("client.findHint")} autoComplete="off" value={text} onChange={(event) => { setText(event.currentTarget.value); give.reset(); }} error={give.error ? fieldError(give.error, "clientId") ?? give.error.message : undefined} />
        <div role="status" className="small dim">{wanted.length >= 2 && found.data && rows.length === 0 ? t("ticket.whoseNobody") : ""}</div>
        {rows.map((client) => (
          <div key={client.id} className="row between">
            <span className="cut"><b>{client.name}</b> <span className="dim num">{client.phones[0]}</span></span>
            <Button size="compact-sm" variant="light" aria-label={`${t("duplicate.take")}: ${client.name}`} loading={give.isPending} onClick={() => give.mutate({ params: { id: ticket.id }, body: { version: ticket.version, clientId: client.id } })}>{t("duplicate.take")}</Button>
          </div>
        ))}
      </div>
    </section>
  );
}

import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Popover, TextInput } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Fact } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import css from "./tickets.module.css";

/** Where the client of a ticket is reached. Who sees it in part and works on the ticket is shown it for a reason. */
export function Contacts({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const reveal = useSend("revealContacts");
  const phone = reveal.data?.phone ?? ticket.contactPhone;
  const email = reveal.data?.email ?? ticket.contactEmail;
  const hidden = ticket.masked && !reveal.data && (phone ?? email) !== null && may(me, "tickets.write") && !ticket.readOnly;
  return (
    <>
      <Fact label={t("register.phone")}>{phone && reveal.data ? <a href={`tel:${phone}`} className="num">{phone}</a> : <span className="num">{phone ?? "–"}</span>}{hidden && <Reveal onAsk={(reason) => reveal.mutate({ params: { id: ticket.id }, body: { reason } })} busy={reveal.isPending} error={reveal.error} />}</Fact>
      <Fact label={t("register.email")}><span className={css.email} title={email ?? undefined}>{email ?? "–"}</span></Fact>
    </>
  );
}

function Reveal({ onAsk, busy, error }: { onAsk: (reason: string) => void; busy: boolean; error: unknown }) {
  const t = useT();
  const [reason, setReason] = useState("");
  const ask = () => { if (reason.trim().length >= FEWEST) onAsk(reason.trim()); };
  return (
    <Popover width={260} position="bottom-start" trapFocus>
      <Popover.Target><Button size="compact-xs" variant="light" ml={8} leftSection={<IconEye size={13} />}>{t("contacts.show")}</Button></Popover.Target>
      <Popover.Dropdown>
        <form className={css.form} onSubmit={(event) => { event.preventDefault(); ask(); }}>
          <TextInput data-autofocus label={t("contacts.reason")} description={t("contacts.kept")} maxLength={300} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={fieldError(error, "reason")} />
          {!fieldError(error, "reason") && <ProblemNote error={error} />}
          <Button type="submit" size="compact-sm" loading={busy} disabled={reason.trim().length < FEWEST}>{t("contacts.show")}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
const FEWEST = 3;

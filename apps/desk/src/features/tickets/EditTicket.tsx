import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { MomentInput } from "../../shared/MomentInput.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useApi, useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { priorityKeys } from "./words.ts";
import css from "./tickets.module.css";

interface Edited { subject?: string; description?: string; due?: string; priority?: string; phone?: string; email?: string }
const local = (at: string | null) => (at ? new Date(Date.parse(at) - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : "");

export function EditTicket({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (!may(me, "tickets.write") || ticket.status === "closed" || ticket.readOnly) return null;
  return (
    <>
      <Button variant="default" title={t("do.edit")} leftSection={<IconPencil size={15} />} onClick={() => setOpen(true)}>{t("do.edit")}</Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={<b>{ticket.number}</b>} closeButtonProps={{ "aria-label": t("do.close") }}><EditForm ticket={ticket} onDone={() => setOpen(false)} /></Modal>
    </>
  );
}

function EditForm({ ticket, onDone }: { ticket: TicketView; onDone: () => void }) {
  const t = useT();
  const me = useMe();
  const { draft, set, forget } = useDraft<Edited>(`edit:${ticket.id}`, () => ({}));
  const update = useSend("updateTicket", ["getTicket", "listTickets"], { onSuccess: () => { forget(); onDone(); }, onError: () => refresh(["getTicket"]) });
  const error = update.error;
  const save = () => update.mutate({ params: { id: ticket.id }, body: {
    version: ticket.version,
    ...(draft.subject !== undefined && { subject: draft.subject }), ...(draft.description !== undefined && { description: draft.description }),
    ...(draft.due !== undefined && { dueAt: draft.due ? new Date(draft.due).toISOString() : null }), ...(draft.priority !== undefined && { priority: Number(draft.priority) }),
    ...(draft.phone !== undefined && { contactPhone: draft.phone || null }), ...(draft.email !== undefined && { contactEmail: draft.email || null }),
  } });
  const colleagues = useApi("listColleagues", null, { enabled: may(me, "tickets.assign") });
  const give = (ownerId: string | null) => update.mutate({ params: { id: ticket.id }, body: { version: ticket.version, ownerId } });
  return (
    <form className={css.form} onSubmit={(event) => { event.preventDefault(); save(); }} onKeyDown={sendOnCtrlEnter(save)}>
      <TextInput label={t("register.subject")} value={draft.subject ?? ticket.subject} onChange={(event) => set({ subject: event.currentTarget.value })} error={fieldError(error, "subject")} />
      <Textarea label={t("register.description")} autosize minRows={3} maxRows={10} value={draft.description ?? ticket.description} onChange={(event) => set({ description: event.currentTarget.value })} error={fieldError(error, "description")} />
      {may(me, "tickets.plan") && <div className={css.two}>
        <MomentInput label={t("register.due")} value={draft.due ?? local(ticket.dueAt)} onChange={(due) => set({ due })} error={fieldError(error, "dueAt")} />
        <Select label={t("register.priority")} data={priorityKeys.map((key, index) => ({ value: String(index), label: t(key) }))} value={draft.priority ?? String(ticket.priority)} onChange={(priority) => set({ priority: priority ?? "1" })} error={fieldError(error, "priority")} />
      </div>}
      {!ticket.masked && <div className={css.two}>
        <TextInput type="tel" label={t("register.phone")} value={draft.phone ?? ticket.contactPhone ?? ""} onChange={(event) => set({ phone: event.currentTarget.value })} error={fieldError(error, "contactPhone")} />
        <TextInput type="email" label={t("register.email")} value={draft.email ?? ticket.contactEmail ?? ""} onChange={(event) => set({ email: event.currentTarget.value })} error={fieldError(error, "contactEmail")} />
      </div>}
      {may(me, "tickets.assign") && <Select label={t("ticket.owner")} searchable data={(colleagues.data?.items ?? []).map((each) => ({ value: each.id, label: each.name }))} value={ticket.ownerId} onChange={give} error={fieldError(error, "ownerId")} />}
      <ProblemNote error={error} />
      <div className="row between">{may(me, "tickets.assign") && ticket.ownerId !== me.id ? <Button variant="subtle" onClick={() => give(me.id)}>{t("ticket.takeOver")}</Button> : <span />}<Button type="submit" loading={update.isPending}>{t("do.save")}</Button></div>
    </form>
  );
}

import type { MessageView } from "@linija/server/contract/messages/messages";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { Button, Checkbox, Textarea } from "@mantine/core";
import { IconFile, IconFileCertificate, IconMail } from "@tabler/icons-react";
import { useState } from "react";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useDraft } from "../../shared/draft.ts";
import { sendOnCtrlEnter } from "../../shared/keys.ts";
import { ProblemNote } from "../../shared/problem.tsx";
import { newId } from "../../shared/ids.ts";
import { drawAnother } from "../../shared/once.ts";
import { useApi, useSend } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import css from "./messages.module.css";

/** What the client and colleagues write to each other: never notes, which stand elsewhere. */
export default function MessagesPanel({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const { data, error, refetch } = useApi("listMessages", { params: { id: ticket.id } });
  const [isOpen, setOpen] = useState(false);
  const mayWrite = may(useMe(), "tickets.write") && ticket.mergedInto === null && !ticket.readOnly;
  if (error && !data) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data || (data.items.length === 0 && !mayWrite)) return null;
  return (
    <section className={css.block} aria-labelledby="messages">
      <header className={css.head}><h2 id="messages">{t("messages.title")}</h2>{mayWrite && !isOpen && <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>{t("messages.write")}</Button>}</header>
      {data.items.length === 0 && !isOpen && <p className="small dim">{t("messages.none")}</p>}
      <ol className={css.list}>{data.items.map((message) => <Item key={message.id} ticketId={ticket.id} message={message} />)}</ol>
      {isOpen && <Write ticket={ticket} onDone={() => setOpen(false)} />}
    </section>
  );
}

function Item({ ticketId, message }: { ticketId: string; message: MessageView }) {
  const t = useT();
  return (
    <li className={message.byClient ? css.client : css.ours}>
      <p className={css.by}><b>{message.byClient ? t("messages.client") : message.by}</b><span className="small dim"><Moment at={message.at} />{message.mail && ` · ${t(`messages.mail.${message.mail}` as const)}`}</span></p>
      {message.text !== "" && <p className={css.text}>{message.text}</p>}
      {message.files.map((file) => (
        <p key={file.id} className={css.file}>{file.kind === "document" ? <IconFileCertificate size={15} aria-hidden /> : <IconFile size={15} aria-hidden />}
          <a className="cut" href={`/api/tickets/${ticketId}/${file.kind === "document" ? "documents" : "attachments"}/${file.id}`} download={file.name}>{file.name}</a></p>
      ))}
    </li>
  );
}

interface Draft { id: string; text: string; files: string[]; documents: string[] }
const empty = (): Draft => ({ id: newId(), text: "", files: [], documents: [] });
const toggled = (ids: string[], id: string): string[] => (ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]);

/** What is being written survives a reload; sent twice with one id it is one message. */
function Write({ ticket, onDone }: { ticket: TicketView; onDone: () => void }) {
  const t = useT();
  const { data: made } = useApi("listDocuments", { params: { id: ticket.id } });
  const { draft, set, forget } = useDraft<Draft>(`message:${ticket.id}`, empty);
  const send = useSend("sendMessage", ["listMessages", "getTicket"], { onSuccess: () => { forget(); onDone(); }, onError: drawAnother(set) });
  const isReady = draft.text.trim() !== "" && !send.isPending;
  const submit = () => { if (isReady) send.mutate({ params: { id: ticket.id }, body: { ...draft, text: draft.text.trim() } }); };
  const choices = [
    ...(made?.items ?? []).filter(({ mayOpen }) => mayOpen).map((each) => ({ id: each.id, list: "documents" as const, label: `${each.name} · ${languageNames[each.language]} · ${t("documents.version", { number: each.number })}` })),
    ...ticket.attachments.map((each) => ({ id: each.id, list: "files" as const, label: each.name })),
  ];
  return (
    <form className={css.form} aria-label={t("messages.write")} onSubmit={(event) => { event.preventDefault(); submit(); }} onKeyDown={sendOnCtrlEnter(submit)}>
      <Textarea label={t("messages.text")} description={t("messages.about")} autosize minRows={3} maxRows={10} maxLength={4000} autoFocus value={draft.text} onChange={(event) => set({ text: event.currentTarget.value })} />
      {choices.length > 0 && <fieldset className={css.choices}><legend>{t("messages.with")}</legend>
        {choices.map(({ id, list, label }) => <Checkbox key={id} size="xs" label={label} checked={draft[list].includes(id)} onChange={() => set({ [list]: toggled(draft[list], id) })} />)}</fieldset>}
      <ProblemNote error={send.error} />
      <div className="row"><Button type="submit" leftSection={<IconMail size={15} aria-hidden />} loading={send.isPending} disabled={!isReady}>{t("messages.send")}</Button><Button variant="subtle" onClick={onDone}>{t("do.cancel")}</Button></div>
    </form>
  );
}

import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFile, IconTrash } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { FilePicker, useSize, useUploads } from "./files.tsx";
import css from "./tickets.module.css";

export function Attachments({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const me = useMe();
  const size = useSize();
  const refuse = useRefusal();
  const uploads = useUploads();
  const remove = useSend("removeAttachment", ["getTicket"], { onError: refuse });
  // What a message carries stays with the message.
  const { data: talk } = useApi("listMessages", { params: { id: ticket.id } });
  const carried = new Set(talk?.items.flatMap(({ files }) => files.map(({ id }) => id)));
  const allowed = may(me, "tickets.attach") && !ticket.readOnly;
  if (!allowed && ticket.attachments.length === 0) return null;
  return (
    <section className={css.block} aria-label={t("files.title")}>
      {ticket.attachments.map((file) => (
        <div key={file.id} className={css.file}>
          <IconFile size={15} aria-hidden /><a className="cut" href={`/api/tickets/${ticket.id}/attachments/${file.id}`} download={file.name}>{file.name}</a><span className="small dim num">{size(file.bytes)}</span><span className="small dim grow cut">{file.by} · <Moment at={file.at} /></span>
          {allowed && !carried.has(file.id) && <Tooltip label={t("do.remove")}><ActionIcon size={24} aria-label={t("files.remove", { name: file.name })} onClick={() => remove.mutate({ params: { id: ticket.id, attachmentId: file.id } })}><IconTrash size={14} /></ActionIcon></Tooltip>}
        </div>
      ))}
      {allowed && <FilePicker files={[]} busy={uploads.busy} onChange={(files) => void uploads.send(ticket.id, files)} />}
      {uploads.failed.length > 0 && <p className={css.error} role="alert">{t("files.failed", { names: uploads.failed.join(", ") })}</p>}
    </section>
  );
}

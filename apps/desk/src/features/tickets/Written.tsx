import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { UnstyledButton } from "@mantine/core";
import { IconLock, IconMail, IconMailX } from "@tabler/icons-react";
import { useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { tellsNotice } from "../clients/told.ts";
import css from "./tickets.module.css";

type Entry = { at: string } & ({ kind: "note"; note: TicketView["notes"][number] } | { kind: "notice"; notice: TicketView["notices"][number] });

/** Notes of ours and letters to the client in one order, never in one dress. */
export function Written({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const entries: Entry[] = [...ticket.notes.map((note) => ({ kind: "note" as const, at: note.at, note })), ...ticket.notices.map((notice) => ({ kind: "notice" as const, at: notice.at, notice }))].sort((a, b) => b.at.localeCompare(a.at));
  if (entries.length === 0) return <p className="dim">{t("ticket.nothingWritten")}</p>;
  return <ol className={css.written}>{entries.map((entry) => <li key={entry.kind === "note" ? entry.note.id : entry.notice.id}>{entry.kind === "note" ? <Note note={entry.note} /> : <Letter notice={entry.notice} />}</li>)}</ol>;
}

function Note({ note }: { note: TicketView["notes"][number] }) {
  const word = useWord();
  const t = useT();
  return <article className={css.noteItem}><header className="row between small"><span className="row"><IconLock size={14} aria-hidden /><b>{t("ticket.note")}</b> {note.by || word("actor", "linija")}</span><Moment at={note.at} /></header><p className="pre">{note.text}</p></article>;
}

function Letter({ notice }: { notice: TicketView["notices"][number] }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const bad = notice.state === "failed" || notice.state === "no_address";
  const Glyph = bad ? IconMailX : IconMail;
  return (
    <article className={css.letter}>
      <UnstyledButton className={css.letterHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Glyph size={15} aria-hidden /><span className="cut grow"><b>{t(tellsNotice(notice.state))}:</b> {notice.subject}</span>
        <span className={`chip ${bad ? "danger" : notice.state === "sent" ? "live" : ""}`}>{t(`notice.${notice.state}`)}</span><span className="small dim num"><Moment at={notice.at} /></span>
      </UnstyledButton>
      {open && <div className={css.letterBody}><p className="small dim">{notice.recipient || "–"}</p><p className="pre" lang={notice.language}>{notice.body}</p></div>}
    </article>
  );
}

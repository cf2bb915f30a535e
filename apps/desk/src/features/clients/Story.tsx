import type { TimelineItem } from "@linija/server/contract/clients/clients";
import { Button } from "@mantine/core";
import { IconArrowRight, IconHistory, IconMail, IconNote, IconPhoneIncoming, IconPhoneOutgoing, IconPlayerPlay, IconTicket, IconUserEdit, type Icon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Moment, spell } from "../../shared/clock.tsx";
import { digitsOf, moneyOf, readOf } from "../../shared/numbers.ts";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { Player } from "../calls/Player.tsx";
import { detailOf, saysItsText, sentenceOf, tellsNotice, type Words } from "./told.ts";
import css from "./clients.module.css";

/** Everything said and done with one client, over all channels, newest first. */
export function Story({ clientId, hideCall, narrow = false }: { clientId: string; hideCall?: string; narrow?: boolean }) {
  const t = useT();
  const list = usePages("clientTimeline", { params: { id: clientId }, query: {} });
  if (list.error) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.items) return <Skeleton rows={4} height={52} />;
  const items = list.items.filter((item) => item.id !== hideCall);
  if (items.length === 0) return <Empty icon={<IconHistory size={22} />} text={t("story.empty")} />;
  return (
    <ol className={css.story} data-narrow={narrow || undefined}>
      {items.map((item) => <li key={item.id} data-kind={item.kind}><Entry item={item} /></li>)}
      {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
    </ol>
  );
}

const textOf = (item: TimelineItem, key: string): string => { const value = item.data[key]; return typeof value === "string" ? value : ""; };

function Entry({ item }: { item: TimelineItem }) {
  if (item.kind === "interaction") return <CallEntry item={item} />;
  if (item.kind === "note") return <NoteEntry item={item} />;
  if (item.kind === "notice") return <NoticeEntry item={item} />;
  return item.kind === "ticket" ? <TicketEntry item={item} /> : <EventEntry item={item} />;
}

function Line({ icon: Glyph, item, title, children, quiet = false }: { icon: Icon; item: TimelineItem; title: ReactNode; children?: ReactNode; quiet?: boolean }) {
  return (
    <div className={css.entry} data-quiet={quiet || undefined}>
      <span className={css.glyph} aria-hidden><Glyph size={15} /></span>
      <div className="grow stack-s">
        <div className={css.entryTop}><span className="grow">{title}</span><span className="small dim num"><Moment at={item.at} /></span></div>
        {children}
      </div>
    </div>
  );
}

function CallEntry({ item }: { item: TimelineItem }) {
  const t = useT();
  const word = useWord();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const incoming = textOf(item, "direction") !== "out";
  const answered = textOf(item, "answeredAt");
  const ended = textOf(item, "endedAt");
  const recording = textOf(item, "recordingId");
  const playable = recording && may(me, "recordings.play") && (me.roles.some((role) => role !== "operator") || textOf(item, "operatorId") === me.id);
  const outcome = textOf(item, "outcome");
  return (
    <Line icon={incoming ? IconPhoneIncoming : IconPhoneOutgoing} item={item} title={<><b>{t(incoming ? "call.in" : "call.out")}</b>{answered && ended && <span className="num dim"> {spell(Date.parse(ended) - Date.parse(answered))}</span>}{!answered && outcome && <span className={css.missed}> {word("outcome", outcome)}</span>}{item.by && <span className="dim"> · {word("actor", item.by, item.by)}</span>}</>}>
      {textOf(item, "notes") && <p className="pre">{textOf(item, "notes")}</p>}
      {playable && !open && <div><Button size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={13} />} onClick={() => setOpen(true)}>{t("player.play")}</Button></div>}
      {open && <Player recordingId={recording} autoPlay />}
    </Line>
  );
}

function TicketNumber({ item, id }: { item: TimelineItem; id: string }) {
  const number = textOf(item, "number");
  return id && number ? <Link to="/tickets/$id" params={{ id }} className="num">{number}</Link> : <span className="num">{number}</span>;
}

function TicketEntry({ item }: { item: TimelineItem }) {
  const t = useT();
  return <Line icon={IconTicket} item={item} title={<><b>{t("story.registered")}</b> <TicketNumber item={item} id={item.id} /></>}><span>{textOf(item, "subject")}</span></Line>;
}

function NoteEntry({ item }: { item: TimelineItem }) {
  const t = useT();
  const word = useWord();
  return <Line icon={IconNote} item={item} title={<><b>{t("ticket.note")}</b> <TicketNumber item={item} id={textOf(item, "ticketId")} /> <span className="dim">· {item.by ? word("actor", item.by, item.by) : word("actor", "linija")}</span></>}><p className="pre">{textOf(item, "text")}</p></Line>;
}

function NoticeEntry({ item }: { item: TimelineItem }) {
  const t = useT();
  const word = useWord();
  return <Line icon={IconMail} item={item} title={<><b>{t(tellsNotice(textOf(item, "state")))}</b> <TicketNumber item={item} id={textOf(item, "ticketId")} /></>}><span>{textOf(item, "subject")} <span className="dim small">· {word("notice", textOf(item, "state"))}</span></span></Line>;
}

function EventEntry({ item }: { item: TimelineItem }) {
  const t = useT();
  const word = useWord();
  const words = useWords();
  const ticket = textOf(item, "ticketId");
  const detail = detailOf(item, words);
  // What a client's answer sets going is nobody's deed.
  const by = item.type === "ticket.reminded" ? "" : item.by;
  // Who asked whom is told in one sentence: two names beside each other would not say it.
  const asked = item.type === "ticket.consult_offered" && by ? t("story.consult", { by: word("actor", by, by), name: textOf(item, "name") }) : null;
  return (
    <Line quiet icon={item.type.startsWith("client.") ? IconUserEdit : IconArrowRight} item={item}
      title={asked ? <><span>{asked}</span> {ticket && <TicketNumber item={item} id={ticket} />}</> : <><span>{word("event", sentenceOf(item))}</span>{detail && <span>: {detail}</span>} {ticket && <TicketNumber item={item} id={ticket} />}{by && by !== detail && <span> · {word("actor", by, by)}</span>}</>}>{textOf(item, "text") && !saysItsText(item.type) && <p className="pre">{textOf(item, "text")}</p>}</Line>
  );
}

function useWords(): Words {
  const t = useT();
  const word = useWord();
  const { formatDate, locale } = useIntl();
  return {
    word, minutes: (count) => t("story.minutes", { count }), moment: (iso) => formatDate(iso, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    money: (amount) => (typeof amount === "number" ? readOf(digitsOf(amount), locale) : isMoney(amount) ? moneyOf(amount, locale) : ""),
  };
}
const isMoney = (value: unknown): value is { amount: string; currency: string } => typeof value === "object" && value !== null && "currency" in value && "amount" in value;

import type { CallView } from "@linija/server/contract/calls/calls";
import { Button } from "@mantine/core";
import { IconPhoneIncoming, IconPhoneOutgoing, IconPhonePlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { Moment, Since, spell } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { Story } from "../clients/Story.tsx";
import { useCallWord } from "../line/callWord.ts";
import { useDial } from "../line/useDial.ts";
import { useLine } from "../line/line.tsx";
import { CallNotes } from "./CallNotes.tsx";
import { Player } from "./Player.tsx";
import { useDispositions } from "./useDispositions.ts";
import { WrapUp } from "./WrapUp.tsx";
import css from "./calls.module.css";

/** One call in the middle of the workspace: who and how long, the client's story, and what is written about it. */
export function CallConversation({ call }: { call: CallView }) {
  const t = useT();
  const { line } = useLine();
  const mine = line?.call?.id === call.id;
  const wrapping = mine && line.state === "wrap_up";
  const open = mine || (call.answeredAt !== null && call.wrappedAt === null);
  return (
    <div className={css.conversation}>
      <CallHead call={call} />
      <div className={`scroll ${css.story}`} tabIndex={0} role="region" aria-label={t("client.tab.story")}>
        {call.recordingId && call.state !== "talking" && <div className={css.played}><Player recordingId={call.recordingId} /></div>}
        {!open && <Result call={call} />}
        {!call.clientId && <CallTickets call={call} />}
        {call.clientId ? <Story clientId={call.clientId} hideCall={call.id} /> : <NoClient />}
      </div>
      {wrapping || (mine && call.state === "wrap_up") ? <WrapUp key={call.id} call={call} endsAt={line?.wrapUpEndsAt ?? null} /> : mine && call.state !== "offered" && <CallNotes call={call} />}
    </div>
  );
}

/** What came of a finished call. */
function Result({ call }: { call: CallView }) {
  const t = useT();
  const disposition = useDispositions(call).find((each) => each.key === call.disposition)?.name ?? call.disposition;
  if (!disposition && !call.notes) return null;
  return (
    <div className={css.note}>
      {disposition && <p><span className="dim">{t("wrap.disposition")}:</span> <b>{disposition}</b></p>}
      {call.notes && <p className="pre">{call.notes}</p>}
    </div>
  );
}

function NoClient() {
  const t = useT();
  return <Empty icon={<IconPhonePlus size={22} />} text={t("call.noClient")} />;
}

function CallHead({ call }: { call: CallView }) {
  const t = useT();
  const stateWord = useCallWord();
  const { line } = useLine();
  const dial = useDial();
  const number = call.direction === "in" ? call.fromNumber : call.toNumber;
  const Icon = call.direction === "in" ? IconPhoneIncoming : IconPhoneOutgoing;
  const free = line?.state === "ready" || line?.state === "not_ready";
  const held = line?.held === true && line.call?.id === call.id && call.state === "talking";
  return (
    <header className={css.head}>
      <span className={css.headIcon} data-live={call.state === "talking" || undefined}><Icon size={18} aria-hidden /></span>
      <div className="grow">
        <h1 className="cut">{call.clientName || number || t("line.unknown")}</h1>
        <div className="cut dim small num">{[number, call.queueName, call.language && languageNames[call.language]].filter(Boolean).join(" · ")}</div>
      </div>
      <CallClock call={call} />
      <span className={`chip ${held ? "warn" : call.state === "talking" ? "live" : call.state === "offered" ? "accent" : ""}`}>{stateWord(call)}</span>
      {call.state === "ended" && number && <Button variant="default" disabled={!free} leftSection={<IconPhonePlus size={15} />} onClick={() => void dial({ number, projectKey: call.projectKey ?? undefined, clientId: call.clientId, ticketId: call.ticketId })}>{t("call.callAgain")}</Button>}
    </header>
  );
}

function CallClock({ call }: { call: CallView }) {
  if (call.state === "talking" && call.answeredAt) return <Since at={call.answeredAt} className={css.clock} />;
  if (call.endedAt && call.answeredAt) return <span className={css.times}><span className="num strong">{spell(Date.parse(call.endedAt) - Date.parse(call.answeredAt))}</span><span className="small dim"><Moment at={call.startedAt} /></span></span>;
  return <Moment at={call.startedAt} />;
}

function CallTickets({ call }: { call: CallView }) {
  if (call.tickets.length === 0) return null;
  return (
    <ul className={css.tickets}>
      {call.tickets.map((ticket) => <li key={ticket.id}><Link to="/tickets/$id" params={{ id: ticket.id }}><span className="num strong">{ticket.number}</span> {ticket.subject}</Link></li>)}
    </ul>
  );
}

export function CallById({ id }: { id: string }) {
  const { line } = useLine();
  const live = line?.call?.id === id ? line.call : undefined;
  const asked = useApi("getCall", { params: { id } }, { enabled: !live });
  const call = live ?? asked.data;
  if (call) return <CallConversation call={call} />;
  return asked.error ? <div className={css.pad}><ProblemNote error={asked.error} onRetry={() => void asked.refetch()} /></div> : <Skeleton rows={4} height={56} />;
}

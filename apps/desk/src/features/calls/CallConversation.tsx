import type { CallView } from "@linija/server/contract/calls/calls";
import { Button } from "@mantine/core";
import { IconPhoneIncoming, IconPhoneOutgoing, IconUserQuestion } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { Moment, Since, spell } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { hasRole, may, useMe } from "../access/session.ts";
import { Story } from "../clients/Story.tsx";
import { ClientHandovers } from "../handovers/ClientHandovers.tsx";
import { HandoverFromCall } from "../handovers/HandoverButton.tsx";
import { numberOf, useCallWord } from "../line/callWord.ts";
import { DialButton } from "../line/DialButton.tsx";
import { useLine } from "../line/line.tsx";
import { OwedCallback } from "../tickets/OwedCallback.tsx";
import { ProjectMark } from "../tickets/ProjectMark.tsx";
import { CallNotes } from "./CallNotes.tsx";
import { Player } from "./Player.tsx";
import { useDispositions } from "./useDispositions.ts";
import { WrapUp } from "./WrapUp.tsx";
import css from "./calls.module.css";

/** One call in the middle of the workspace: who and how long, the client's story, and what is written about it. */
export function CallConversation({ call, alone = false }: { call: CallView; /** No card of the client stands beside it. */ alone?: boolean }) {
  const t = useT();
  const { line } = useLine();
  const mine = line?.call?.id === call.id;
  const wrapping = mine && line.state === "wrap_up";
  const open = mine || (call.answeredAt !== null && call.wrappedAt === null);
  return (
    <div className={css.conversation}>
      <CallHead call={call} alone={alone} />
      <div className={`scroll ${css.story}`} tabIndex={0} role="region" aria-label={t("client.tab.story")}>
        {call.recordingId && call.state !== "talking" && <div className={css.played}><Player recordingId={call.recordingId} /></div>}
        {open ? <OfOpenCall call={call} /> : <Result call={call} />}
        {!call.clientId && <CallTickets call={call} />}
        {call.clientId ? <Story clientId={call.clientId} hideCall={call.id} /> : <NoClient call={call} alone={alone} />}
      </div>
      {wrapping || (mine && call.state === "wrap_up") ? <WrapUp key={call.id} call={call} endsAt={line?.wrapUpEndsAt ?? null} /> : mine && call.state !== "offered" && <CallNotes call={call} />}
    </div>
  );
}

/** What stands above the story of a call that is not over. */
function OfOpenCall({ call }: { call: CallView }) {
  return (
    <>
      <OwedCallback call={call} link />
      <ClientHandovers clientId={call.clientId} />
    </>
  );
}

/** What came of a finished call. */
function Result({ call }: { call: CallView }) {
  const t = useT();
  const me = useMe();
  const disposition = useDispositions(call).find((each) => each.key === call.disposition)?.name ?? call.disposition;
  const unheard = !call.recordingId && call.answeredAt !== null && may(me, "recordings.play") && <p className="small dim">{t("call.noRecording")}</p>;
  if (!disposition && !call.notes) return unheard || null;
  return (
    <div className={css.note}>
      {unheard}
      {disposition && <p><span className="dim">{t("wrap.disposition")}:</span> <b>{disposition}</b></p>}
      {call.notes && <p className="pre">{call.notes}</p>}
    </div>
  );
}

function NoClient({ call, alone }: { call: CallView; alone: boolean }) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const mayFind = alone && hasRole(me, "operator") && may(me, "clients.write");
  return <Empty icon={<IconUserQuestion size={22} />} text={t(alone ? "call.noClientHere" : "call.noClient")} action={mayFind && <Button variant="default" onClick={() => void navigate({ to: "/work", search: { call: call.id } })}>{t("call.findClient")}</Button>} />;
}

function CallHead({ call, alone }: { call: CallView; alone: boolean }) {
  const t = useT();
  const me = useMe();
  const number = numberOf(call);
  const Icon = call.direction === "in" ? IconPhoneIncoming : IconPhoneOutgoing;
  return (
    <header className={css.head}>
      <span className={css.headIcon} data-live={call.state === "talking" || undefined}><Icon size={18} aria-hidden /></span>
      <div className="grow">
        <h1 className="cut">{call.clientName || number || t("line.unknown")}</h1>
        <div className={`dim small ${css.who}`}><ProjectMark projectKey={call.projectKey} /><span>{[call.clientName && (number || t("line.noNumber")), call.queueName, call.language && languageNames[call.language]].filter(Boolean).join(" · ")}</span></div>
      </div>
      <CallClock call={call} />
      {/* The row it was opened from says it already. */}
      {!(alone && call.state === "ended") && <StateChip call={call} />}
      {call.state === "talking" && call.operatorId === me.id && <HandoverFromCall call={call} />}
      {call.state === "ended" && number && may(me, "calls.dial") && <DialButton variant="default" text={t("call.callAgain")} target={{ number, projectKey: call.projectKey ?? undefined, clientId: call.clientId, ticketId: call.ticketId }} />}
    </header>
  );
}

const tones: Partial<Record<CallView["state"], string>> = { talking: "live", offered: "accent" };
function StateChip({ call }: { call: CallView }) {
  const stateWord = useCallWord();
  const { line } = useLine();
  const held = line?.held === true && line.call?.id === call.id && call.state === "talking";
  return <span className={`chip ${held ? "warn" : tones[call.state] ?? ""}`}>{stateWord(call)}</span>;
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

export function CallById({ id, alone }: { id: string; alone?: boolean }) {
  const { line } = useLine();
  const live = line?.call?.id === id ? line.call : undefined;
  const asked = useApi("getCall", { params: { id } }, { enabled: !live });
  const call = live ?? asked.data;
  if (call) return <CallConversation call={call} alone={alone} />;
  return asked.error ? <div className={css.pad}><ProblemNote error={asked.error} onRetry={() => void asked.refetch()} /></div> : <Skeleton rows={4} height={56} />;
}

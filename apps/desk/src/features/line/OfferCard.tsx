import { Button, Tooltip } from "@mantine/core";
import { IconPhoneIncoming, IconX } from "@tabler/icons-react";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import type { Line } from "@linija/server/contract/calls/calls";
import { useEffect, useRef } from "react";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { spell, useNow } from "../../shared/clock.tsx";
import { keysOf, useKey } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { useApi } from "../../shared/query.ts";
import { OwedCallback } from "../tickets/OwedCallback.tsx";
import { ProjectMark } from "../tickets/ProjectMark.tsx";
import { callerLine } from "./callWord.ts";
import { useLine } from "./line.tsx";
import css from "./line.module.css";

/** A call is offered: over the list, with the client already open behind it. It takes no focus from someone who types. */
export function OfferCard() {
  const { line } = useLine();
  return <div aria-live="assertive">{line?.offer && <Card line={line} offer={line.offer} />}</div>;
}

function Card({ line, offer }: { line: Line; offer: NonNullable<Line["offer"]> }) {
  const t = useT();
  const { accept, decline, busy } = useLine();
  const navigate = useNavigate();
  const asked = useApi("getCall", { params: { id: offer.interactionId } }, { enabled: line.call === null });
  const call = line.call ?? asked.data;
  useOpenBehind(offer.interactionId);
  const answer = async () => { await accept(); await navigate({ to: "/work", search: { call: offer.interactionId } }); };
  const byPhone = line.device === "phone";
  useKey("accept", () => void answer(), !byPhone && !busy);
  useKey("decline", () => void decline(), !busy);
  const number = call?.fromNumber || t("line.unknown");
  return (
    <section className={css.offer} aria-label={t("offer.title")}>
      <div className={css.offerTop}><IconPhoneIncoming size={16} aria-hidden /><span>{t("offer.title")}</span>{call?.language && <span className="chip">{languageNames[call.language]}</span>}</div>
      <div className={css.offerWho}>{call?.clientName || number}</div>
      <div className="dim num">{call && callerLine(call, t)}</div>
      <div className="row wrap">{call && <ProjectMark projectKey={call.projectKey} />}{call?.queueName && <span className="chip accent"><span className="cut">{call.queueName}</span></span>}{call?.queuedAt && <Waited at={call.queuedAt} />}</div>
      {call && <OwedCallback call={call} />}
      <div className={css.offerActs}>
        <Ring from={offer.offeredAt} to={offer.expiresAt} />
        {byPhone ? <p className={css.onPhone}>{t("offer.onPhone")}</p> : <Button className={css.accept} size="sm" loading={busy} onClick={() => void answer()} leftSection={<IconPhoneIncoming size={17} />}>{t("offer.accept")}<span className={css.acceptKeys}><Keys combo={keysOf("accept")[0] ?? ""} /></span></Button>}
        <Tooltip label={<span className="row">{t("offer.decline")}<Keys combo={keysOf("decline")[0] ?? ""} /></span>}><Button size="sm" variant="default" px={9} aria-label={t("offer.decline")} disabled={busy} onClick={() => void decline()}><IconX size={17} /></Button></Tooltip>
      </div>
    </section>
  );
}

function Waited({ at }: { at: string }) {
  const t = useT();
  const now = useNow();
  return <span className="small dim num">{t("offer.waited", { time: spell(now - Date.parse(at)) })}</span>;
}

/** The client's card opens before the answer, unless the person is typing somewhere else. */
function useOpenBehind(callId: string): void {
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const opened = useRef<string | null>(null);
  useEffect(() => {
    const typing = document.activeElement instanceof HTMLElement && document.activeElement.matches("input, textarea, select, [contenteditable]");
    if (opened.current === callId || path !== "/work" || typing) return;
    opened.current = callId;
    void navigate({ to: "/work", search: { call: callId } });
  }, [callId, path, navigate]);
}

const around = 2 * Math.PI * 15;
/** The time left to answer, as a ring that empties; the seconds stand inside it. */
function Ring({ from, to }: { from: string; to: string }) {
  const t = useT();
  const now = useNow();
  const whole = Math.max(1, Date.parse(to) - Date.parse(from));
  const left = Math.max(0, Math.min(1, (Date.parse(to) - now) / whole));
  const seconds = Math.ceil((left * whole) / 1000);
  return (
    <svg className={css.ring} viewBox="0 0 36 36" role="timer" aria-label={t("offer.left", { seconds })}>
      <circle cx="18" cy="18" r="15" fill="none" stroke="var(--line)" strokeWidth="3" />
      <circle cx="18" cy="18" r="15" fill="none" stroke="var(--accent)" strokeWidth="3" strokeLinecap="round" strokeDasharray={`${around * left} ${around}`} transform="rotate(-90 18 18)" className={css.ringLeft} />
      <text x="18" y="22" textAnchor="middle">{seconds}</text>
    </svg>
  );
}

import { ActionIcon, Popover, Tooltip, UnstyledButton } from "@mantine/core";
import { IconDialpad, IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneOff, IconPlayerPause, IconPlayerPlay, IconPointFilled } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { Since, Until } from "../../shared/clock.tsx";
import { keysOf, type KeyAction } from "../../shared/keys.ts";
import { Keys } from "../../shared/parts.tsx";
import { Keypad } from "./Keypad.tsx";
import { useLeg, useLine } from "./line.tsx";
import css from "./line.module.css";

/** The call that is on now: it never leaves the top bar. */
export function LiveLine() {
  const { line } = useLine();
  const call = line?.call;
  if (!call) return null;
  if (call.state === "talking" || call.state === "dialling") return <Live />;
  if (line.state === "wrap_up") return <Wrapping />;
  return null;
}

function Who() {
  const t = useT();
  const { line } = useLine();
  const navigate = useNavigate();
  const call = line?.call;
  if (!call) return null;
  const number = call.direction === "in" ? call.fromNumber : call.toNumber;
  return <UnstyledButton className={css.who} onClick={() => void navigate({ to: "/work", search: { call: call.id } })}><IconPhone size={15} aria-hidden /><span className="cut">{call.clientName || number || t("line.unknown")}</span></UnstyledButton>;
}

function Live() {
  const t = useT();
  const { line, mute, hold, end, ending, digits } = useLine();
  const call = line?.call;
  if (!line || !call) return null;
  const talking = call.state === "talking";
  return (
    <section className={css.live} data-live-line data-held={line.held || undefined} aria-label={t("line.title")}>
      <Who />
      {talking && call.answeredAt ? <Since at={call.answeredAt} className="num strong" /> : <span className="small">{t("line.dialling")}</span>}
      <Marks />
      <LineButton action="mute" label={t(line.muted ? "line.unmute" : "line.mute")} on={line.muted} onClick={() => void mute()}>{line.muted ? <IconMicrophoneOff size={17} /> : <IconMicrophone size={17} />}</LineButton>
      <LineButton action="hold" label={t(line.held ? "line.resume" : "line.hold")} on={line.held} off={!talking} onClick={() => void hold()}>{line.held ? <IconPlayerPlay size={17} /> : <IconPlayerPause size={17} />}</LineButton>
      <Popover position="bottom" trapFocus>
        <Popover.Target><ActionIcon aria-label={t("line.keypad")} disabled={!talking} className={css.tool}><IconDialpad size={17} /></ActionIcon></Popover.Target>
        <Popover.Dropdown><Keypad onKey={(key) => void digits(key)} /></Popover.Dropdown>
      </Popover>
      <Tooltip label={<span className="row">{t("line.end")}<Keys combo={keysOf("end").at(-1) ?? ""} /></span>}>
        <UnstyledButton className={css.end} data-armed={ending || undefined} onClick={end} ><IconPhoneOff size={16} aria-hidden /><span className={ending ? undefined : "visually-hidden"}>{t(ending ? "line.endAgain" : "line.end")}</span></UnstyledButton>
      </Tooltip>
      <span className="visually-hidden" aria-live="assertive">{ending ? t("line.endAgain") : ""}</span>
    </section>
  );
}

/** What is unusual about the call, in words. */
function Marks() {
  const t = useT();
  const { line } = useLine();
  const leg = useLeg();
  if (line?.device === "phone" && !line.legUp) return <span className="chip warn">{t("line.answerPhone")}</span>;
  if (line?.device === "browser" && leg === "lost") return <span className="chip warn">{t("line.audioLost")}</span>;
  if (line?.held) return <span className={`chip warn ${css.held}`}>{t("line.held")}</span>;
  return line?.call?.state === "talking" ? <Tooltip label={t("line.recorded")}><span className={css.rec}><IconPointFilled size={14} /><span className="visually-hidden">{t("line.recorded")}</span></span></Tooltip> : null;
}

function LineButton({ action, label, on, off = false, onClick, children }: { action: KeyAction; label: string; on: boolean; off?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={<span className="row">{label}<Keys combo={keysOf(action).at(-1) ?? ""} /></span>}>
      <ActionIcon aria-label={label} aria-pressed={on} data-on={on || undefined} className={css.tool} disabled={off} onClick={onClick}>{children}</ActionIcon>
    </Tooltip>
  );
}

function Wrapping() {
  const t = useT();
  const word = useWord();
  const { line } = useLine();
  const failed = line?.call && line.call.answeredAt === null ? line.call.outcome : null;
  return (
    <section className={css.live} data-live-line data-wrap aria-label={t("line.title")}>
      <Who />
      <span>{t("wrap.title")}{failed && ` · ${word("outcome", failed)}`}</span>
      {line?.wrapUpEndsAt && <Until at={line.wrapUpEndsAt} className="num strong" />}
    </section>
  );
}

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { spell } from "../../shared/clock.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { drawWave } from "./wave.ts";
import css from "./calls.module.css";

const speeds = [1, 1.25, 1.5, 2];

/** A recording with both voices: the client above the line, the operator below. Space, arrows and < > work on it. */
export function Player({ recordingId, autoPlay = false, startMs = 0 }: { recordingId: string; autoPlay?: boolean; /** Where it begins. */ startMs?: number }) {
  const t = useT();
  const { data, error, refetch } = useApi("getRecording", { params: { id: recordingId } }, { staleTime: Infinity });
  const sound = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [broken, setBroken] = useState(false);
  const length = (data?.durationMs ?? 0) / 1000;
  useFrames(playing, () => setAt(sound.current?.currentTime ?? 0));
  const toggle = () => {
    const audio = sound.current;
    if (!audio) return;
    if (audio.paused) void audio.play().catch(() => setBroken(true));
    else audio.pause();
  };
  const seek = (seconds: number) => {
    const audio = sound.current;
    if (!audio) return;
    audio.currentTime = Math.max(0, Math.min(length, seconds));
    setAt(audio.currentTime);
  };
  const faster = (step: number) => {
    const next = speeds[Math.max(0, Math.min(speeds.length - 1, speeds.indexOf(speed) + step))] ?? 1;
    setSpeed(next);
    if (sound.current) sound.current.playbackRate = next;
  };
  const onKey = (event: KeyboardEvent) => {
    const deed = { " ": toggle, ArrowRight: () => seek(at + 5), ArrowLeft: () => seek(at - 5), Home: () => seek(0), End: () => seek(length), ">": () => faster(1), "<": () => faster(-1) }[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  };
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <div className={`skeleton ${css.playerWait}`} />;
  return (
    <div className={css.player}>
      <audio ref={sound} src={`/api/recordings/${recordingId}/audio`} preload="metadata" autoPlay={autoPlay} onLoadedMetadata={() => { if (startMs > 0) seek(startMs / 1000); }} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onEnded={() => setPlaying(false)} onError={() => setBroken(true)} />
      <ActionIcon variant="filled" color="blue" radius="xl" size={34} onClick={toggle} aria-label={t(playing ? "player.pause" : "player.play")} disabled={broken}>{playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}</ActionIcon>
      <div className={css.wave}>
        <div className={css.waveArea} role="slider" tabIndex={0} aria-label={t("player.position")} aria-valuemin={0} aria-valuemax={Math.round(length)} aria-valuenow={Math.round(at)} aria-valuetext={spell(at * 1000)} onKeyDown={onKey}
          onPointerDown={(event) => { const box = event.currentTarget.getBoundingClientRect(); seek(((event.clientX - box.left) / box.width) * length); }}>
          <Wave left={data.peaks.left} right={data.peaks.right} done={length > 0 ? at / length : 0} />
        </div>
        <div className={css.waveFoot}><span className="num">{spell(at * 1000)}</span><span className={css.sides}><i data-side="client" />{t("player.client")}<i data-side="operator" />{t("player.operator")}</span><span className="num">{spell(data.durationMs)}</span></div>
        {broken && <p className="small dim">{t("player.broken")}</p>}
      </div>
      <Tooltip label={t("player.speed")}><Button variant="subtle" size="compact-sm" className="num" onClick={() => faster(speed === 2 ? -3 : 1)} aria-label={`${t("player.speed")}: ${speed}`}>{speed}×</Button></Tooltip>
    </div>
  );
}

function Wave({ left, right, done }: { left: number[]; right: number[]; done: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const place = canvas.current;
    if (!place) return;
    const watcher = new ResizeObserver(() => setWidth(place.clientWidth));
    watcher.observe(place);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => { if (canvas.current && width > 0) drawWave(canvas.current, { left, right, done }); }, [left, right, done, width]);
  return <canvas ref={canvas} className={css.canvas} aria-hidden />;
}

function useFrames(on: boolean, draw: () => void): void {
  const latest = useRef(draw);
  latest.current = draw;
  useEffect(() => {
    if (!on) return;
    let frame = 0;
    const step = () => { latest.current(); frame = requestAnimationFrame(step); };
    frame = requestAnimationFrame(step);
    return () => { cancelAnimationFrame(frame); latest.current(); };
  }, [on]);
}

import { useSyncExternalStore } from "react";
import { useIntl } from "react-intl";
import { useT } from "../i18n/intl.tsx";

/** One timer for every clock on the page; it stops when no clock is shown. */
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => { now = Date.now(); for (const each of listeners) each(); }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) { clearInterval(timer); timer = null; }
  };
}
export const useNow = () => useSyncExternalStore(subscribe, () => now);

const two = (value: number) => String(value).padStart(2, "0");
/** 2:31, 1:02:31; hours appear when there are any. */
export function spell(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

export function Since({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return <time className={className} dateTime={at}>{spell(now - Date.parse(at))}</time>;
}

/** Counts down, then up with a plus: how long past the time it is. */
export function Until({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  const left = Date.parse(at) - now;
  return <time className={className} dateTime={at}>{left < 0 ? `+${spell(-left)}` : spell(left)}</time>;
}

/** Of a place, or where this browser is: "GMT+1". */
export function useZone(at?: string, timeZone?: string): string {
  const { locale } = useIntl();
  return zoneOf(locale, at ? new Date(at) : new Date(), timeZone);
}
/** By its English name ("CET") where the reader's language has none of its own: "GMT+1" beside a colleague's "CET" looks like another time. */
const zoneOf = (locale: string, at: Date, timeZone?: string) => { const own = zoneIn(locale, at, timeZone); return own.startsWith("GMT") ? zoneIn("en-GB", at, timeZone) : own; };
const zoneIn = (locale: string, at: Date, timeZone?: string) => new Intl.DateTimeFormat(locale, { timeZoneName: "short", timeZone }).formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";

/** Date and time by the reader's locale; today's moments show only their time. What is said to a client who may live elsewhere names its zone. */
export function Moment({ at, full = false, zone = false }: { at: string; full?: boolean; zone?: boolean }) {
  const intl = useIntl();
  const date = new Date(at);
  const today = new Date().toDateString() === date.toDateString();
  const thisYear = new Date().getFullYear() === date.getFullYear();
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const day = { day: "numeric", month: "short", ...(!thisYear && { year: "numeric" }) } as const;
  const text = intl.formatDate(date, today && !full ? clock : { ...day, ...clock });
  return <time dateTime={at} title={intl.formatDate(date, { dateStyle: "full", timeStyle: "long" })}>{text}{zone && ` ${zoneOf(intl.locale, date)}`}</time>;
}

/** How far a deadline is, in the largest sensible unit: "in 3 hours", "2 days ago". */
export function useFromNow(): (at: string) => string {
  const t = useT();
  const intl = useIntl();
  const now = useNow();
  return (at) => {
    const minutes = Math.round((Date.parse(at) - now) / 60_000);
    if (minutes === 0) return Date.parse(at) > now ? intl.formatRelativeTime(0, "second", { numeric: "auto" }) : t("time.justNow");
    // As clocks write it beside: the two formats of the same language differ by a dot.
    if (Math.abs(minutes) < 60) return intl.formatRelativeTime(minutes, "minute", { style: "short" }).replace("мин.", "мин");
    if (Math.abs(minutes) < 24 * 60) return intl.formatRelativeTime(Math.round(minutes / 60), "hour", { style: "short" });
    return intl.formatRelativeTime(Math.round(minutes / 1440), "day", { style: "short" });
  };
}

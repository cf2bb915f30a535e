import type { Push } from "@linija/server/contract/realtime/realtime";
import { useSyncExternalStore } from "react";
import { freshen, freshenAll } from "./fresh.ts";
import { queryClient, refresh } from "./query.ts";
import { stalenessOf, type Thing } from "./stale.ts";

export interface Link { up: boolean; everUp: boolean; retryAt: number | null }
let link: Link = { up: false, everUp: false, retryAt: null };
const linkListeners = new Set<() => void>();
function setLink(next: Link): void {
  link = next;
  for (const listener of linkListeners) listener();
}
export const useLink = () => useSyncExternalStore((listener) => { linkListeners.add(listener); return () => linkListeners.delete(listener); }, () => link);

type Alert = Extract<Push, { kind: "alert" }>;
const alertListeners = new Set<(alert: Alert) => void>();
export function onAlert(listener: (alert: Alert) => void): () => void {
  alertListeners.add(listener);
  return () => { alertListeners.delete(listener); };
}

export type Reminder = Extract<Push, { kind: "reminded" }>;
const reminderListeners = new Set<(reminder: Reminder) => void>();
export function onReminder(listener: (reminder: Reminder) => void): () => void {
  reminderListeners.add(listener);
  return () => { reminderListeners.delete(listener); };
}

let waiting: Thing[] = [];
let flushing: ReturnType<typeof setTimeout> | null = null;

/** A burst of changes becomes one refetch: a busy floor sends hundreds of pushes a second. */
function refreshSoon(things: Thing[]): void {
  waiting.push(...things);
  flushing ??= setTimeout(() => {
    flushing = null;
    const { everything, names, touch } = stalenessOf(waiting);
    waiting = [];
    if (everything) freshenAll(queryClient);
    else for (const name of names) freshen(queryClient, name, touch);
  }, 200);
}

function take(push: Push): void {
  if (push.kind === "line") refresh(["getLine"]);
  if (push.kind === "alert") for (const listener of alertListeners) listener(push);
  if (push.kind === "reminded") for (const listener of reminderListeners) listener(push);
  if (push.kind === "changed") refreshSoon(push.things);
}

let socket: WebSocket | null = null;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | null = null;
let wanted = false;
/** Since when something may have been read without hearing what changed: since the page began. */
let deafFrom = 0;
/** The way of a word to the server is not known. */
const WAY_MS = 2_000;
let heardAt = 0;
let watch: ReturnType<typeof setInterval> | null = null;
/** The server says a word every fifteen seconds. A network that went away without a word leaves a socket that only looks open. */
const SILENT_MS = 40_000;
const LOOK_MS = 5_000;

function connect(): void {
  if (!wanted) return;
  const address = new URL("/api/live", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(address);
  socket = mine;
  mine.addEventListener("open", () => {
    if (socket !== mine) return;
    const again = link.everUp;
    tries = 0;
    setLink({ up: true, everUp: true, retryAt: null });
    heardAt = performance.now();
    // After a gap everything on the screen is asked for again; in the beginning what has changed since it was asked.
    if (again) freshenAll(queryClient);
    else mine.send(JSON.stringify({ deaf: Math.ceil(performance.now() - deafFrom + WAY_MS) }));
  });
  mine.addEventListener("message", (event) => {
    if (socket !== mine) return;
    heardAt = performance.now();
    take(JSON.parse(String(event.data)) as Push);
  });
  mine.addEventListener("close", () => { if (socket === mine) lost(); });
}

function lost(): void {
  socket = null;
  later();
}

/** One that is silent is left alone: closing it would wait for an answer. */
function listen(): void {
  if (!socket || !link.up || performance.now() - heardAt < SILENT_MS) return;
  const silent = socket;
  lost();
  silent.close();
}

function later(): void {
  if (!wanted) return;
  const wait = Math.min(15_000, 500 * 2 ** tries++) * (0.8 + Math.random() * 0.4);
  setLink({ ...link, up: false, retryAt: Date.now() + wait });
  timer = setTimeout(connect, wait);
}

export function startLive(): () => void {
  wanted = true;
  connect();
  watch = setInterval(listen, LOOK_MS);
  return () => {
    wanted = false;
    if (timer) clearTimeout(timer);
    if (watch) clearInterval(watch);
    deafFrom = performance.now();
    socket?.close();
    socket = null;
    setLink({ up: false, everUp: false, retryAt: null });
  };
}

/** Tried at once and in place of a try that is under way: a desk has one line, and is told everything once. */
export function reconnectNow(): void {
  if (timer) clearTimeout(timer);
  tries = 0;
  const before = socket;
  socket = null;
  connect();
  before?.close();
}

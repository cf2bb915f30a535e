import { useEffect, useRef } from "react";
import { getSettings } from "./settings.ts";

/**
 * Everything a key can do. Combinations with Alt or Ctrl work while typing; bare letters never do.
 * The first combination of an action is the one a person may change.
 */
export const defaultKeys = {
  accept: ["Alt+A", "A"], decline: ["Alt+D"], mute: ["Alt+M", "M"], hold: ["Alt+H", "H"], end: ["Alt+E", "E"],
  note: ["N"], search: ["/"], next: ["J"], previous: ["K"], open: ["Enter"], pick: ["X"], pickRange: ["Shift+X"], register: ["Alt+R"], handOver: ["Alt+T"], askColleague: ["Alt+Q"], takeHandover: ["Alt+J"], refuseHandover: ["Alt+U"],
  palette: ["Ctrl+K"], help: ["?"],
  goWork: ["G W"], goCalls: ["G C"], goTickets: ["G T"], goClients: ["G B"], goFloor: ["G F"], goDepartment: ["G D"], goOperators: ["G O"], goAdmin: ["G A"], goProjects: ["G P"], goPromises: ["G R"], goDuties: ["G L"], goHandovers: ["G H"], goLoad: ["G V"], goReports: ["G E"], goRules: ["G U"], goSettings: ["G S"],
} as const satisfies Record<string, readonly string[]>;
export type KeyAction = keyof typeof defaultKeys;
export const keyActions = Object.keys(defaultKeys) as KeyAction[];

export function keysOf(action: KeyAction): string[] {
  const [first, ...others] = defaultKeys[action];
  return [getSettings().keys[action] ?? first, ...others];
}

type Handler = () => void;
const handlers = new Map<KeyAction, Handler[]>();
const digitHandlers: ((digit: number) => void)[] = [];
let leader: number | null = null;

/** What the event says, by the key's place on the board: on a Russian layout A is still A. */
export function comboOf(event: KeyboardEvent): string {
  const place = /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1];
  const isSymbol = event.key === "?" || event.key === "/";
  const held = [event.ctrlKey || event.metaKey, event.altKey, event.shiftKey && !isSymbol];
  return ["Ctrl", "Alt", "Shift"].filter((_, index) => held[index]).concat(isSymbol ? event.key : place ?? event.key).join("+");
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // An editor in a shadow root is seen from here only as its host.
  if (target.isContentEditable || target.dataset.typing !== undefined || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

const isBare = (combo: string) => !/^(Ctrl|Alt)\+/.test(combo);

function blocked(event: KeyboardEvent, combo: string): boolean {
  if (!isBare(combo)) return false;
  if (isTyping(event.target) || document.querySelector("[aria-modal='true']")) return true;
  // Enter and space on a button belong to the button.
  return combo === "Enter" && event.target instanceof HTMLElement && event.target !== document.body && event.target.closest("button, a, [role='option'], [role='tab'], summary") !== null;
}

function run(combo: string): boolean {
  const action = keyActions.find((each) => keysOf(each).includes(combo) && (handlers.get(each)?.length ?? 0) > 0);
  const handler = action && handlers.get(action)?.at(-1);
  handler?.();
  return handler !== undefined;
}

const isOnlyModifier = (event: KeyboardEvent) => ["Alt", "Control", "Shift", "Meta"].includes(event.key);

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || isOnlyModifier(event)) return;
  const combo = comboOf(event);
  if (!blocked(event, combo) && (runDigit(combo) || run(led(combo)))) event.preventDefault();
}

function runDigit(combo: string): boolean {
  const digit = /^Alt\+(\d)$/.exec(combo)?.[1];
  const handler = digitHandlers.at(-1);
  if (digit && handler) handler(Number(digit));
  return digit !== undefined && handler !== undefined;
}

/** G waits a moment for the letter that names the place. */
function led(combo: string): string {
  const follows = leader !== null && performance.now() - leader < 1500;
  leader = combo === "G" && !follows ? performance.now() : null;
  return follows ? `G ${combo}` : combo;
}

export function listenToKeys(): () => void {
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

/** The latest mounted handler of an action wins, so a card over a list takes the keys and gives them back. */
export function useKey(action: KeyAction, handler: Handler, enabled = true): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    if (!enabled) return;
    const call = () => latest.current();
    handlers.set(action, [...(handlers.get(action) ?? []), call]);
    return () => { handlers.set(action, (handlers.get(action) ?? []).filter((each) => each !== call)); };
  }, [action, enabled]);
}

/** Alt+1…9: the conversations of the work list. */
export function useDigits(handler: (digit: number) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const call = (digit: number) => latest.current(digit);
    digitHandlers.push(call);
    return () => { digitHandlers.splice(digitHandlers.indexOf(call), 1); };
  }, []);
}

/** Actions that do something on the screen now open, for the help. */
export const liveActions = () => keyActions.filter((action) => (handlers.get(action)?.length ?? 0) > 0);

/** Ctrl+Enter inside a form sends it. */
export const sendOnCtrlEnter = (send: () => void) => (event: { key: string; ctrlKey: boolean; metaKey: boolean; preventDefault: () => void }) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  send();
};

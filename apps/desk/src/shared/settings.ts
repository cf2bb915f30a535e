import { useSyncExternalStore } from "react";

/** What a person chose on this machine. Language lives with the account; these live in the browser. */
export interface Settings { scheme: "auto" | "light" | "dark"; ringVolume: number; notifications: boolean; keys: Record<string, string> }
const initial: Settings = { scheme: "auto", ringVolume: 0.5, notifications: true, keys: {} };
const name = "linija:settings";
const listeners = new Set<() => void>();
let current: Settings = { ...initial, ...readStored<Partial<Settings>>(name) };

/** Private windows and full disks refuse storage; the desk then forgets on reload and works on. */
export function readStored<T>(key: string): T | null {
  try { return JSON.parse(localStorage.getItem(key) ?? "null") as T | null; } catch { return null; }
}
export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* see readStored */ }
}
export function storedNames(prefix: string): string[] {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; }
}

export const getSettings = () => current;
export function setSettings(change: Partial<Settings>): void {
  current = { ...current, ...change };
  writeStored(name, current);
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => { listeners.add(listener); return () => listeners.delete(listener); };
export const useSettings = () => useSyncExternalStore(subscribe, getSettings);

/** `color-scheme.js` reads the same key before the first paint. */
export function applyScheme(scheme: Settings["scheme"]): void {
  setSettings({ scheme });
  try {
    if (scheme === "auto") localStorage.removeItem("linija:scheme");
    else localStorage.setItem("linija:scheme", scheme);
  } catch { /* see readStored */ }
}

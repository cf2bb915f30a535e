import { getSettings } from "../../shared/settings.ts";

let context: AudioContext | null = null;
let repeating: ReturnType<typeof setInterval> | null = null;

/** Browsers let sound begin only after a press: called when the operator goes ready. */
export function unlockSound(): void {
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
}

/** Two soft notes, a fifth apart; heard through talk, never startling. */
function chime(volume: number): void {
  if (!context || context.state !== "running") return;
  for (const [at, pitch] of [[0, 587.33], [0.18, 880]] as const) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + at;
    tone.type = "sine";
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(volume * 0.5, start + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0005, start + 0.75);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.8);
  }
}

export function startRinging(): void {
  stopRinging();
  unlockSound();
  chime(getSettings().ringVolume);
  repeating = setInterval(() => chime(getSettings().ringVolume), 2200);
}

/** Once, and softer than a call: something waits for an answer, nobody on the telephone does. */
export function softChime(): void {
  unlockSound();
  setTimeout(() => chime(getSettings().ringVolume * 0.6), 60);
}

export function stopRinging(): void {
  if (repeating) clearInterval(repeating);
  repeating = null;
}

/** Played in the settings, to hear the chosen volume. */
export function tryRing(volume: number): void {
  unlockSound();
  chime(volume);
}

let shown: Notification | null = null;
export async function askForNotifications(): Promise<void> {
  if (!("Notification" in window) || Notification.permission !== "default" || !getSettings().notifications) return;
  await Notification.requestPermission().catch(() => "denied");
}

/** Seen while another window is in front; a press brings the desk back. */
export function notifyOffer(title: string, body: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || !getSettings().notifications || document.hasFocus()) return;
  shown = new Notification(title, { body, tag: "linija:offer", requireInteraction: true, icon: "/favicon.svg" });
  shown.addEventListener("click", () => { window.focus(); shown?.close(); });
}
export function withdrawNotification(): void {
  shown?.close();
  shown = null;
}

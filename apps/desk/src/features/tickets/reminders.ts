import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useT } from "../../i18n/intl.tsx";
import { onReminder, type Reminder } from "../../shared/realtime.ts";
import { readStored, writeStored } from "../../shared/settings.ts";
import { useNews } from "../../shared/toast.tsx";

const kept = "linija:reminded";
const MOST_KEPT = 50;

/** Whether this desk is the one to tell it: of several windows of one person the first that is looked at. */
export function claim(id: string): boolean {
  const told = readStored<string[]>(kept) ?? [];
  if (told.includes(id)) return false;
  writeStored(kept, [...told, id].slice(-MOST_KEPT));
  return true;
}

/** Tells each reminder once, and only to eyes: what comes while the window is hidden waits until it is looked at. Returns how to stop. */
export function tellReminders(tell: (reminder: Reminder) => void): () => void {
  let waiting: Reminder[] = [];
  const flush = () => {
    if (document.hidden) return;
    const now = waiting;
    waiting = [];
    // Somebody who comes back to ten reminders of one ticket hears of it once.
    for (const reminder of new Map(now.map((each) => [each.ticketId, each])).values()) if (claim(reminder.id)) tell(reminder);
  };
  const stop = onReminder((reminder) => { waiting.push(reminder); flush(); });
  document.addEventListener("visibilitychange", flush);
  return () => { stop(); document.removeEventListener("visibilitychange", flush); };
}

/** A reminder that reaches its operator at the desk; a press opens the ticket. */
export function useReminders(): void {
  const t = useT();
  const tell = useNews();
  const navigate = useNavigate();
  useEffect(() => tellReminders(({ ticketId, number, reason }) => {
    tell(t(reason === "untouched" ? "reminder.untouched" : "reminder.other", { number }), () => void navigate({ to: "/tickets/$id", params: { id: ticketId } }));
  }), [t, tell, navigate]);
}

import { useEffect, useRef, useState } from "react";
import { ApiError } from "./api.ts";

/** Nobody answered, or nobody could: the same will do in a moment. */
export const isAway = (error: unknown): boolean => !(error instanceof ApiError) || error.problem.status === 0 || error.problem.status === 503;

const EVERY_MS = 4_000;

/**
 * What was pressed while nobody answered is pressed again by itself when somebody does, as long as it is still the same:
 * whoever goes on typing presses anew. The deed has to be one that is done once however often it is sent.
 */
export function useAgain<T>(subject: T, press: () => void): { isWaiting: boolean; /** At each press. */ pressed: () => void; /** With what came of it; null when it is done. */ ended: (error: unknown) => void } {
  const [waits, setWaits] = useState<{ for: T } | null>(null);
  const sent = useRef(subject);
  const latest = useRef(press);
  useEffect(() => { latest.current = press; });
  const isWaiting = waits !== null && waits.for === subject;
  useEffect(() => {
    if (!isWaiting) return undefined;
    const again = (): void => latest.current();
    const timer = setInterval(again, EVERY_MS);
    addEventListener("online", again);
    return () => { clearInterval(timer); removeEventListener("online", again); };
  }, [isWaiting]);
  return {
    isWaiting,
    pressed: () => { sent.current = subject; },
    ended: (error) => setWaits((before) => (error === null || !isAway(error) ? null : before?.for === sent.current ? before : { for: sent.current })),
  };
}

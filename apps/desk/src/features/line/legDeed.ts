import type { Line } from "@linija/server/contract/calls/calls";

/**
 * - `none` – no call has sound here
 * - `lost` – it is being brought back
 * - `elsewhere` – another desk of this operator has it; only a press takes it from there
 */
export type LegState = "none" | "connecting" | "up" | "lost" | "elsewhere";
export type LegDeed = "attach" | "leave" | "close" | "nothing";

export const isLive = (line: Line | undefined): boolean => line?.call?.state === "talking" || line?.call?.state === "dialling";
/** The live call whose sound belongs into a browser. */
export const soundOf = (line: Line | undefined): string | undefined => (isLive(line) && line?.device === "browser" ? line.call?.id : undefined);
/** Another desk answered, dialled or took the sound, and still has it. */
export const isElsewhere = (line: Line | undefined, desk: string): boolean => soundOf(line) !== undefined && line!.legUp && line!.legDesk !== desk;

/** What this desk must do about the sound of the call, as the line now is. */
export function legDeed(line: Line | undefined, desk: string, leg: { state: LegState; call: string | null }): LegDeed {
  if (!line) return "nothing";
  const call = soundOf(line);
  if (!call) return leg.call && !line.offer ? "close" : "nothing";
  // Answering, dialling or taking: the line will tell of it in a moment.
  if (leg.state === "connecting") return "nothing";
  const has = leg.call === call;
  if (isElsewhere(line, desk)) return has && leg.state === "elsewhere" ? "nothing" : "leave";
  // One that stood aside goes on doing so when the other loses the sound: it comes back there, or somebody presses here.
  return has ? "nothing" : "attach";
}

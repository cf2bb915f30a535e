import { useKey } from "../../shared/keys.ts";
import { useLine } from "./line.tsx";

/** The live line is one key away whatever screen is open. */
export function useLineKeys(): void {
  const { line, mute, hold, end } = useLine();
  const live = line?.call?.state === "talking" || line?.call?.state === "dialling";
  useKey("mute", () => void mute(), live);
  useKey("hold", () => void hold(), line?.call?.state === "talking");
  useKey("end", end, live);
}

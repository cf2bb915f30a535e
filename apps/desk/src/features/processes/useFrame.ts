import { useElementSize } from "@mantine/hooks";
import { useState } from "react";
import { readProcess, type Written } from "./document.ts";
import { directionFor, type Direction } from "./graph.ts";

export interface Size { width: number; height: number }

/** The window of the picture, and which way the picture runs in it. It turns only when asked to: a picture must not jump while it is edited. */
export function useFrame(text: string) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const [direction, setDirection] = useState<Direction | null>(null);
  const size: Size | null = width > 0 && height > 0 ? { width, height } : null;
  if (size && direction === null) {
    const read = readProcess(text);
    setDirection(read.ok ? directionFor(read.process, size) : "right");
  }
  return { ref, size, direction: direction ?? "right", turn: (process: Written) => { if (size) setDirection(directionFor(process, size)); } };
}

import { useCallback, useRef } from "react";

const MOST = 200;

/** Undo and redo over a text that others may change, too: what came from elsewhere is one step as well. */
export function useHistory(text: string, onChange: (text: string) => void) {
  const past = useRef<string[]>([]);
  const future = useRef<string[]>([]);
  const change = useCallback((next: string) => {
    if (next === text) return;
    past.current = [...past.current.slice(1 - MOST), text];
    future.current = [];
    onChange(next);
  }, [text, onChange]);
  const undo = useCallback(() => {
    const before = past.current.pop();
    if (before === undefined) return;
    future.current.push(text);
    onChange(before);
  }, [text, onChange]);
  const redo = useCallback(() => {
    const after = future.current.pop();
    if (after === undefined) return;
    past.current.push(text);
    onChange(after);
  }, [text, onChange]);
  return { change, undo, redo, canUndo: past.current.length > 0, canRedo: future.current.length > 0 };
}

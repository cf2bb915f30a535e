import { useCallback, useEffect, useRef, useState } from "react";

const MOST = 200;

interface Steps { name: string; past: string[]; future: string[]; /** The text as the picture left it. */ last: string }
/** Of the text that was looked at last: a look at another view of it does not take the way back away. */
let kept: Steps | null = null;

function stepsOf(name: string, text: string): Steps {
  if (kept?.name !== name) kept = { name, past: [], future: [], last: text };
  // What was written elsewhere meanwhile is one step as well.
  if (kept.last !== text) kept = { name, past: [...kept.past, kept.last], future: [], last: text };
  return kept;
}

/** Undo and redo over a text that others may change, too: what came from elsewhere is one step as well. `name`: of the text, in the whole company. */
export function useHistory(name: string, text: string, onChange: (text: string) => void) {
  const [steps] = useState(() => stepsOf(name, text));
  const past = useRef(steps.past);
  const future = useRef(steps.future);
  useEffect(() => () => { kept = { name, past: past.current, future: future.current, last: latest.current }; }, [name]);
  const latest = useRef(text);
  latest.current = text;
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

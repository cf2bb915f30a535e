import { useMemo, useState, type KeyboardEvent } from "react";
import { changeText, freeKey, readProcess, type Change, type Written } from "./document.ts";
import { graphOf, tidyGraph, type Direction, type Graph } from "./graph.ts";
import { useHistory } from "./history.ts";
import type { Chosen } from "./ProcessEditor.tsx";
import { sidestep, waysFrom, type Arrow } from "./walk.ts";

const EMPTY: Written = { stages: {}, transitions: {}, clocks: { timers: {}, escalations: [] } };

/** The text as a process, what of it is chosen, and every way to change it. */
export function useProcess({ name, text, onChange, readOnly, direction }: { /** Of the text, for its undo. */ name: string; text: string; onChange: (text: string) => void; readOnly: boolean; direction: Direction }) {
  const [chosen, setChosen] = useState<Chosen>(null);
  /** The stage a new transition is being drawn from. */
  const [drawing, setDrawing] = useState<string | null>(null);
  const history = useHistory(name, text, onChange);
  const read = useMemo(() => readProcess(text), [text]);
  const [lastGood, setLastGood] = useState(read);
  // While a text is being typed it is often broken: the picture before stays until it is whole again.
  if (read.ok && read !== lastGood) setLastGood(read);
  const process = lastGood.ok ? lastGood.process : EMPTY;
  const [stood, setStood] = useState<Graph | null>(null);
  // What is there keeps its place while the process is changed here; another direction is another picture.
  const [near, setNear] = useState<string | null>(null);
  const graph = useMemo(() => graphOf(process, direction, stood, near), [process, direction, stood, near]);
  if (graph !== stood) setStood(graph);
  const change = (...changes: Change[]): void => { if (!readOnly && read.ok) history.change(changes.reduce((result, each) => changeText(result, each), text)); };
  const addStage = (): void => {
    const key = freeKey("new_stage", Object.keys(process.stages));
    setNear(chosen?.kind === "stages" ? chosen.key : null);
    change({ do: "add_stage", key, name: { en: "New stage", ru: "Новый этап", sl: "Nova faza" } });
    setChosen({ kind: "stages", key });
  };
  const connect = (from: string, to: string): void => {
    setDrawing(null);
    const key = freeKey("new_way", Object.keys(process.transitions));
    change({ do: "add_transition", key, name: { en: "New transition", ru: "Новый переход", sl: "Nov prehod" }, from, to });
    setChosen({ kind: "transitions", key });
  };
  const remove = (): void => {
    if (!chosen) return;
    change(chosen.kind === "stages" ? { do: "remove_stage", key: chosen.key } : { do: "remove_transition", key: chosen.key });
    setChosen(null);
  };
  const pick = (next: Chosen): void => { if (drawing !== null && next?.kind === "stages") connect(drawing, next.key); else { setDrawing(null); setChosen(next); } };
  /** Enter ends a transition being drawn, or goes from a stage to its first transition. */
  const enter = (): void => {
    if (chosen?.kind !== "stages") return;
    const [first] = waysFrom(graph, chosen.key);
    if (drawing !== null) connect(drawing, chosen.key);
    else if (first !== undefined) setChosen({ kind: "transitions", key: first });
  };
  const deeds: Record<Deed, () => void> = {
    undo: history.undo, redo: history.redo, stage: addStage, remove, enter,
    way: () => { if (!readOnly && chosen?.kind === "stages") setDrawing(chosen.key); },
    stop: () => { if (drawing !== null) setDrawing(null); else setChosen(null); },
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Buttons in the picture keep their own Enter.
    if (event.target !== event.currentTarget && event.key === "Enter") return;
    const act = actionOf(event);
    if (!act || (readOnly && act.deed && CHANGES.has(act.deed))) return;
    event.preventDefault();
    if (act.arrow) setChosen(sidestep(graph, chosen, act.arrow)); else if (act.deed) deeds[act.deed]();
  };
  return { process, graph, tidy: () => setStood(tidyGraph(process, direction)), read, chosen, setChosen, pick, change, addStage, connect, remove, history, drawing, onKeyDown };
}

type Deed = "undo" | "redo" | "stage" | "way" | "remove" | "enter" | "stop";
const CHANGES: ReadonlySet<Deed> = new Set(["undo", "redo", "stage", "way", "remove"]);
const ARROWS: Record<string, Arrow> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
/** By the key's place where it has one, so that N and T work on a Russian keyboard, too. */
const KEYS: Record<string, Deed> = { KeyN: "stage", KeyT: "way", Delete: "remove", Backspace: "remove", Enter: "enter", Escape: "stop" };

function actionOf(event: KeyboardEvent): { arrow?: Arrow; deed?: Deed } | null {
  if (event.ctrlKey || event.metaKey) {
    if (event.code === "KeyZ") return { deed: event.shiftKey ? "redo" : "undo" };
    return event.code === "KeyY" ? { deed: "redo" } : null;
  }
  if (event.altKey) return null;
  const arrow = ARROWS[event.key];
  if (arrow) return { arrow };
  const deed = KEYS[event.code] ?? KEYS[event.key];
  return deed ? { deed } : null;
}

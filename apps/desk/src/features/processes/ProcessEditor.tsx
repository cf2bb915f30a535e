import "@xyflow/react/dist/base.css";
import type { Language } from "@linija/server/contract/api";
import { ActionIcon, Tooltip } from "@mantine/core";
import { Background, BackgroundVariant, MarkerType, ReactFlow, ReactFlowProvider, useReactFlow, type Connection } from "@xyflow/react";
import { IconArrowBackUp, IconArrowForwardUp, IconCirclePlus, IconMaximize } from "@tabler/icons-react";
import { useMemo, useState, type KeyboardEvent } from "react";
import { useIntl } from "react-intl";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import type { PictureProps } from "../projects/editors.ts";
import { changeText, freeKey, readProcess, type Change, type Written } from "./document.ts";
import { graphOf, type Graph } from "./graph.ts";
import { useHistory } from "./history.ts";
import { NothingPanel, StagePanel, WayPanel } from "./panels.tsx";
import { LineView, StageView, WayView, type LineFlowEdge, type StageFlowNode, type WayFlowNode } from "./picture.tsx";
import { sidestep, type Arrow } from "./walk.ts";
import css from "./processes.module.css";

/** Where the text is wrong, by its path: `stages.done`, `transitions.take.guards.0.rule`. */
export interface Trouble { at: string; line: number | null; message: string; remedy: string }
export interface ProcessEditorProps { text: string; onChange: (text: string) => void; problems: readonly Trouble[]; readOnly?: boolean; projectKey: string; onShowText?: (line: number) => void }
export type Chosen = { kind: "stages" | "transitions"; key: string } | null;

const nodeTypes = { stage: StageView, way: WayView };
const edgeTypes = { line: LineView };
/** All of a large process at once would be too small to read: then it begins at the left and is moved. */
const FIT = { padding: 0.04, minZoom: 0.45, maxZoom: 1 };

/** The process as a picture. Every change of it is a change of the text, which stays the only document. */
export default function ProcessPicture({ value, ...props }: PictureProps) {
  return <EditorTexts><ReactFlowProvider><Editor {...props} text={value} /></ReactFlowProvider></EditorTexts>;
}

function Editor({ text, onChange, problems, readOnly = false }: ProcessEditorProps) {
  const t = useT();
  const [chosen, setChosen] = useState<Chosen>(null);
  const history = useHistory(text, onChange);
  const read = useMemo(() => readProcess(text), [text]);
  const [lastGood, setLastGood] = useState(read);
  // While a text is being typed it is often broken: the picture before stays until it is whole again.
  if (read.ok && read !== lastGood) setLastGood(read);
  const process = lastGood.ok ? lastGood.process : EMPTY;
  const graph = useMemo(() => graphOf(process), [process]);
  const change = (...changes: Change[]): void => { if (!readOnly && read.ok) history.change(changes.reduce((result, each) => changeText(result, each), text)); };
  const addStage = (): void => {
    const key = freeKey("new_stage", Object.keys(process.stages));
    change({ do: "add_stage", key, name: { en: "New stage", ru: "Новая стадия", sl: "Nova faza" } });
    setChosen({ kind: "stages", key });
  };
  const connect = (from: string, to: string): void => {
    const key = freeKey("new_way", Object.keys(process.transitions));
    change({ do: "add_transition", key, name: { en: "New transition", ru: "Новый переход", sl: "Nov prehod" }, from, to });
    setChosen({ kind: "transitions", key });
  };
  const remove = (): void => {
    if (!chosen) return;
    change(chosen.kind === "stages" ? { do: "remove_stage", key: chosen.key } : { do: "remove_transition", key: chosen.key });
    setChosen(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = actionOf(event);
    if (!act) return;
    event.preventDefault();
    if (act === "undo") history.undo();
    else if (act === "redo") history.redo();
    else if (act === "stage") addStage();
    else if (act === "remove") remove();
    else if (act === "way") { if (chosen?.kind === "stages") connect(chosen.key, chosen.key); }
    else setChosen(sidestep(graph, chosen, act));
  };
  const panel = { process, problems, change, readOnly, choose: setChosen, remove };
  return (
    <div className={css.editor}>
      <div className={css.canvas} tabIndex={0} role="application" aria-label={t("process.picture")} onKeyDown={onKeyDown}>
        <Tools history={history} addStage={addStage} readOnly={readOnly} />
        <Picture process={process} graph={graph} problems={problems} chosen={chosen} choose={setChosen} {...(!readOnly && { connect })} />
        {!read.ok && <p className={css.broken} role="alert">{t("process.broken", { line: read.line, message: read.message })}</p>}
      </div>
      <aside className={css.panel} aria-label={t("process.panel")}>
        {chosen?.kind === "stages" && process.stages[chosen.key] ? <StagePanel key={chosen.key} stageKey={chosen.key} {...panel} />
          : chosen?.kind === "transitions" && process.transitions[chosen.key] ? <WayPanel key={chosen.key} wayKey={chosen.key} {...panel} />
            : <NothingPanel {...panel} />}
      </aside>
    </div>
  );
}

const EMPTY: Written = { stages: {}, transitions: {}, clocks: { timers: {}, escalations: [] } };

const ARROWS: Record<string, Arrow> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const LETTERS: Record<string, "stage" | "way" | "remove"> = { n: "stage", t: "way", Delete: "remove", Backspace: "remove" };
function actionOf(event: KeyboardEvent): Arrow | "undo" | "redo" | "stage" | "way" | "remove" | null {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : null;
  return event.altKey ? null : ARROWS[key] ?? LETTERS[key] ?? null;
}

function Tools({ history, addStage, readOnly }: { history: ReturnType<typeof useHistory>; addStage: () => void; readOnly: boolean }) {
  const t = useT();
  const { fitView } = useReactFlow();
  return (
    <div className={css.tools} role="toolbar" aria-label={t("process.tools")}>
      {!readOnly && <>
        <Tooltip label={`${t("process.addStage")} (N)`}><ActionIcon aria-label={t("process.addStage")} onClick={addStage}><IconCirclePlus size={17} /></ActionIcon></Tooltip>
        <Tooltip label={`${t("process.undo")} (Ctrl+Z)`}><ActionIcon aria-label={t("process.undo")} disabled={!history.canUndo} onClick={history.undo}><IconArrowBackUp size={17} /></ActionIcon></Tooltip>
        <Tooltip label={`${t("process.redo")} (Ctrl+Y)`}><ActionIcon aria-label={t("process.redo")} disabled={!history.canRedo} onClick={history.redo}><IconArrowForwardUp size={17} /></ActionIcon></Tooltip>
      </>}
      <Tooltip label={t("process.fit")}><ActionIcon aria-label={t("process.fit")} onClick={() => void fitView({ padding: 0.04 })}><IconMaximize size={17} /></ActionIcon></Tooltip>
    </div>
  );
}

interface PictureProps { process: Written; graph: Graph; problems: readonly Trouble[]; chosen: Chosen; choose: (chosen: Chosen) => void; connect?: (from: string, to: string) => void }

function Picture({ process, graph, problems, chosen, choose, connect }: PictureProps) {
  const t = useT();
  const language = useIntl().locale.slice(0, 2) as Language;
  const troubled = useMemo(() => new Set(problems.map(({ at }) => at.split(".").slice(0, 2).join("."))), [problems]);
  const nodes = useMemo((): (StageFlowNode | WayFlowNode)[] => {
    const isChosen = (kind: "stages" | "transitions", key: string): boolean => chosen?.kind === kind && chosen.key === key;
    const place = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => ({ position: { x, y }, width, height });
    return [
      ...graph.nodes.map((stage): StageFlowNode => {
        const { name, client_sees: sees, clock, final: isFinal } = process.stages[stage.key] ?? {};
        const data = { stage, name: name?.[language] ?? stage.key, clientSees: sees ? t(`process.sees.${sees}`) : "", clock: clock ?? "runs", isFinal: isFinal === true, hasProblem: troubled.has(`stages.${stage.key}`) };
        return { id: stage.key, type: "stage", ...place(stage), data, selected: isChosen("stages", stage.key) };
      }),
      ...graph.ways.map((way): WayFlowNode => ({ id: `way:${way.key}`, type: "way", ...place(way), data: { way, name: process.transitions[way.key]?.name?.[language] ?? way.key, isChosen: isChosen("transitions", way.key), isTroubled: troubled.has(`transitions.${way.key}`) } })),
    ];
  }, [graph, process, language, t, troubled, chosen]);
  const edges = useMemo(() => {
    const near = waysNear(graph, chosen);
    const bySystem = new Set(graph.ways.filter(({ kind }) => kind === "automatic" || kind === "timer").map(({ key }) => key));
    return graph.lines.map((line): LineFlowEdge => ({
      id: line.id, type: "line", source: line.from, target: line.to, focusable: false, data: { line, isSystem: bySystem.has(line.way), isChosen: near?.has(line.way) ?? false, isFaint: near !== null && !near.has(line.way) },
      ...(!line.to.startsWith("way:") && { markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 } }),
    }));
  }, [graph, chosen]);
  return (
    <ReactFlow
      nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} fitView fitViewOptions={FIT} minZoom={0.15} maxZoom={1.6} nodesDraggable={false} nodesConnectable={connect !== undefined}
      disableKeyboardA11y deleteKeyCode={null} selectionKeyCode={null} elementsSelectable={false} proOptions={{ hideAttribution: true }}
      onNodeClick={(_event, { id }) => choose(id.startsWith("way:") ? { kind: "transitions", key: id.slice(4) } : { kind: "stages", key: id })} onPaneClick={() => choose(null)} onConnect={({ source, target }: Connection) => connect?.(source, target)}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--line-strong)" />
    </ReactFlow>
  );
}

/** The chosen transition, or those that begin or end at the chosen stage; null when nothing is chosen. */
function waysNear(graph: Graph, chosen: Chosen): ReadonlySet<string> | null {
  if (!chosen) return null;
  return new Set(chosen.kind === "transitions" ? [chosen.key] : graph.lines.filter(({ from, to }) => from === chosen.key || to === chosen.key).map(({ way }) => way));
}

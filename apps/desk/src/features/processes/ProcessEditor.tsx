import { YAML_SLIPS } from "@linija/rules";
import "@xyflow/react/dist/base.css";
import { ActionIcon, Tooltip } from "@mantine/core";
import { Background, BackgroundVariant, MarkerType, ReactFlow, ReactFlowProvider, useReactFlow, useStore, type Connection } from "@xyflow/react";
import { IconArrowBackUp, IconArrowForwardUp, IconCirclePlus, IconDownload, IconFileText, IconMaximize, IconWalk } from "@tabler/icons-react";
import { memo, useDeferredValue, useEffect, useMemo, useState, type KeyboardEvent } from "react";
import { EditorTexts, useT, type MessageKey } from "../../i18n/intl.tsx";
import { useApi } from "../../shared/query.ts";
import type { PictureProps as EditorProps } from "../projects/editors.ts";
import { useCatalogue } from "../rules/catalogue.ts";
import { lineOf, type Written, type WrittenTransition } from "./document.ts";
import { sameWhereAlike } from "./flow.ts";
import { firstLook, type Graph } from "./graph.ts";
import type { useHistory } from "./history.ts";
import { useFrame, type Size } from "./useFrame.ts";
import { useKnown } from "./known.ts";
import { BenchOf, useShownLanguage, type Bench } from "./parts.tsx";
import { LineView, StageView, WayView, type LineFlowEdge, type StageFlowNode, type WayFlowNode, type WayMark } from "./picture.tsx";
import { StagePanel } from "./StagePanel.tsx";
import { download, svgOf } from "./svg.ts";
import { useProcess } from "./useProcess.ts";
import { Walk } from "./Walk.tsx";
import { WayPanel } from "./WayPanel.tsx";
import { WholePanel } from "./WholePanel.tsx";
import css from "./processes.module.css";

/** Where the text is wrong, by its path: `stages.done`, `transitions.take.guards.0.rule`. */
export interface Trouble { at: string; line: number | null; message: string; remedy: string }
export interface ProcessEditorProps { text: string; onChange: (text: string) => void; problems: readonly Trouble[]; readOnly?: boolean; projectKey: string; path: string; onShowText?: (line: number) => void }
export type Chosen = { kind: "stages" | "transitions"; key: string } | null;

const END = { type: MarkerType.ArrowClosed, width: 14, height: 14 };
/** Its licence (MIT) asks for its notice with the program, not for a word in the picture. */
const PLAIN = { hideAttribution: true };
const nodeTypes = { stage: StageView, way: WayView };
const edgeTypes = { line: LineView };

/** The process as a picture. Every change of it is a change of the text, which stays the only document. */
export default function ProcessPicture({ value, ...props }: EditorProps) {
  return <EditorTexts><ReactFlowProvider><Editor {...props} text={value} /></ReactFlowProvider></EditorTexts>;
}

function Editor({ text, onChange, problems, readOnly = false, projectKey, path, onShowText }: ProcessEditorProps) {
  const t = useT();
  const language = useShownLanguage();
  const { ref, size, direction, turn } = useFrame(text);
  const work = useProcess({ name: `${projectKey}/${path}`, text, onChange, readOnly, direction });
  const { process, graph, chosen, setChosen, change, read, history } = work;
  const panned = usePan();
  const [isWalking, setIsWalking] = useState(false);
  // What all projects share is written in the vocabulary of any of them.
  const first = useApi("ticketTypes", null, { staleTime: 5 * 60_000 }).data?.projects[0]?.key;
  const { catalogue } = useCatalogue(projectKey === "common" ? first ?? projectKey : projectKey);
  const known = useKnown(projectKey, language);
  const bench: Bench = { process, problems, change, readOnly, catalogue, known, choose: setChosen, remove: work.remove };
  const save = (): void => download(`${process.key ?? "process"}.svg`, svgOf(process, graph, { language, sees: (view) => t(`process.sees.${view}` as MessageKey) }));
  return (
    <div className={css.editor}>
      <div ref={ref} className={css.canvas} data-near={chosen ? true : undefined} tabIndex={0} role="application" aria-label={t("process.picture")} aria-describedby="process-chosen" onKeyDown={(event) => { if (!panned(event)) work.onKeyDown(event); }}>
        <Tools history={history} addStage={work.addStage} readOnly={readOnly} onWalk={() => setIsWalking(!isWalking)} isWalking={isWalking} onFit={() => { work.tidy(); turn(process); }} onDownload={save} onText={chosen && onShowText ? () => onShowText(lineOf(text, [chosen.kind, chosen.key]) ?? 1) : undefined} />
        {size && <Picture key={direction} size={size} process={process} graph={graph} problems={problems} chosen={chosen} choose={work.pick} {...(!readOnly && { connect: work.connect })} />}
        {work.drawing !== null && <p className={css.drawing} role="status">{t("process.drawing", { stage: process.stages[work.drawing]?.name?.[language] ?? work.drawing })}</p>}
        {!read.ok && <p className={css.broken} role="alert">{t("process.broken", { line: read.line, message: YAML_SLIPS[read.slip][language] })}</p>}
        <span id="process-chosen" className={css.unseen} aria-live="polite">{chosen ? process[chosen.kind][chosen.key]?.name?.[language] : ""}</span>
      </div>
      <Side bench={bench} chosen={chosen} isWalking={isWalking} onClose={() => setIsWalking(false)} />
    </div>
  );
}

const STEP = 120;
const PANS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

/** A picture that does not fit is moved about without a mouse, too: Shift with an arrow. */
function usePan(): (event: KeyboardEvent) => boolean {
  const { getViewport, setViewport } = useReactFlow();
  return (event) => {
    const by = event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey ? PANS[event.key] : undefined;
    if (!by) return false;
    event.preventDefault();
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x + by[0], y: y + by[1], zoom });
    return true;
  };
}

interface SideProps { bench: Bench; chosen: Chosen; isWalking: boolean; onClose: () => void }

/** The panel of what was chosen comes after the picture has shown the change; until then the one before cannot be worked in. What is typed into one is shown at once. */
function Side(now: SideProps) {
  const t = useT();
  const before = useDeferredValue(now);
  const isBehind = before.chosen !== now.chosen;
  const { bench, chosen, isWalking, onClose } = isBehind ? before : now;
  return (
    <BenchOf value={bench}>
      <aside className={css.panel} aria-label={t("process.panel")} tabIndex={0} inert={isBehind}>
        {isWalking ? <Walk onClose={onClose} /> : <Panel process={bench.process} chosen={chosen} />}
      </aside>
    </BenchOf>
  );
}

const Panel = memo(function Panel({ process, chosen }: { process: Written; chosen: Chosen }) {
  if (!chosen || !process[chosen.kind][chosen.key]) return <WholePanel />;
  return chosen.kind === "stages" ? <StagePanel key={chosen.key} stageKey={chosen.key} /> : <WayPanel key={chosen.key} wayKey={chosen.key} />;
});

interface ToolsProps { history: ReturnType<typeof useHistory>; addStage: () => void; readOnly: boolean; isWalking: boolean; onWalk: () => void; onFit: () => void; onDownload: () => void; onText: (() => void) | undefined }
function Tools({ history, addStage, readOnly, isWalking, onWalk, onFit, onDownload, onText }: ToolsProps) {
  const t = useT();
  const { fitView } = useReactFlow();
  return (
    <div className={css.tools} role="toolbar" aria-label={t("process.tools")}>
      {!readOnly && <>
        <Tooltip label={`${t("process.addStage")} (N)`}><ActionIcon aria-label={t("process.addStage")} onClick={addStage}><IconCirclePlus size={17} /></ActionIcon></Tooltip>
        <Tooltip label={`${t("process.undo")} (Ctrl+Z)`}><ActionIcon aria-label={t("process.undo")} disabled={!history.canUndo} onClick={history.undo}><IconArrowBackUp size={17} /></ActionIcon></Tooltip>
        <Tooltip label={`${t("process.redo")} (Ctrl+Y)`}><ActionIcon aria-label={t("process.redo")} disabled={!history.canRedo} onClick={history.redo}><IconArrowForwardUp size={17} /></ActionIcon></Tooltip>
      </>}
      <Tooltip label={t("process.fit")}><ActionIcon aria-label={t("process.fit")} onClick={() => { onFit(); void fitView({ padding: 0.04, maxZoom: 1 }); }}><IconMaximize size={17} /></ActionIcon></Tooltip>
      <Tooltip label={t("process.walk")}><ActionIcon aria-label={t("process.walk")} aria-pressed={isWalking} onClick={onWalk}><IconWalk size={17} /></ActionIcon></Tooltip>
      <Tooltip label={t("process.download")}><ActionIcon aria-label={t("process.download")} onClick={onDownload}><IconDownload size={17} /></ActionIcon></Tooltip>
      {onText && <Tooltip label={t("process.showText")}><ActionIcon aria-label={t("process.showText")} onClick={onText}><IconFileText size={17} /></ActionIcon></Tooltip>}
    </div>
  );
}

interface PictureProps { size: Size; process: Written; graph: Graph; problems: readonly Trouble[]; chosen: Chosen; choose: (chosen: Chosen) => void; connect?: (from: string, to: string) => void }

function Picture({ size, process, graph, problems, chosen, choose, connect }: PictureProps) {
  const t = useT();
  const language = useShownLanguage();
  const troubled = useMemo(() => new Set(problems.map(({ at }) => at.split(".").slice(0, 2).join("."))), [problems]);
  const nodes = useFlow((): (StageFlowNode | WayFlowNode)[] => {
    const isChosen = (kind: "stages" | "transitions", key: string): boolean => chosen?.kind === kind && chosen.key === key;
    const place = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => ({ position: { x, y }, width, height });
    return [
      ...graph.nodes.map((stage): StageFlowNode => {
        const { name, client_sees: sees, clock, final: isFinal } = process.stages[stage.key] ?? {};
        const data = { direction: graph.direction, stage, name: name?.[language] ?? stage.key, clientSees: sees ? t(`process.sees.${sees}`) : "", clock: clock ?? "runs", isFinal: isFinal === true, hasProblem: troubled.has(`stages.${stage.key}`) };
        return { id: stage.key, type: "stage", ...place(stage), data, selected: isChosen("stages", stage.key) };
      }),
      ...graph.ways.map((way): WayFlowNode => ({ id: `way:${way.key}`, type: "way", ...place(way), data: { direction: graph.direction, way, name: process.transitions[way.key]?.name?.[language] ?? way.key, isChosen: isChosen("transitions", way.key), isTroubled: troubled.has(`transitions.${way.key}`), marks: marksOf(process.transitions[way.key]) } })),
    ];
  }, [graph, process, language, t, troubled, chosen]);
  const edges = useFlow(() => {
    const near = waysNear(graph, chosen);
    const bySystem = new Set(graph.ways.filter(({ kind }) => kind === "automatic" || kind === "timer").map(({ key }) => key));
    return graph.lines.map((line): LineFlowEdge => ({
      id: line.id, type: "line", source: line.from, target: line.to, focusable: false, data: { direction: graph.direction, line, isSystem: bySystem.has(line.way), isChosen: near?.has(line.way) ?? false },
      ...(!line.to.startsWith("way:") && { markerEnd: END }),
    }));
  }, [graph, chosen]);
  const [look] = useState(() => firstLook(graph, size));
  useInSight(graph, chosen);
  return (
    <ReactFlow
      nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} defaultViewport={look} minZoom={0.1} maxZoom={1.6} nodesDraggable={false} nodesConnectable={connect !== undefined}
      disableKeyboardA11y proOptions={PLAIN} deleteKeyCode={null} selectionKeyCode={null} elementsSelectable={false}
      onNodeClick={(_event, { id }) => choose(id.startsWith("way:") ? { kind: "transitions", key: id.slice(4) } : { kind: "stages", key: id })} onPaneClick={() => choose(null)} onConnect={({ source, target }: Connection) => connect?.(source, target)}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--line-strong)" />
    </ReactFlow>
  );
}

/** Drawn anew is what has changed: the rest is handed to React Flow as the very same objects. */
function useFlow<T extends { id: string }>(make: () => T[], inputs: readonly unknown[]): T[] {
  const [drawn, setDrawn] = useState<{ inputs: readonly unknown[]; flow: T[] }>({ inputs: [], flow: [] });
  if (drawn.inputs.length === inputs.length && inputs.every((input, at) => input === drawn.inputs[at])) return drawn.flow;
  const flow = sameWhereAlike(drawn.flow, make());
  setDrawn({ inputs, flow });
  return flow;
}

/** What is chosen with the keyboard comes into view; what is seen stays where it is. */
function useInSight(graph: Graph, chosen: Chosen): void {
  const { getViewport, setCenter } = useReactFlow();
  const size = useStore(({ width, height }) => ({ width, height }), (a, b) => a.width === b.width && a.height === b.height);
  useEffect(() => {
    const node = chosen && (chosen.kind === "stages" ? graph.nodes : graph.ways).find(({ key }) => key === chosen.key);
    if (!node || size.width === 0) return;
    const { x, y, zoom } = getViewport();
    const [left, top] = [node.x * zoom + x, node.y * zoom + y];
    if (left < 0 || top < 0 || left + node.width * zoom > size.width || top + node.height * zoom > size.height) void setCenter(node.x + node.width / 2, node.y + node.height / 2, { zoom, duration: 150 });
  }, [graph, chosen, size, getViewport, setCenter]);
}

const marksOf = (way: WrittenTransition | undefined): WayMark[] => (["guards", "checklist", "approval", "subtasks", "notice"] as const).filter((mark) => { const given = way?.[mark]; return Array.isArray(given) ? given.length > 0 : Boolean(given); });

/** The chosen transition, or those that begin or end at the chosen stage; null when nothing is chosen. */
function waysNear(graph: Graph, chosen: Chosen): ReadonlySet<string> | null {
  if (!chosen) return null;
  return new Set(chosen.kind === "transitions" ? [chosen.key] : graph.lines.filter(({ from, to }) => from === chosen.key || to === chosen.key).map(({ way }) => way));
}

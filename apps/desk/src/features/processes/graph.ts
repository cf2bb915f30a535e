import { graphlib, layout } from "@dagrejs/dagre";
import type { Written, WrittenTransition } from "./document.ts";
import { idOf, lineId, patchOf, STAGE, WAY } from "./patch.ts";

export interface StageNode { key: string; x: number; y: number; width: number; height: number; isStart: boolean; /** Nobody can come here, or nobody can leave. */ trouble: "unreached" | "stuck" | null }
export interface Way { key: string; kind: "person" | "client" | "automatic" | "timer" }
/** A transition is a small node of its own: lines of all stages it may be taken from meet in it, and one goes on to where it leads. */
export interface WayNode extends Way { x: number; y: number; width: number; height: number }
export interface Line { id: string; way: string; from: string; to: string; points: Point[] }
export interface Point { x: number; y: number }
export type Direction = "right" | "down";
export interface Graph { direction: Direction; nodes: StageNode[]; ways: WayNode[]; lines: Line[]; width: number; height: number; /** How many nodes were given a place for it; all others stand where they stood. */ placed: number }

/**
 * Lays the stages out in the order tickets take them, to the right or down. The same process is the same picture; but of
 * a large one that is being changed (`before`) only what is new is given a place: to lay out all of it takes tenths of a
 * second, and nobody finds what they knew in a picture that has jumped. A new stage comes below the one it was made at (`near`).
 */
export function graphOf(process: Written, direction: Direction = "right", before: Graph | null = null, near: string | null = null): Graph {
  const ways = waysOf(process);
  const shape = JSON.stringify([direction, process.start, Object.entries(process.stages).map(([key, stage]) => [key, stage.final === true]), ways]);
  const isLarge = Object.keys(process.stages).length + ways.length > MANY_NODES;
  const known = (before && isLarge ? patches.get(shape) : undefined) ?? layouts.get(shape);
  if (known) return known;
  const patched = before && isLarge ? patchOf(before, { process, direction, ways, troubles: troublesOf(process), near }) : null;
  const graph = patched ?? layOut(process, direction);
  keep(patched ? patches : layouts, shape, graph);
  return graph;
}

/** The picture laid out anew, as it would be had nobody changed anything. */
export function tidyGraph(process: Written, direction: Direction): Graph {
  patches.clear();
  return graphOf(process, direction);
}

/** A change of words or clocks moves nothing, and undo finds what was there. */
const layouts = new Map<string, Graph>();
const patches = new Map<string, Graph>();
const MOST_KEPT = 24;
function keep(kept: Map<string, Graph>, shape: string, graph: Graph): void {
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(shape, graph);
}
/** Up to this many stages and transitions all of it is laid out faster than anybody notices. */
const MANY_NODES = 50;
/** From this many transitions the exact ranks cost more than they please. */
const MANY_WAYS = 60;

function layOut(process: Written, direction: Direction): Graph {
  const picture = new graphlib.Graph({ multigraph: false });
  picture.setGraph({ ...(direction === "right" ? { rankdir: "LR", nodesep: 26, ranksep: 38 } : { rankdir: "TB", nodesep: 30, ranksep: 26 }), edgesep: 8, marginx: 16, marginy: 16 });
  picture.setDefaultEdgeLabel(() => ({}));
  const keys = Object.keys(process.stages);
  for (const key of keys) picture.setNode(key, { ...STAGE });
  const ways = waysOf(process);
  if (ways.length > MANY_WAYS) picture.setGraph({ ...picture.graph(), ranker: "tight-tree" });
  const order = orderOf(process);
  const before = (a: string, b: string): boolean => (order.get(a) ?? 0) < (order.get(b) ?? 0);
  for (const { key, from, to } of ways) {
    picture.setNode(idOf(key), { ...WAY });
    // A way that leads back is laid out as if it led forward: else everything behind it would be drawn once more to the right.
    const isBack = from.every((stage) => !before(stage, to));
    for (const stage of from) if (isBack || before(stage, to)) setLine(picture, stage, idOf(key), { isBack, weight: 1 });
    setLine(picture, idOf(key), to, { isBack, weight: 2 });
  }
  layout(picture);
  const place = (id: string, { width, height }: { width: number; height: number }) => {
    const { x = 0, y = 0 } = picture.node(id) as Partial<Point>;
    return { x: x - width / 2, y: y - height / 2, width, height };
  };
  const pointsOf = (from: string, to: string): Point[] => (picture.edge(from, to) as { points?: Point[] } | undefined)?.points ?? (picture.edge(to, from) as { points?: Point[] } | undefined)?.points?.toReversed() ?? [];
  const line = (way: string, from: string, to: string): Line => ({ id: lineId(from, to), way, from, to, points: pointsOf(from, to) });
  const troubles = troublesOf(process);
  const { width = 0, height = 0 } = picture.graph() as { width?: number; height?: number };
  return {
    nodes: keys.map((key) => ({ key, ...place(key, STAGE), isStart: process.start === key, trouble: troubles.get(key) ?? null })),
    ways: ways.map(({ key, kind }) => ({ key, kind, ...place(idOf(key), WAY) })),
    lines: ways.flatMap(({ key, from, to }) => [...from.map((stage) => line(key, stage, idOf(key))), line(key, idOf(key), to)]),
    width, height, direction, placed: keys.length + ways.length,
  };
}

/** Smaller than this a name cannot be read. */
const LEAST_ZOOM = 0.85;
const EDGE = 16;
interface Size { width: number; height: number }
const zoomOf = (graph: Size, size: Size): number => Math.min((size.width - 2 * EDGE) / graph.width, (size.height - 2 * EDGE) / graph.height, 1);

/** The direction in which more of it can be read at once in a window of that size; a large one is moved about in any case. */
export function directionFor(process: Written, size: Size): Direction {
  if (waysOf(process).length > MANY_WAYS) return "right";
  return zoomOf(graphOf(process, "down"), size) > zoomOf(graphOf(process, "right"), size) ? "down" : "right";
}

/** What is seen first: all of it, or as much as can be read, beginning where tickets begin. */
export function firstLook(graph: Graph, size: Size): { x: number; y: number; zoom: number } {
  const all = zoomOf(graph, size);
  const middle = (zoom: number) => ({ x: (size.width - graph.width * zoom) / 2, y: (size.height - graph.height * zoom) / 2, zoom });
  const start = graph.nodes.find(({ isStart }) => isStart) ?? graph.nodes[0];
  if (all >= LEAST_ZOOM || !start) return middle(all);
  const zoom = LEAST_ZOOM;
  // Below the tools of the picture.
  const top = 56;
  // Where tickets begin stands in the middle, but no room is left empty while something is cut off on the other side.
  const along = (extent: number, whole: number, at: number, length: number): number =>
    (whole * zoom <= extent - 2 * EDGE ? (extent - whole * zoom) / 2 : Math.max(extent - EDGE - whole * zoom, Math.min(EDGE, extent / 2 - (at + length / 2) * zoom)));
  return graph.direction === "right"
    ? { x: EDGE - start.x * zoom, y: along(size.height, graph.height, start.y, start.height), zoom }
    : { x: along(size.width, graph.width, start.x, start.width), y: top - start.y * zoom, zoom };
}

const setLine = (picture: graphlib.Graph, from: string, to: string, { isBack, weight }: { isBack: boolean; weight: number }): void => {
  if (isBack) picture.setEdge(to, from, { weight });
  else picture.setEdge(from, to, { weight });
};

/** Where a stage stands from left to right: by how few steps lead there, the ends last; among equals as they are written. */
function orderOf(process: Written): Map<string, number> {
  const steps = new Map(process.start ? [[process.start, 0]] : []);
  const ways = Object.values(process.transitions);
  for (const [stage, step] of steps) for (const { from, to } of ways) if (from.includes(stage) && !steps.has(to)) steps.set(to, step + 1);
  const stages = Object.entries(process.stages);
  return new Map(stages.map(([key, { final: isFinal }], index) => [key, (isFinal === true ? 1e6 : 0) + (steps.get(key) ?? 1e3) + index / 1e3]));
}

export interface DrawnWay extends Way { from: string[]; to: string }
/** Transitions that can be drawn: to a stage that is there, from at least one that is. */
function waysOf(process: Written): DrawnWay[] {
  const timers = new Set(Object.values(process.clocks.timers).map(({ transition }) => transition));
  return Object.entries(process.transitions).flatMap(([key, transition]) => {
    const from = [...new Set(transition.from)].filter((stage) => process.stages[stage]);
    return process.stages[transition.to] && from.length > 0 ? [{ key, kind: kindOf(transition, timers.has(key)), from, to: transition.to }] : [];
  });
}

const rolesOf = ({ who }: WrittenTransition): string[] => (who ?? []).map((one) => (typeof one === "string" ? one : one.role));

function kindOf(transition: WrittenTransition, hasTimer: boolean): Way["kind"] {
  if (transition.automatic) return "automatic";
  const roles = rolesOf(transition);
  if (hasTimer && roles.every((role) => role === "system" || role === "supervisor")) return "timer";
  return roles.includes("client") ? "client" : "person";
}

/** The same two questions the server asks at save, answered while drawing. */
export function troublesOf(process: Written): Map<string, "unreached" | "stuck"> {
  const ways = Object.values(process.transitions);
  const reached = new Set(process.start ? [process.start] : []);
  for (const stage of reached) for (const { from, to } of ways) if (from.includes(stage)) reached.add(to);
  const troubles = new Map<string, "unreached" | "stuck">();
  for (const [key, stage] of Object.entries(process.stages)) {
    if (!reached.has(key)) troubles.set(key, "unreached");
    else if (stage.final !== true && !ways.some(({ from }) => from.includes(key))) troubles.set(key, "stuck");
  }
  return troubles;
}

/** A soft line through points, leaving and arriving along the direction of the picture. */
export function curve(points: Point[], direction: Direction): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M ${first.x} ${first.y}`;
  for (const [index, point] of rest.entries()) {
    const before = points[index]!;
    const bend = direction === "right" ? { x: (point.x - before.x) / 2, y: 0 } : { x: 0, y: (point.y - before.y) / 2 };
    path += ` C ${before.x + bend.x} ${before.y + bend.y}, ${point.x - bend.x} ${point.y - bend.y}, ${point.x} ${point.y}`;
  }
  return path;
}

import type { Written } from "./document.ts";
import type { Direction, DrawnWay, Graph, Line, Point, StageNode, WayNode } from "./graph.ts";

interface Box { x: number; y: number; width: number; height: number }
interface Changed { process: Written; direction: Direction; ways: readonly DrawnWay[]; troubles: ReadonlyMap<string, NonNullable<StageNode["trouble"]>>; near: string | null }

export const STAGE = { width: 176, height: 64 };
/** Two lines of a name and its marks; of one line only the middle is drawn. */
export const WAY = { width: 164, height: 36 };
export const idOf = (way: string): string => `way:${way}`;
export const lineId = (from: string, to: string): string => `${from}→${to}`;
/** Between what is put below and what stands there. */
const GAP = 26;
/** More than this at once is another process. */
const MOST_NEW = 12;

/** The picture with what has changed put into it; everything else is the very same objects. Null when too much is new. */
export function patchOf(before: Graph, changed: Changed): Graph | null {
  if (before.direction !== changed.direction) return null;
  const picture = new Patch(before, changed);
  return picture.placed > MOST_NEW ? null : picture.graph();
}

class Patch {
  placed = 0;
  private readonly before: Graph;
  private readonly changed: Changed;
  /** What stood in the place of each: itself, or what it was called before. */
  private readonly stages: ReadonlyMap<string, StageNode>;
  private readonly transitions: ReadonlyMap<string, WayNode>;
  private readonly known: ReadonlyMap<string, Line>;
  private readonly nodes: StageNode[];
  private readonly ways: WayNode[];

  constructor(before: Graph, changed: Changed) {
    this.before = before;
    this.changed = changed;
    const { process, troubles, ways } = changed;
    const keys = Object.keys(process.stages);
    this.stages = places(before.nodes, keys);
    this.transitions = places(before.ways, ways.map(({ key }) => key));
    this.known = new Map(before.lines.map((line) => [line.id, line]));
    this.nodes = keys.map((key) => this.stage({ key, isStart: process.start === key, trouble: troubles.get(key) ?? null }));
    this.ways = this.placeWays();
  }

  graph(): Graph {
    const { before, nodes, ways } = this;
    const boxes = [...nodes, ...ways];
    return {
      direction: before.direction, nodes, ways, lines: this.lines(), placed: this.placed,
      width: Math.max(...boxes.map(({ x, width }) => x + width), 0) + 16, height: Math.max(...boxes.map(({ y, height }) => y + height), 0) + 16,
    };
  }

  private stage(now: Pick<StageNode, "key" | "isStart" | "trouble">): StageNode {
    const stood = this.stages.get(now.key);
    if (stood) return stood.key === now.key && stood.isStart === now.isStart && stood.trouble === now.trouble ? stood : { ...stood, ...now };
    this.placed++;
    return { ...now, ...this.below() };
  }

  /** The first free place below the stage it was made at; without one, below all that is there. */
  private below(): Box {
    const { before, changed } = this;
    const near = before.nodes.find(({ key }) => key === changed.near);
    const under = { ...STAGE, x: 16, y: before.height + (this.placed - 1) * (STAGE.height + GAP) };
    if (!near) return under;
    const boxes = [...before.nodes, ...before.ways];
    for (let y = near.y + STAGE.height + GAP; y < under.y; y += GAP) if (isFree({ ...STAGE, x: near.x, y }, boxes)) return { ...STAGE, x: near.x, y };
    return { ...under, x: near.x };
  }

  /** The line there was between what stood in the places of these. */
  private lineBefore(way: string, stage: string, isOut: boolean): Line | undefined {
    const [from, to] = [idOf(this.transitions.get(way)?.key ?? ""), this.stages.get(stage)?.key ?? ""];
    return this.known.get(isOut ? lineId(from, to) : lineId(to, from));
  }

  private placeWays(): WayNode[] {
    const { ways } = this.changed;
    // One that leads elsewhere now gets a place of its own on the way there.
    const stays = new Map(ways.map(({ key, to }) => [key, this.lineBefore(key, to, true) ? this.transitions.get(key) : undefined]));
    const boxes: Box[] = [...this.nodes, ...[...stays.values()].filter((way) => way !== undefined)];
    return ways.map((way) => {
      const { key, kind } = way;
      const stood = stays.get(key);
      if (stood) return stood.key === key && stood.kind === kind ? stood : { ...stood, key, kind };
      const placed = { key, kind, ...this.between(way, boxes) };
      boxes.push(placed);
      this.placed++;
      return placed;
    });
  }

  /** In the middle of its ends, moved aside until it covers nothing. */
  private between({ from, to }: DrawnWay, boxes: readonly Box[]): Box {
    const middle = (key: string | undefined): Point => { const { x, y, width, height } = this.nodes.find((node) => node.key === key)!; return { x: x + width / 2, y: y + height / 2 }; };
    const [a, b] = [middle(from[0]), middle(to)];
    const box: Box = { ...WAY, x: (a.x + b.x) / 2 - WAY.width / 2, y: (a.y + b.y) / 2 - WAY.height / 2 };
    // Below and above in turn, farther each time.
    for (let step = 0; step < 200; step++) {
      const at = { ...box, y: box.y + (step % 2 === 0 ? 1 : -1) * Math.ceil(step / 2) * (WAY.height + 6) };
      if (at.y >= 0 && isFree(at, boxes)) return at;
    }
    return box;
  }

  private lines(): Line[] {
    const stages = new Map(this.nodes.map((node) => [node.key, node]));
    const transitions = new Map(this.ways.map((way) => [way.key, way]));
    const line = (way: string, stage: string, isOut: boolean): Line => {
      const [at, there] = [transitions.get(way)!, stages.get(stage)!];
      const [from, to] = isOut ? [idOf(way), stage] : [stage, idOf(way)];
      const known = isIn(at, this.transitions.get(way)) && isIn(there, this.stages.get(stage)) ? this.lineBefore(way, stage, isOut) : undefined;
      if (known) return known.id === lineId(from, to) ? known : { ...known, id: lineId(from, to), way, from, to };
      return { id: lineId(from, to), way, from, to, points: isOut ? this.straight(at, there) : this.straight(there, at) };
    };
    return this.changed.ways.flatMap(({ key, from, to }) => [...from.map((stage) => line(key, stage, false)), line(key, to, true)]);
  }

  private straight(a: Box, b: Box): Point[] {
    if (this.before.direction === "right") return [{ x: a.x + a.width, y: a.y + a.height / 2 }, { x: b.x, y: b.y + b.height / 2 }];
    return [{ x: a.x + a.width / 2, y: a.y + a.height }, { x: b.x + b.width / 2, y: b.y }];
  }
}

const isFree = (at: Box, boxes: readonly Box[]): boolean => !boxes.some((other) => at.x < other.x + other.width + 4 && other.x < at.x + at.width + 4 && at.y < other.y + other.height + 4 && other.y < at.y + at.height + 4);
const isIn = (box: Box, stood: Box | undefined): boolean => stood !== undefined && stood.x === box.x && stood.y === box.y;

/** Where each of these keys stood. One that is new where one is gone was renamed: it takes that one's place. */
function places<T extends { key: string }>(before: readonly T[], keys: readonly string[]): Map<string, T> {
  const known = new Map(before.map((one) => [one.key, one]));
  const now = new Set(keys);
  return new Map(keys.flatMap((key, index) => {
    const stood = known.get(key) ?? (before.length === keys.length && before[index] && !now.has(before[index].key) ? before[index] : undefined);
    return stood ? [[key, stood] as const] : [];
  }));
}

import type { Graph } from "./graph.ts";

export type Arrow = "left" | "right" | "up" | "down";
type Chosen = { kind: "stages" | "transitions"; key: string } | null;

/** The stage next in that direction: near along the arrow counts, far across it counts twice. The first key goes to the start. */
export function sidestep(graph: Graph, chosen: Chosen, arrow: Arrow): Chosen {
  if (chosen?.kind === "transitions") return alongWay(graph, chosen, arrow);
  const here = graph.nodes.find(({ key }) => key === chosen?.key);
  if (!here) {
    const first = graph.nodes.find(({ isStart }) => isStart) ?? graph.nodes[0];
    return first ? { kind: "stages", key: first.key } : null;
  }
  const isAcross = arrow === "up" || arrow === "down";
  const sign = arrow === "right" || arrow === "down" ? 1 : -1;
  const found = graph.nodes.map((node) => {
    const [along, across] = isAcross ? [node.y - here.y, node.x - here.x] : [node.x - here.x, node.y - here.y];
    return { node, along: along * sign, far: Math.abs(along) + 2 * Math.abs(across) };
  }).filter(({ along }) => along > 4).toSorted((a, b) => a.far - b.far)[0];
  return found ? { kind: "stages", key: found.node.key } : chosen;
}

/** From a transition: left to where it begins, right to where it leads, up and down through the others of that beginning. */
function alongWay(graph: Graph, chosen: NonNullable<Chosen>, arrow: Arrow): Chosen {
  const lines = graph.lines.filter(({ way }) => way === chosen.key);
  const from = lines.find(({ to }) => to.startsWith("way:"))?.from;
  if (arrow === "left") return from ? { kind: "stages", key: from } : chosen;
  if (arrow === "right") {
    const to = lines.find(({ to }) => !to.startsWith("way:"))?.to;
    return to ? { kind: "stages", key: to } : chosen;
  }
  const ways = waysFrom(graph, from ?? "");
  const at = ways.indexOf(chosen.key) + (arrow === "down" ? 1 : -1);
  return { kind: "transitions", key: ways[Math.min(Math.max(at, 0), ways.length - 1)] ?? chosen.key };
}

/** Transitions that may be taken from a stage, from the top of the picture down. */
export function waysFrom(graph: Graph, stage: string): string[] {
  const leaving = new Set(graph.lines.filter(({ from }) => from === stage).map(({ way }) => way));
  return graph.ways.filter(({ key }) => leaving.has(key)).toSorted((a, b) => a.y - b.y || a.x - b.x).map(({ key }) => key);
}

import type { Graph } from "./graph.ts";

export type Arrow = "left" | "right" | "up" | "down";
type Chosen = { kind: "stages" | "transitions"; key: string } | null;

/** The stage next in that direction: near along the arrow counts, far across it counts twice. The first key goes to the start. */
export function sidestep(graph: Graph, chosen: Chosen, arrow: Arrow): Chosen {
  const here = chosen?.kind === "stages" ? graph.nodes.find(({ key }) => key === chosen.key) : undefined;
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

import type { Finding } from "./fields.ts";

/** Something decided about `path` that needs what stands at `reads` decided before. */
export interface Node { path: string; reads: readonly string[]; source: readonly (string | number)[] }

const covers = (whole: string, part: string): boolean => whole === "" || part === whole || part.startsWith(`${whole}.`);
/** Reading a group reads its parts; reading a part needs to know whether its group is there. */
const touches = (read: string, path: string): boolean => covers(read, path) || covers(path, read);

/**
 * The nodes in an order in which each comes after all it reads (depth first), or the ring that makes it impossible.
 * A node's own path does not count when it is shown by what others say of it: showing comes before computing.
 */
export function inOrder<N extends Node>(nodes: readonly N[], isBefore: (a: N, b: N) => boolean): { order: N[]; rings: Finding[] } {
  const order: N[] = [];
  const rings: Finding[] = [];
  const state = new Map<N, "open" | "done">();
  const trail: N[] = [];
  const visit = (node: N): void => {
    if (state.get(node) === "done") return;
    if (state.get(node) === "open") {
      const ring = trail.slice(trail.indexOf(node)).map((one) => one.path);
      if (rings.length < 20) rings.push({ code: "ring", params: { path: [...ring, node.path].join(" → ") }, path: node.source });
      return;
    }
    state.set(node, "open");
    trail.push(node);
    for (const other of nodes) {
      if (isBefore(other, node) || node.reads.some((read) => touches(read, other.path))) visit(other);
    }
    trail.pop();
    state.set(node, "done");
    order.push(node);
  };
  for (const node of nodes) visit(node);
  return { order, rings };
}

import { expect, test } from "vitest";
import { changeText, readProcess, type Change } from "./document.ts";
import { sameWhereAlike } from "./flow.ts";
import { firstLook, graphOf, tidyGraph, type Graph } from "./graph.ts";

const words = (text: string): string => `{ en: ${text}, ru: ${text}, sl: ${text} }`;
const names = { en: "New", ru: "Новый", sl: "Nov" };

/** So many stages in a row, with ways back and ways to the end. */
function processText(stages: number): string {
  const ways = Array.from({ length: stages - 1 }, (_none, at) => [
    `  go${at}: { name: ${words(`Go ${at}`)}, from: [s${at}], to: s${at + 1}, who: [operator] }`,
    ...(at > 2 && at % 3 === 0 ? [`  back${at}: { name: ${words(`Back ${at}`)}, from: [s${at}, s${at - 1}], to: s${at - 3}, who: [operator] }`] : []),
    ...(at % 5 === 4 ? [`  end${at}: { name: ${words(`End ${at}`)}, from: [s${at}], to: s${stages - 1}, who: [system] }`] : []),
  ]).flat();
  return ["key: large", "start: s0", "stages:", ...Array.from({ length: stages }, (_none, at) => `  s${at}: { name: ${words(`Stage ${at}`)}, client_sees: in_work${at === stages - 1 ? ", final: true" : ""} }`), "transitions:", ...ways, "clocks: {}", ""].join("\n");
}
const processIn = (text: string) => { const read = readProcess(text); if (!read.ok) throw new Error(read.slip); return read.process; };

/** Changes one after the other, as the editor makes them; how many nodes each had to be placed, and how many are other objects than before. */
function work(stages: number, changes: Change[]): { placed: number[]; others: number[]; last: Graph } {
  let text = processText(stages);
  let graph = graphOf(processIn(text), "right");
  const [placed, others]: [number[], number[]] = [[], []];
  for (const change of changes) {
    text = changeText(text, change);
    const next = graphOf(processIn(text), "right", graph);
    const known = new Set<unknown>([...graph.nodes, ...graph.ways, ...graph.lines]);
    others.push([...next.nodes, ...next.ways, ...next.lines].filter((one) => !known.has(one)).length);
    placed.push(next.placed);
    graph = next;
  }
  return { placed, others, last: graph };
}

const SIXTY: Change[] = [
  { do: "add_stage", key: "aside", name: names },
  { do: "add_transition", key: "turn", name: names, from: "s30", to: "aside" },
  { do: "add_transition", key: "back_in", name: names, from: "aside", to: "s31" },
  { do: "set", path: ["transitions", "turn", "to"], value: "s40" },
  { do: "rename", kind: "stages", key: "s10", to: "renamed" },
  { do: "remove_transition", key: "back9" },
];

test("of a process of sixty stages only what a change makes new is placed, and only what it touches is drawn anew", () => {
  const { placed, others } = work(60, SIXTY);
  expect(placed).toEqual([1, 1, 1, 1, 0, 0]);
  // With the stage its mark of trouble, with a way its two lines; a renamed stage takes its lines along.
  for (const count of others) expect(count).toBeLessThan(10);
});

test("what is placed into a large picture covers nothing that is there", () => {
  const { last: { nodes, ways } } = work(60, SIXTY);
  const boxes = [...nodes, ...ways];
  const covered = boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).map((b) => `${a.key} and ${b.key}`));
  expect(covered).toEqual([]);
});

test("a new stage comes where its author is, and so close below that it is seen", () => {
  const text = processText(60);
  const before = graphOf(processIn(text), "right");
  const at = before.nodes.find(({ key }) => key === "s30")!;
  const after = graphOf(processIn(changeText(text, { do: "add_stage", key: "here", name: names })), "right", before, "s30");
  const made = after.nodes.find(({ key }) => key === "here")!;
  expect(made.x).toBe(at.x);
  expect(made.y).toBeGreaterThan(at.y);
  expect(made.y - at.y).toBeLessThan(400);
});

test("every line of a changed picture leads from one thing that is there to another", () => {
  const { last: { nodes, ways, lines } } = work(60, SIXTY);
  const known = new Set([...nodes.map(({ key }) => key), ...ways.map(({ key }) => `way:${key}`)]);
  expect(lines.flatMap(({ from, to }) => [from, to]).filter((end) => !known.has(end))).toEqual([]);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
});

test("a small process is laid out whole at each change, and a large one when somebody asks for it", () => {
  const { placed, last } = work(8, SIXTY.slice(0, 1));
  expect(placed).toEqual([last.nodes.length + last.ways.length]);
  const process = processIn(changeText(processText(60), SIXTY[0]!));
  const changed = graphOf(process, "right", graphOf(processIn(processText(60)), "right"));
  expect(changed.placed).toBe(1);
  expect(tidyGraph(process, "right").placed).toBe(changed.nodes.length + changed.ways.length);
});

test("what is drawn is handed on as it was unless it says something else", () => {
  const before = [{ id: "a", data: { name: "A", marks: ["guards"] } }, { id: "b", data: { name: "B", marks: [] } }];
  const now = sameWhereAlike(before, [{ id: "b", data: { name: "B", marks: [] } }, { id: "a", data: { name: "A", marks: ["guards", "notice"] } }, { id: "c", data: { name: "C", marks: [] } }]);
  expect(now.map((one) => before.includes(one))).toEqual([true, false, false]);
});

test.each(["right", "down"] as const)("a picture that does not fit opens large enough to be read, with the beginning of the process in it and no empty room beside it (%s)", (direction) => {
  const size = { width: 580, height: 530 };
  const graph = graphOf(processIn(processText(14)), direction);
  const { x, y, zoom } = firstLook(graph, size);
  expect(zoom).toBeGreaterThanOrEqual(0.85);
  const start = graph.nodes.find(({ isStart }) => isStart)!;
  const seen = { left: start.x * zoom + x, top: start.y * zoom + y, right: (start.x + start.width) * zoom + x, bottom: (start.y + start.height) * zoom + y };
  expect(seen.left).toBeGreaterThanOrEqual(0);
  expect(seen.top).toBeGreaterThanOrEqual(0);
  expect(seen.right).toBeLessThanOrEqual(size.width);
  expect(seen.bottom).toBeLessThanOrEqual(size.height);
  if (direction === "down" && graph.width * zoom > size.width) expect(x).toBeLessThanOrEqual(16);
  if (direction === "right" && graph.height * zoom > size.height) expect(y).toBeLessThanOrEqual(16);
});

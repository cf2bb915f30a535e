import { expect, test } from "vitest";
import { changeText, freeKey, lineOf, readProcess, type Change, type Read } from "./document.ts";
import { directionFor, firstLook, graphOf, troublesOf } from "./graph.ts";
import { svgOf } from "./svg.ts";
import { sidestep, waysFrom } from "./walk.ts";

const TEXT = `# A request from one end to the other.
key: request
name: { en: Request, ru: Заявка, sl: Zahtevek }
start: registered

stages:
  # where all begin
  registered:
    name: { en: Registered, ru: Зарегистрирована, sl: Registrirano }
    client_sees: received
  work:
    name: { en: In work, ru: В работе, sl: V delu }
    client_sees: in_work
  closed:
    name: { en: Closed, ru: Закрыта, sl: Zaprto }
    client_sees: closed
    final: true

transitions:
  # whoever is free
  take: { name: { en: Take, ru: Взять, sl: Prevzemi }, from: [registered], to: work, who: [operator] }
  close: { name: { en: Close, ru: Закрыть, sl: Zapri }, from: [registered, work], to: closed, who: [operator, system], requires: [reason] }

clocks:
  deadline_hours: null
  timers:
    old: { stage: work, after_hours: 72, transition: close }
`;
const processOf = (text: string) => {
  const read = readProcess(text);
  if (!read.ok) throw new Error(read.slip);
  return read.process;
};

test("a change of the picture keeps the comments and the order of the text", () => {
  const text = changeText(TEXT, { do: "set", path: ["stages", "work", "clock"], value: "paused" });
  expect(text).toContain("# where all begin");
  expect(text).toContain("# whoever is free");
  const old = new Set(TEXT.split("\n"));
  expect(text.split("\n").filter((line) => !old.has(line))).toEqual(["    clock: paused"]);
});

test("a renamed stage is renamed wherever it is named", () => {
  const process = processOf(changeText(changeText(TEXT, { do: "rename", kind: "stages", key: "work", to: "in_work" }), { do: "rename", kind: "stages", key: "registered", to: "fresh" }));
  expect(Object.keys(process.stages)).toEqual(["fresh", "in_work", "closed"]);
  expect([process.start, process.transitions.take?.from, process.transitions.take?.to, process.clocks.timers.old?.stage]).toEqual(["fresh", ["fresh"], "in_work", "in_work"]);
  expect(processOf(changeText(TEXT, { do: "rename", kind: "transitions", key: "close", to: "end" })).clocks.timers.old?.transition).toBe("end");
});

test("a name that is taken renames nothing", () => {
  expect(processOf(changeText(TEXT, { do: "rename", kind: "stages", key: "work", to: "closed" }))).toEqual(processOf(TEXT));
});

test("with a stage go the ways that only led to or from it, and its timers", () => {
  const process = processOf(changeText(TEXT, { do: "remove_stage", key: "work" }));
  expect(Object.keys(process.stages)).toEqual(["registered", "closed"]);
  expect(Object.keys(process.transitions)).toEqual(["close"]);
  expect(process.transitions.close?.from).toEqual(["registered"]);
  expect(process.clocks.timers).toEqual({});
});

test("new stages and ways can be added and taken away again", () => {
  const name = { en: "Waiting", ru: "Ожидание", sl: "Čakanje" };
  const added = changeText(changeText(TEXT, { do: "add_stage", key: "waiting", name }), { do: "add_transition", key: "wait", name, from: "work", to: "waiting" });
  expect(processOf(added).transitions.wait).toMatchObject({ from: ["work"], to: "waiting", who: ["operator", "supervisor"] });
  expect(added).toContain("who: [operator, supervisor]");
  expect(added).toContain("from: [registered, work], to: closed");
  expect(processOf(changeText(added, { do: "remove_transition", key: "wait" })).transitions.wait).toBeUndefined();
});

test("what an empty list stood in goes with its last element", () => {
  const text = changeText(TEXT, { do: "remove", path: ["transitions", "close", "requires", 0] });
  expect(text).not.toContain("requires");
});

test("a text that is being typed says where it breaks, and a change leaves it alone", () => {
  expect(readProcess("stages:\n  a: [")).toMatchObject({ ok: false, line: 2, slip: "bracket" });
  expect(changeText("stages:\n  a: [", { do: "remove_stage", key: "a" })).toBe("stages:\n  a: [");
  expect(readProcess("")).toMatchObject({ ok: true });
  expect(readProcess("stages: 5\ntransitions: [x]")).toMatchObject({ ok: true, process: { stages: {}, transitions: {} } });
});

test("the picture says which stage nobody can reach and which nobody can leave", () => {
  const text = changeText(changeText(TEXT, { do: "add_stage", key: "lost", name: { en: "Lost", ru: "x", sl: "x" } }), { do: "set", path: ["transitions", "close", "from"], value: ["registered"] });
  expect([...troublesOf(processOf(text))]).toEqual([["work", "stuck"], ["lost", "unreached"]]);
});

test("lines of one transition meet in it, timers are told apart, and the same process is the same picture", () => {
  const graph = graphOf(processOf(changeText(TEXT, { do: "set", path: ["transitions", "close", "who"], value: ["system", "supervisor"] })));
  expect(graph.lines.map(({ id }) => id)).toEqual(["registered→way:take", "way:take→work", "registered→way:close", "work→way:close", "way:close→closed"]);
  expect(graph.ways.map(({ key, kind }) => [key, kind])).toEqual([["take", "person"], ["close", "timer"]]);
  expect(graphOf(processOf(TEXT))).toEqual(graphOf(processOf(TEXT)));
  const places = [...graph.nodes, ...graph.ways].map(({ x, y }) => `${x},${y}`);
  expect(new Set(places).size).toBe(5);
});

test("a key is made of a name and is free", () => {
  expect(freeKey("Waiting for the client", [])).toBe("waiting_for_the_client");
  expect(freeKey("Čaka", ["caka"])).toBe("caka_2");
  expect(freeKey("Ждём", [])).toBe("stage");
});

test("the place of a stage in the text is found", () => {
  expect(lineOf(TEXT, ["stages", "work"])).toBe(11);
  expect(lineOf(TEXT, ["stages", "nothing"])).toBeNull();
});

test("fields, rules and checklists are renamed wherever they are named", () => {
  const rich = TEXT.replace("requires: [reason] }", "requires: [reason, { field: sum, when: { reason: other } }], accepts: [reason], checklist: papers, set: { reason: \"'x'\" }, guards: [{ rule: \"true\", policy: proof }], subtasks: [{ key: pay, department: { field: reason }, answer: reason }] }")
    .replace("clocks:", "excludes: [reason]\nfields:\n  reason: { kind: text }\npolicies:\n  proof: { title: {} }\nchecklists:\n  papers: { items: {} }\nclocks:");
  const renamed = [["fields", "reason", "why"], ["policies", "proof", "rule_5"], ["checklists", "papers", "documents"]] as const;
  const text = renamed.reduce((before, [kind, key, to]) => changeText(before, { do: "rename", kind, key, to }), rich);
  const { transitions: { close }, excludes } = processOf(text);
  expect(close).toMatchObject({ requires: ["why", { field: "sum" }], accepts: ["why"], checklist: "documents", set: { why: "'x'" }, guards: [{ policy: "rule_5" }], subtasks: [{ department: { field: "why" }, answer: "why" }] });
  expect(excludes).toEqual(["why"]);
});

test("arrows walk the stages, Enter finds the transitions of one, and those are walked up and down", () => {
  const graph = graphOf(processOf(TEXT));
  expect(sidestep(graph, null, "right")).toEqual({ kind: "stages", key: "registered" });
  const [first, second] = waysFrom(graph, "registered");
  expect(new Set([first, second])).toEqual(new Set(["close", "take"]));
  expect(sidestep(graph, { kind: "transitions", key: first! }, "down")).toEqual({ kind: "transitions", key: second });
  expect(sidestep(graph, { kind: "transitions", key: "take" }, "right")).toEqual({ kind: "stages", key: "work" });
  expect(sidestep(graph, { kind: "transitions", key: "take" }, "left")).toEqual({ kind: "stages", key: "registered" });
});

test("a change of words lays nothing out anew, a change of ways does", () => {
  const graph = graphOf(processOf(TEXT));
  expect(graphOf(processOf(changeText(TEXT, { do: "set", path: ["stages", "work", "name", "en"], value: "Being done" })))).toBe(graph);
  expect(graphOf(processOf(changeText(TEXT, { do: "remove_transition", key: "take" })))).not.toBe(graph);
});

test("the picture turns to where more of it can be read, and begins where tickets begin", () => {
  const process = processOf(TEXT);
  expect([directionFor(process, { width: 2_000, height: 300 }), directionFor(process, { width: 400, height: 900 })]).toEqual(["right", "down"]);
  const graph = graphOf(process, "right");
  const start = graph.nodes.find(({ isStart }) => isStart)!;
  const { x, zoom } = firstLook(graph, { width: 200, height: 200 });
  expect(start.x * zoom + x).toBeCloseTo(16);
});

test("the picture as a file has every stage by name and nothing that could be markup", () => {
  const process = processOf(changeText(TEXT, { do: "set", path: ["stages", "work", "name", "en"], value: "<b>Work & so</b>" }));
  const svg = svgOf(process, graphOf(process), { language: "en", sees: (view) => view });
  expect(svg).toContain("&lt;b&gt;Work &amp; so&lt;/b&gt;");
  expect(svg).toContain("Registered");
  expect(svg).not.toContain("<b>");
});

test("what is known of a text from its last change is what reading it anew would say, change after change", () => {
  const names = { en: "New: [a]", ru: "Новый", sl: "Nov" };
  const changes: Change[] = [
    { do: "add_stage", key: "aside", name: names }, { do: "add_transition", key: "turn", name: names, from: "aside", to: "aside" }, { do: "set", path: ["stages", "aside", "max_hours"], value: 4 },
    { do: "rename", kind: "stages", key: "aside", to: "elsewhere" }, { do: "remove", path: ["stages", "elsewhere", "max_hours"] }, { do: "set", path: ["transitions", "turn", "name", "en"], value: "# not a comment" },
    { do: "remove_transition", key: "turn" }, { do: "remove_stage", key: "elsewhere" },
  ];
  const kept: { text: string; read: Read }[] = [];
  for (const change of changes) { const text = changeText(kept.at(-1)?.text ?? TEXT, change); kept.push({ text, read: readProcess(text) }); }
  for (const [index, change] of changes.entries()) {
    const before = kept[index - 1]?.text ?? TEXT;
    readProcess("key: another\n");
    expect(changeText(before, change)).toBe(kept[index]!.text);
    readProcess("key: another\n");
    expect(readProcess(kept[index]!.text)).toEqual(kept[index]!.read);
  }
});

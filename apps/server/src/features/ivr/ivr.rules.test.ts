import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadDeclarations } from "../projects/index.ts";
import { announcement, announcementPrompts, asksForKeys, checkFlow, type IvrBook, type IvrFacts, type IvrFlow, type IvrInput, type IvrState, startIvr, stepIvr } from "./index.ts";

const root = fileURLToPath(new URL("../../../../../projects", import.meta.url));
const facts: IvrFacts = { dialledNumber: "200", callerNumber: "+38615552001", language: null, open: { internet: true, shop: true, taxi: true } };
let book: IvrBook;

beforeAll(async () => {
  const loaded = await loadDeclarations(root);
  if (!loaded.ok) throw new Error("declarations do not load");
  const { company, projects } = loaded.declarations;
  book = {
    flows: { company: company.ivr, ...Object.fromEntries(projects.map((each) => [each.project.key, each.ivr])) },
    defaultLanguage: { company: company.default_language, ...Object.fromEntries(projects.map((each) => [each.project.key, each.project.default_language])) },
  };
});

type Did = "played" | "silence" | "too_long" | { digit: string };
/** Lives a whole call and writes down what the caller and the runner noticed. */
function live(flow: string, given: Partial<IvrFacts>, caller: Did[]): { heard: string[]; state: IvrState } {
  let { state, actions } = startIvr(book, flow, { ...facts, ...given });
  const heard = actions.map(note);
  for (const did of caller) {
    ({ state, actions } = stepIvr(book, state, inputOf(did, state)));
    heard.push(...actions.map(note));
  }
  return { heard, state };
}
function inputOf(did: Did, state: IvrState): IvrInput {
  if (did === "played") return { on: "played", attempt: state.attempt };
  if (did === "silence") return { on: "timeout", attempt: state.attempt };
  if (did === "too_long") return { on: "waited_too_long" };
  return { on: "digit", digit: did.digit };
}
function note(action: ReturnType<typeof startIvr>["actions"][number]): string {
  switch (action.do) {
    case "play": return action.prompts.map((prompt) => `${prompt.language}/${prompt.key}`).join(" ");
    case "collect": return `wait ${action.timeoutMs}`;
    case "set_language": return `speak ${action.language}`;
    case "set_project": return `project ${action.projectKey}`;
    case "queue": return `queue ${action.queueKey} of ${action.projectKey}`;
    case "callback": return `callback ${action.number} in ${action.language}`;
    default: return action.do;
  }
}
const press = (digit: string): Did => ({ digit });
const shopLanguages = "sl/language_press_1 en/language_press_2 ru/language_press_3";

describe("a call to the shop", () => {
  test("asks an unknown caller for the language, each invitation in its own", () => {
    expect(live("shop", {}, ["played", "played", press("3")]).heard).toEqual([
      "sl/welcome_shop sl/may_be_recorded", shopLanguages, "wait 5000", "speak ru", "queue shop-orders of shop",
    ]);
  });
  test("does not ask a client whose language is known", () => {
    expect(live("shop", { language: "en" }, ["played"]).heard).toEqual(["en/welcome_shop en/may_be_recorded", "queue shop-orders of shop"]);
  });
  test("takes a key pressed while the menu is still being read", () => {
    expect(live("shop", {}, ["played", press("2")]).heard.slice(2)).toEqual(["stop_play", "speak en", "queue shop-orders of shop"]);
  });
  test("repeats after a wrong key, then goes on by itself", () => {
    expect(live("shop", {}, ["played", "played", press("9"), "played", "silence"]).heard.slice(3)).toEqual([
      `sl/wrong_key ${shopLanguages}`, "wait 5000", "queue shop-orders of shop",
    ]);
  });
  test("says that it is closed and takes a callback", () => {
    const { heard, state } = live("shop", { language: "sl", open: { shop: false } }, ["played", "played", "played", press("1"), "played"]);
    expect(heard.slice(1)).toEqual(["sl/closed_now sl/shop_hours", "sl/callback_offer", "wait 8000", "callback +38615552001 in sl", "sl/callback_thanks", "hang_up"]);
    expect(state.at).toBe("ended");
  });
  test.each([["silence", "silence" as Did], ["another key", press("7")]])("hangs up politely when the callback is declined by %s", (_title, did) => {
    expect(live("shop", { language: "sl", open: { shop: false } }, ["played", "played", "played", did, "played"]).heard.slice(4)).toEqual(["sl/goodbye", "hang_up"]);
  });
  test("promises no callback to a hidden number", () => {
    expect(live("shop", { language: "sl", callerNumber: null, open: { shop: false } }, ["played", "played", "played"]).heard.slice(2))
      .toEqual(["sl/callback_no_number sl/goodbye", "hang_up"]);
  });
  test("leaves the queue for a callback by key 1 or after the longest wait", () => {
    for (const did of [press("1"), "too_long" as const]) {
      expect(live("shop", { language: "ru" }, ["played", did, "played", press("1")]).heard.slice(2))
        .toEqual(["leave_queue", "ru/callback_offer", "wait 8000", "callback +38615552001 in ru", "ru/callback_thanks"]);
    }
  });
  test("other keys in the queue change nothing", () => {
    expect(live("shop", { language: "ru" }, ["played", press("5")]).state.at).toBe("queued");
  });
});

test("a taxi caller goes straight to the queue", () => {
  expect(live("taxi", {}, ["played"]).heard).toEqual(["ru/welcome_taxi", "queue taxi-orders of taxi"]);
});
test("an internet caller chooses between support and sales", () => {
  expect(live("internet", { language: "ru" }, ["played", "played", press("2")]).heard.at(-1)).toBe("queue internet-sales of internet");
});
test("the company's number asks for the project and goes on in its flow, in the language chosen", () => {
  expect(live("company", {}, ["played", press("2"), press("3"), "played"]).heard).toEqual([
    "sl/welcome_company", "sl/language_press_1 ru/language_press_2 en/language_press_3", "stop_play", "speak ru", "ru/choose_project",
    "stop_play", "project taxi", "ru/welcome_taxi", "queue taxi-orders of taxi",
  ]);
});
test("a caller who never chooses is let go", () => {
  const silent: Did[] = ["played", "played", "silence", "played", "silence", "played", "silence", "played", "silence", "played", "silence", "played"];
  expect(live("company", {}, silent).heard.slice(-2)).toEqual(["sl/no_choice sl/goodbye", "hang_up"]);
});
test("a late answer to an earlier play or wait is ignored", () => {
  const { state } = live("shop", {}, ["played", "played"]);
  for (const input of [{ on: "played", attempt: state.attempt }, { on: "timeout", attempt: state.attempt - 1 }] as const) {
    expect(stepIvr(book, state, input)).toEqual({ state, actions: [] });
  }
});
test("nothing happens after the end", () => {
  const { state } = live("shop", { language: "sl", callerNumber: null, open: {} }, ["played", "played", "played"]);
  expect(stepIvr(book, state, { on: "digit", digit: "1" })).toEqual({ state, actions: [] });
});
test("the state survives being stored as JSON in mid-call", () => {
  const { state } = live("shop", {}, ["played", "played"]);
  const stored = JSON.parse(JSON.stringify(state)) as IvrState;
  expect(stepIvr(book, stored, { on: "digit", digit: "1" })).toEqual(stepIvr(book, state, { on: "digit", digit: "1" }));
});
test("no caller, whatever they press, is left without an answer or a way out", () => {
  const seed = 20_261;
  let random = seed;
  const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below;
  for (let call = 0; call < 3_000; call += 1) {
    let { state, actions } = startIvr(book, ["company", "internet", "shop", "taxi"][call % 4] as string, { ...facts, callerNumber: next(3) ? "+38615552001" : null, open: { internet: next(2) === 1, shop: next(2) === 1, taxi: next(2) === 1 } });
    for (let turn = 0; turn < 60 && state.at !== "ended"; turn += 1) {
      const input = inputOf((["played", "silence", "too_long", press(String(next(10)))] as Did[])[next(4)] as Did, state);
      ({ state, actions } = stepIvr(book, state, input));
      if (state.at === "ended") expect(actions.at(-1), `seed ${seed}, call ${call}`).toEqual({ do: "hang_up" });
    }
    expect(["ended", "queued", "playing", "collecting"], `seed ${seed}, call ${call}`).toContain(state.at);
  }
});

describe("announcements", () => {
  test.each([
    [1, 0, ["position_1", "wait_less_than_1_min"]],
    [3, 59_999, ["position_3", "wait_less_than_1_min"]],
    [3, 60_000, ["position_3", "wait_about_1_min"]],
    [3, 75_000, ["position_3", "wait_about_1_min"]],
    [3, 80_000, ["position_3", "wait_about_2_min"]],
    [20, 300_000, ["position_20", "wait_about_5_min"]],
    [21, 340_000, ["position_over_20", "wait_about_10_min"]],
    [500, 30 * 60_000, ["position_over_20", "wait_about_30_min"]],
    [500, 40 * 60_000, ["position_over_20", "wait_over_30_min"]],
    [2, null, ["position_2"]],
  ])("number %i with %s ms to wait", (position, wait, keys) => {
    const said = announcement(position, wait, "sl");
    expect(said.map((prompt) => prompt.key)).toEqual(keys);
    expect(said.every((prompt) => prompt.language === "sl" && announcementPrompts.includes(prompt.key))).toBe(true);
  });
});

describe("a flow is refused", () => {
  const flow = (steps: IvrFlow["steps"]): IvrFlow => ({ answer: "at_once", start: "a", steps });
  const names = { queues: ["q"], projects: [] };
  test.each<[string, IvrFlow, string]>([
    ["when a step points nowhere", flow({ a: { do: "say", prompts: [{ key: "x", language: undefined }], next: "b" } }), "no_step b"],
    ["when a step cannot be reached", flow({ a: { do: "hang_up", prompts: [] }, b: { do: "hang_up", prompts: [] } }), "flow_step_unreached b"],
    ["when it goes round in silence", flow({ a: { do: "hours", open: "a", closed: "b" }, b: { do: "hang_up", prompts: [] } }), "flow_circle "],
    ["when its queue does not exist", flow({ a: { do: "queue", queue: "z", prompts: [], keys: {} } }), "no_queue z"],
    ["when a project's flow would send callers to another", flow({ a: { do: "set_project", project: "x" } }), "flow_chooses_project "],
  ])("%s", (_title, spoiled, message) => {
    expect(checkFlow(spoiled, names).map(({ code, params: { name } }) => `${code} ${typeof name === "string" ? name : ""}`)).toContain(message);
  });
});

describe("a flow that only rings until an operator answers", () => {
  const rings = (steps: IvrFlow["steps"]): IvrFlow => ({ answer: "by_operator", start: "a", steps });
  const x = [{ key: "x", language: undefined }];
  const queue = { do: "queue" as const, queue: "q", prompts: x, keys: { "1": "offer" } };
  const offer = { do: "callback" as const, offer: x, key: "1", timeout_s: 8, thanks: x, declined: "quiet", no_number: "quiet" };
  const quiet = { do: "hang_up" as const, prompts: [] };
  const problems = (flow: IvrFlow, projects: string[] = []) => checkFlow(flow, { queues: ["q"], projects }).map(({ path, code }) => `${path.join(".")}: ${code}`);

  test.each<[string, IvrFlow, string[]]>([
    ["a greeting", rings({ a: { do: "say", prompts: x, next: "b" }, b: { ...queue, keys: {} } }), ["steps.a: flow_unheard"]],
    ["a menu behind closed doors", rings({ a: { do: "hours", open: "b", closed: "c" }, b: { ...queue, keys: {} }, c: { do: "menu", prompts: x, keys: { "1": "b" }, timeout_s: 6, retries: 0, default: "b" } }), ["steps.c: flow_unheard_menu"]],
    ["an offer of a callback to those who waited too long, and the goodbye after it", rings({ a: { ...queue, keys: {}, waited_too_long: "offer" }, offer, quiet: { do: "hang_up", prompts: x } }), [
      "steps.offer: flow_unheard_offer",
      "steps.quiet: flow_unheard"]],
  ])("is refused with %s, each place by its name", (_title, flow, expected) => {
    expect(problems(flow)).toEqual(expected);
  });

  test("is refused when it passes callers on to a flow that may speak", () => {
    expect(problems(rings({ a: { do: "set_project", project: "internet" } }), ["internet"])).toEqual(["steps.a: flow_unheard_project"]);
  });

  test("may go straight to a queue, hang up in silence, and speak to callers of a web page who press a key there", () => {
    expect(problems(rings({ a: { do: "hours", open: "b", closed: "quiet" }, b: queue, offer, quiet }))).toEqual([]);
  });
});

test("takes keys pressed during the greeting at the menus that follow, without reading them out", () => {
  const book: IvrBook = {
    flows: { demo: { start: "hello", answer: "at_once", steps: {
      hello: { do: "say", prompts: [{ key: "welcome", language: undefined }], next: "language" },
      language: { do: "menu", prompts: [{ key: "language", language: undefined }], keys: { "3": "topic" }, timeout_s: 4, retries: 1, default: "topic" },
      topic: { do: "menu", prompts: [{ key: "topic", language: undefined }], keys: { "2": "line" }, timeout_s: 4, retries: 1, default: "bye" },
      line: { do: "queue", queue: "q", prompts: [], keys: {} },
      bye: { do: "hang_up", prompts: [] },
    } } },
    defaultLanguage: { demo: "en" },
  };
  let now = startIvr(book, "demo", { dialledNumber: "1", callerNumber: null, language: null, open: { demo: true } });
  for (const key of "32") now = stepIvr(book, now.state, { on: "digit", digit: key });
  expect(now).toMatchObject({ state: { at: "playing", typed: "32" }, actions: [] });
  now = stepIvr(book, now.state, { on: "played", attempt: now.state.attempt });
  expect(now.actions).toEqual([{ do: "queue", queueKey: "q", projectKey: "demo", prompts: [] }]);
});

test("keys mean something at a menu, while it is read out and while it waits, and nothing after the last words", () => {
  const played = (times: number) => live("shop", {}, Array<Did>(times).fill("played")).state;
  expect([played(0), played(1), played(2)].map(asksForKeys), "a greeting, then the languages").toEqual([false, true, true]);
  const { state } = live("shop", {}, []);
  expect([{ ...state, after: "hang_up" as const }, { ...state, at: "queued" as const }, { ...state, at: "ended" as const }].map(asksForKeys)).toEqual([false, false, false]);
});

import { type Language } from "../projects/texts.contract.ts";
import {
  type IvrAction, type IvrBook, type IvrFacts, type IvrInput, type IvrState, type IvrStep, type IvrStepResult, type PromptRef,
} from "./ivr.contract.ts";

type Step<D extends IvrStep["do"]> = Extract<IvrStep, { do: D }>;

/** Begins the conversation with a caller who dialled the number that `flow` answers. */
export function startIvr(book: IvrBook, flow: string, facts: IvrFacts): IvrStepResult {
  const first = book.flows[flow];
  if (!first) throw new Error(`no flow "${flow}"`);
  const state: IvrState = {
    flow, step: first.start, at: "playing", after: null, attempt: 0, tries: 0, typed: "",
    language: facts.language ?? book.defaultLanguage[flow] ?? "en", languageKnown: facts.language !== null,
    // The company's own flow belongs to no project until the caller has chosen one.
    projectKey: Object.hasOwn(facts.open, flow) ? flow : null, facts,
  };
  return enter(book, state, first.start);
}

/** What follows from what the caller did. Late answers (another `attempt`) and senseless keys change nothing. */
export function stepIvr(book: IvrBook, state: IvrState, input: IvrInput): IvrStepResult {
  const nothing = { state, actions: [] };
  if (state.at === "ended") return nothing;
  if ("attempt" in input && input.attempt !== state.attempt) return nothing;
  switch (input.on) {
    case "played": return state.at === "playing" ? afterPlay(book, state) : nothing;
    case "timeout": return state.at === "collecting" ? silence(book, state) : nothing;
    case "digit": return digit(book, state, input.digit);
    default: return waitedTooLong(book, state);
  }
}

/** Whether a key pressed now means something: a menu or a question is being read out, or waits for its answer. */
export const asksForKeys = ({ at, after }: IvrState): boolean => at === "collecting" || (at === "playing" && after === "collect");

function stepOf(book: IvrBook, state: IvrState): IvrStep {
  const step = book.flows[state.flow]?.steps[state.step];
  if (!step) throw new Error(`flow "${state.flow}" has no step "${state.step}"`);
  return step;
}

/** Goes to a step and on through all that ask nothing of the caller. The loader refuses flows where that never ends. */
function enter(book: IvrBook, from: IvrState, target: string): IvrStepResult {
  let state: IvrState = { ...from, step: target, tries: 0 };
  const actions: IvrAction[] = [];
  for (;;) {
    const step = stepOf(book, state);
    const silent = passThrough(book, state, step, actions);
    if (silent) {
      state = silent;
      continue;
    }
    const result = arrive(state, step);
    return typedAhead(book, result, actions) ?? { state: result.state, actions: [...actions, ...result.actions] };
  }
}

/** A menu that is reached with keys already typed is not read out: the first of them chooses. */
function typedAhead(book: IvrBook, arrived: IvrStepResult, before: IvrAction[]): IvrStepResult | null {
  const { state } = arrived;
  if (state.at !== "playing" || state.after !== "collect" || state.typed === "") return null;
  const chosen = digit(book, { ...state, typed: state.typed.slice(1) }, state.typed[0]!);
  const [first, ...rest] = chosen.actions;
  return { state: chosen.state, actions: [...before, ...(first?.do === "stop_play" ? rest : chosen.actions)] };
}

const MOST_TYPED = 8;

/** For the menu that follows what is being said. */
const keep = (state: IvrState, pressed: string): IvrState => (state.at === "playing" && state.typed.length < MOST_TYPED ? { ...state, typed: state.typed + pressed } : state);

/** Steps that decide without a sound; null for those the caller hears. */
function passThrough(book: IvrBook, state: IvrState, step: IvrStep, actions: IvrAction[]): IvrState | null {
  switch (step.do) {
    case "when_language_known":
      return { ...state, step: state.languageKnown ? step.yes : step.no };
    case "set_language":
      actions.push({ do: "set_language", language: step.language });
      return { ...state, language: step.language, languageKnown: true, step: step.next };
    case "set_project":
      actions.push({ do: "set_project", projectKey: step.project });
      if (step.next) return { ...state, projectKey: step.project, step: step.next };
      return { ...state, projectKey: step.project, ...startOf(book, state, step.project) };
    case "hours":
      return { ...state, step: isOpen(state) ? step.open : step.closed };
    case "callback":
      return state.facts.callerNumber ? null : { ...state, step: step.no_number };
    default:
      return null;
  }
}

function startOf(book: IvrBook, state: IvrState, flow: string): Pick<IvrState, "flow" | "step" | "language"> {
  const target = book.flows[flow];
  if (!target) throw new Error(`no flow "${flow}"`);
  const language = state.languageKnown ? state.language : book.defaultLanguage[flow] ?? state.language;
  return { flow, step: target.start, language };
}

const isOpen = (state: IvrState) => state.projectKey !== null && state.facts.open[state.projectKey] === true;

function arrive(state: IvrState, step: IvrStep): IvrStepResult {
  switch (step.do) {
    case "say": return play(state, step.prompts, { go: step.next });
    case "menu": return play(state, step.prompts, "collect");
    case "callback": return play(state, step.offer, "collect");
    case "queue": return joinQueue(state, step);
    case "hang_up": return step.prompts.length > 0 ? play(state, step.prompts, "hang_up") : end(state);
    default: throw new Error(`step "${state.step}" is not heard`);
  }
}

function play(state: IvrState, prompts: { key: string; language?: Language | undefined }[], after: NonNullable<IvrState["after"]>): IvrStepResult {
  const attempt = state.attempt + 1;
  return {
    state: { ...state, at: "playing", attempt, after },
    actions: [{ do: "play", attempt, prompts: promptRefs(prompts, state.language), language: state.language }],
  };
}

const promptRefs = (prompts: { key: string; language?: Language | undefined }[], language: Language): PromptRef[] =>
  prompts.map((prompt) => ({ key: prompt.key, language: prompt.language ?? language }));

function joinQueue(state: IvrState, step: Step<"queue">): IvrStepResult {
  const projectKey = state.projectKey;
  if (!projectKey) throw new Error(`step "${state.step}" queues a call of no project`);
  return {
    state: { ...state, at: "queued", after: null },
    actions: [{ do: "queue", queueKey: step.queue, projectKey, prompts: promptRefs(step.prompts, state.language) }],
  };
}

const end = (state: IvrState): IvrStepResult => ({ state: { ...state, at: "ended", after: null }, actions: [{ do: "hang_up" }] });

function afterPlay(book: IvrBook, state: IvrState): IvrStepResult {
  if (state.after === "hang_up" || state.after === null) return end(state);
  if (state.after !== "collect") return enter(book, state, state.after.go);
  const step = stepOf(book, state);
  const attempt = state.attempt + 1;
  const timeoutMs = "timeout_s" in step ? step.timeout_s * 1_000 : 0;
  return { state: { ...state, at: "collecting", attempt, after: null }, actions: [{ do: "collect", attempt, timeoutMs }] };
}

function silence(book: IvrBook, state: IvrState): IvrStepResult {
  const step = stepOf(book, state);
  if (step.do === "callback") return enter(book, state, step.declined);
  if (step.do !== "menu") return { state, actions: [] };
  return retry(book, state, step, []);
}

function retry(book: IvrBook, state: IvrState, step: Step<"menu">, before: NonNullable<Step<"menu">["wrong_key"]>): IvrStepResult {
  if (state.tries >= step.retries) return enter(book, state, step.default);
  return play({ ...state, tries: state.tries + 1 }, [...before, ...step.prompts], "collect");
}

/** A key works while its menu is still being read, too: regular callers know the way. */
function digit(book: IvrBook, state: IvrState, pressed: string): IvrStepResult {
  const step = stepOf(book, state);
  if (step.do === "queue" && state.at === "queued") {
    const target = step.keys[pressed];
    return target ? withFirst(enter(book, state, target), [{ do: "leave_queue" }]) : { state, actions: [] };
  }
  const listens = asksForKeys(state);
  if (!listens) return { state: keep(state, pressed), actions: [] };
  const stop: IvrAction[] = state.at === "playing" ? [{ do: "stop_play" }] : [];
  if (step.do === "callback") return withFirst(answerOffer(book, state, step, pressed), stop);
  if (step.do !== "menu") return { state, actions: [] };
  const target = step.keys[pressed];
  return withFirst(target ? enter(book, state, target) : retry(book, state, step, step.wrong_key ?? []), stop);
}

function answerOffer(book: IvrBook, state: IvrState, step: Step<"callback">, pressed: string): IvrStepResult {
  const { projectKey, facts: { callerNumber }, language } = state;
  if (pressed !== step.key || !projectKey || !callerNumber) return enter(book, state, step.declined);
  return withFirst(play(state, step.thanks, "hang_up"), [{ do: "callback", projectKey, number: callerNumber, language }]);
}

function waitedTooLong(book: IvrBook, state: IvrState): IvrStepResult {
  const step = stepOf(book, state);
  if (state.at !== "queued" || step.do !== "queue" || !step.waited_too_long) return { state, actions: [] };
  return withFirst(enter(book, state, step.waited_too_long), [{ do: "leave_queue" }]);
}

const withFirst = (result: IvrStepResult, first: IvrAction[]): IvrStepResult => ({ state: result.state, actions: [...first, ...result.actions] });

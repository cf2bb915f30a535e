import { stepIvr, startIvr, announcement, type IvrAction, type IvrBook, type IvrFacts, type IvrState, type PromptRef } from "../ivr/index.ts";
import type { Language } from "../api.contract.ts";

/**
 * What a call does next. Pure: no clock, socket, database or log. `step` takes the state and one input and returns the
 * next state and the effects to perform in order; `calls.runner.ts` performs them and feeds their outcomes back.
 * Every input that answers something names the attempt it answers (`offerId`, `playId`, timer), so a late answer to an
 * earlier attempt changes nothing.
 */
export type Device = "browser" | "phone";
export interface QueuePlan {
  queueId: string; projectKey: string; ringMs: number; music: string; announceEveryMs: number; maxWaitMs: number; wrapUpS: number;
}
export interface Call {
  id: string;
  direction: "in" | "out";
  /** The client's line is answered, and acknowledged if it is theirs to do; false while it only rings. */
  clientUp: boolean;
  /**
   * The client is known to be where the call claims to come from: it acknowledged our answer, is a browser, or was called by us.
   * Until then anybody may have sent the INVITE under any number, so nothing is promised and nobody is rung for it.
   */
  isThere: boolean;
  /** The flow of a call we have answered and that has not been acknowledged yet (RFC 3261 §13.3.1.4). */
  begins: Extract<CallInput, { on: "start" }> | null;
  /** Set when the flow answers only with the operator (no greeting). */
  answerByOperator: boolean;
  language: Language;
  projectKey: string | null;
  /** The flows as they were when the call came: a change of declarations never changes a call in its course. */
  book: IvrBook | null;
  ivr: IvrState | null;
  queue: QueuePlan | null;
  callbackTaken: boolean;
  recording: boolean;
  plays: number;
  /** Phrases of the queue step, heard before the first announcement. */
  welcome: PromptRef[];
  state: CallState;
}
export type CallState =
  | { at: "ivr" }
  | { at: "waiting" }
  | { at: "offered"; offerId: string; operatorId: string; device: Device }
  | { at: "calling_operator"; operatorId: string }
  | { at: "dialling"; operatorId: string; device: Device; operatorHere: boolean }
  | { at: "talking"; operatorId: string; device: Device; offerId: string | null; held: boolean; muted: boolean; operatorHere: boolean }
  | { at: "ended" };

/** `no_line`: the engine has no leg left for the operator's phone; the call waits on, and it is not the operator's doing. */
type Refused = "declined" | "missed" | "failed" | "no_line";
export type OfferEnd = "accepted" | "withdrawn" | Refused;

export type Outcome = "answered" | "abandoned" | "callback_taken" | "closed_hours" | "left" | "failed" | "interrupted" | "busy" | "no_answer";
export type CallInput =
  | { on: "start"; book: IvrBook; flow: string; facts: IvrFacts }
  | { on: "played"; playId: string }
  | { on: "digit"; digit: string }
  | { on: "timer"; name: string }
  | { on: "queue_found"; plan: QueuePlan }
  | { on: "announce"; position: number | null; expectedWaitMs: number | null }
  | { on: "offer"; offerId: string; operatorId: string; device: Device }
  | { on: "offer_answered"; offerId: string }
  | { on: "offer_refused"; offerId: string; why: Refused }
  | { on: "client_gone" }
  | { on: "client_acknowledged" }
  | { on: "client_answered" }
  | { on: "client_refused"; why: "busy" | "no_answer" | "failed" }
  | { on: "operator_phone_answered" }
  | { on: "operator_phone_refused" }
  | { on: "operator_gone" }
  | { on: "operator_lost" }
  | { on: "operator_back" }
  | { on: "hold"; held: boolean }
  | { on: "mute"; muted: boolean }
  | { on: "send_digits"; digits: string }
  | { on: "hang_up" }
  | { on: "media_died" };

export type Effect =
  | { do: "answer_client" }
  | { do: "play"; playId: string; prompts: PromptRef[] }
  | { do: "music"; file: string }
  | { do: "stop_play" }
  | { do: "timer"; name: string; ms: number }
  | { do: "stop_timer"; name: string }
  | { do: "find_queue"; projectKey: string; queueKey: string }
  | { do: "join_queue"; plan: QueuePlan; language: Language }
  | { do: "leave_queue" }
  | { do: "ask_position" }
  | { do: "ring_operator"; offerId: string; operatorId: string; device: Device }
  | { do: "stop_ringing"; offerId: string; operatorId: string; device: Device }
  | { do: "offer_closed"; offerId: string; operatorId: string; why: OfferEnd }
  | { do: "dial_client" }
  | { do: "ringback" }
  | { do: "bridge" }
  | { do: "record" }
  | { do: "hold"; held: boolean; music: string }
  | { do: "mute"; muted: boolean }
  | { do: "send_digits"; digits: string }
  | { do: "callback"; reason: "asked" | "abandoned" | "interrupted" }
  | { do: "talking"; operatorId: string; offerId: string | null }
  | { do: "changed" }
  /** Ends both legs, closes media, writes the end. `operatorId` is who goes to wrap-up. */
  | { do: "end"; outcome: Outcome; operatorId: string | null; offerId: string | null; wrapUp: boolean };

export interface Step { call: Call; effects: Effect[] }

const MUSIC = "music/waiting.wav";
/** Extra time for a client whose operator's leg was lost; the runner's setting replaces it. */
export interface MachineSettings { legReturnMs: number }

export function newCall(given: { id: string; direction: "in" | "out"; language: Language; projectKey: string | null; answerByOperator: boolean; recording: boolean; clientUp: boolean }): Call {
  return { ...given, isThere: given.clientUp || given.direction === "out", begins: null, book: null, ivr: null, queue: null, callbackTaken: false, plays: 0, welcome: [], state: { at: "ivr" } };
}

/** Puts an outgoing call into its first state; the operator is there already (browser) or is called first (phone). */
export function startOutbound(call: Call, operatorId: string, device: Device): Step {
  if (device === "phone") return { call: { ...call, state: { at: "calling_operator", operatorId } }, effects: [] };
  return { call: { ...call, state: { at: "dialling", operatorId, device, operatorHere: true } }, effects: [{ do: "dial_client" }] };
}

export function step(call: Call, input: CallInput, settings: MachineSettings): Step {
  if (call.state.at === "ended") return same(call);
  if (input.on === "media_died") return interrupted(call);
  if (input.on === "client_acknowledged") return acknowledged(call);
  switch (call.state.at) {
    case "ivr": return inIvr(call, input);
    case "waiting": return inWaiting(call, input);
    case "offered": return inOffered(call, call.state, input);
    case "calling_operator": return inCallingOperator(call, call.state, input);
    case "dialling": return inDialling(call, call.state, input, settings);
    default: return inTalking(call, call.state, input, settings);
  }
}

const same = (call: Call): Step => ({ call, effects: [] });

// --- before the queue ---------------------------------------------------------------------------------------------

function inIvr(call: Call, input: CallInput): Step {
  switch (input.on) {
    case "start": return start(call, input);
    case "played": case "digit": case "timer": return feedIvr(call, input);
    case "queue_found": return enterQueue(call, input.plan);
    case "client_gone": return over(call, call.callbackTaken ? "callback_taken" : "left");
    case "hang_up": return over(call, "left");
    default: return same(call);
  }
}

/** A telephone is answered first; its flow begins when it has acknowledged that. */
function start(call: Call, input: Extract<CallInput, { on: "start" }>): Step {
  if (call.answerByOperator || call.clientUp) return begin(call, input);
  return call.begins ? same(call) : { call: { ...call, begins: input }, effects: [{ do: "answer_client" }] };
}

function begin(call: Call, { book, flow, facts }: Extract<CallInput, { on: "start" }>): Step {
  const begun = startIvr(book, flow, facts);
  return applyIvr({ ...call, book, language: begun.state.language, projectKey: begun.state.projectKey }, begun);
}

function acknowledged(call: Call): Step {
  if (call.isThere) return same(call);
  const there: Call = { ...call, clientUp: call.clientUp || call.begins !== null, isThere: true, begins: null };
  return call.begins ? begin(there, call.begins) : same(there);
}

function feedIvr(call: Call, input: Extract<CallInput, { on: "played" | "digit" | "timer" }>): Step {
  const { ivr, book } = call;
  if (!ivr || !book) return same(call);
  const attempt = Number((input.on === "played" ? input.playId : input.on === "timer" ? input.name : "").split(":")[1] ?? Number.NaN);
  if (input.on === "digit") return applyIvr(call, stepIvr(book, ivr, { on: "digit", digit: input.digit }));
  if (input.on === "played" && input.playId.startsWith("ivr:")) return applyIvr(call, stepIvr(book, ivr, { on: "played", attempt }));
  if (input.on === "timer" && input.name.startsWith("collect:")) return applyIvr(call, stepIvr(book, ivr, { on: "timeout", attempt }));
  return same(call);
}

function applyIvr(call: Call, result: { state: IvrState; actions: IvrAction[] }): Step {
  let next: Call = { ...call, ivr: result.state };
  const effects: Effect[] = [];
  for (const action of result.actions) {
    const done = applyAction(next, action);
    next = done.call;
    effects.push(...done.effects);
  }
  return { call: next, effects };
}

function applyAction(call: Call, action: IvrAction): Step {
  switch (action.do) {
    case "play": return { call, effects: [{ do: "play", playId: `ivr:${action.attempt}`, prompts: action.prompts }] };
    case "stop_play": return { call, effects: [{ do: "stop_play" }] };
    case "collect": return { call, effects: [{ do: "timer", name: `collect:${action.attempt}`, ms: action.timeoutMs }] };
    case "set_language": return { call: { ...call, language: action.language }, effects: [] };
    case "set_project": return { call: { ...call, projectKey: action.projectKey }, effects: [] };
    case "queue": return { call: { ...call, welcome: action.prompts }, effects: [{ do: "find_queue", projectKey: action.projectKey, queueKey: action.queueKey }] };
    case "leave_queue": return { call: { ...call, queue: null, state: { at: "ivr" } }, effects: [{ do: "leave_queue" }, { do: "stop_timer", name: "announce" }, { do: "stop_timer", name: "max_wait" }] };
    case "callback": return { call: { ...call, callbackTaken: true }, effects: [{ do: "callback", reason: "asked" }] };
    default: return over(call, endedInIvr(call));
  }
}

const endedInIvr = (call: Call): Outcome => (call.callbackTaken ? "callback_taken" : call.projectKey && call.ivr?.facts.open[call.projectKey] === false ? "closed_hours" : "left");

// --- in the queue --------------------------------------------------------------------------------------------------

function enterQueue(call: Call, plan: QueuePlan): Step {
  const sounds: Effect[] = call.clientUp ? [{ do: "ask_position" }, { do: "timer", name: "announce", ms: plan.announceEveryMs }] : [];
  return {
    call: { ...call, queue: plan, projectKey: plan.projectKey, state: { at: "waiting" } },
    effects: [{ do: "join_queue", plan, language: call.language }, ...sounds, { do: "timer", name: "max_wait", ms: plan.maxWaitMs }, { do: "changed" }],
  };
}

function inWaiting(call: Call, input: CallInput): Step {
  if (input.on === "offer") {
    return {
      call: { ...call, state: { at: "offered", offerId: input.offerId, operatorId: input.operatorId, device: input.device } },
      effects: [{ do: "ring_operator", offerId: input.offerId, operatorId: input.operatorId, device: input.device }, { do: "timer", name: `ring:${input.offerId}`, ms: call.queue?.ringMs ?? 20_000 }, { do: "changed" }],
    };
  }
  return whileWaiting(call, input);
}

/** What the client does and hears is the same whether an operator is being rung or not. */
function whileWaiting(call: Call, input: CallInput): Step {
  switch (input.on) {
    case "announce": return announce(call, input.position, input.expectedWaitMs);
    case "played": return input.playId.startsWith("announce:") && call.queue ? { call, effects: [{ do: "music", file: call.queue.music }] } : same(call);
    case "digit": return waitingDigit(call, input.digit);
    case "timer": return waitingTimer(call, input.name);
    case "client_gone": return leaveWaiting(call);
    default: return same(call);
  }
}

function announce(call: Call, position: number | null, expectedWaitMs: number | null): Step {
  if (!call.clientUp || !call.queue) return same(call);
  const prompts = [...call.welcome, ...(position === null ? [] : announcement(position, expectedWaitMs, call.language))];
  if (prompts.length === 0) return { call, effects: [{ do: "music", file: call.queue.music }] };
  const plays = call.plays + 1;
  return { call: { ...call, plays, welcome: [] }, effects: [{ do: "play", playId: `announce:${plays}`, prompts }] };
}

function waitingDigit(call: Call, digit: string): Step {
  const { ivr, book } = call;
  return ivr && book ? withdrawOffer(call, applyIvr(call, stepIvr(book, ivr, { on: "digit", digit }))) : same(call);
}

function waitingTimer(call: Call, name: string): Step {
  if (name === "announce" && call.queue) return { call, effects: [{ do: "ask_position" }, { do: "timer", name: "announce", ms: call.queue.announceEveryMs }] };
  const { ivr, book } = call;
  if (name === "max_wait" && ivr && book) return withdrawOffer(call, applyIvr(call, stepIvr(book, ivr, { on: "waited_too_long" })));
  return same(call);
}

/** The caller took another way out of the queue while an operator was being rung. */
function withdrawOffer(before: Call, after: Step): Step {
  if (before.state.at !== "offered" || after.call.state.at === "offered") return after;
  return withFirst(after, stopRinging(before.state, "withdrawn"));
}

function leaveWaiting(call: Call): Step {
  const rung = call.state.at === "offered" ? stopRinging(call.state, "withdrawn") : [];
  return withFirst(over(call, "abandoned"), [...rung, { do: "leave_queue" }, { do: "callback", reason: "abandoned" }]);
}

type Offered = Extract<CallState, { at: "offered" }>;

const stopRinging = (state: Offered, why: Exclude<OfferEnd, "accepted">): Effect[] => [
  { do: "stop_timer", name: `ring:${state.offerId}` },
  { do: "stop_ringing", offerId: state.offerId, operatorId: state.operatorId, device: state.device },
  { do: "offer_closed", offerId: state.offerId, operatorId: state.operatorId, why },
];

function inOffered(call: Call, state: Offered, input: CallInput): Step {
  if (input.on === "offer_answered" && input.offerId === state.offerId) return connected(call, state);
  if (input.on === "offer_refused" && input.offerId === state.offerId) return refused(call, state, input.why);
  if (input.on === "timer" && input.name === `ring:${state.offerId}`) return refused(call, state, "missed");
  return whileWaiting(call, input);
}

const refused = (call: Call, state: Offered, why: Refused): Step => ({
  call: { ...call, state: { at: "waiting" } }, effects: [...stopRinging(state, why), { do: "changed" }],
});

function connected(call: Call, state: Offered): Step {
  const { operatorId, device, offerId } = state;
  return {
    call: { ...call, clientUp: true, state: { at: "talking", operatorId, device, offerId, held: false, muted: false, operatorHere: true } },
    effects: [
      { do: "stop_timer", name: `ring:${offerId}` }, { do: "stop_timer", name: "announce" }, { do: "stop_timer", name: "max_wait" },
      { do: "offer_closed", offerId, operatorId, why: "accepted" },
      ...(call.clientUp ? [] : [{ do: "answer_client" } as Effect]),
      { do: "bridge" }, { do: "talking", operatorId, offerId }, ...(call.recording ? [{ do: "record" } as Effect] : []),
    ],
  };
}

// --- outgoing ------------------------------------------------------------------------------------------------------

function inCallingOperator(call: Call, state: Extract<CallState, { at: "calling_operator" }>, input: CallInput): Step {
  if (input.on === "operator_phone_answered") {
    return { call: { ...call, state: { at: "dialling", operatorId: state.operatorId, device: "phone", operatorHere: true } }, effects: [{ do: "dial_client" }, { do: "changed" }] };
  }
  if (input.on === "operator_phone_refused" || input.on === "operator_gone" || input.on === "hang_up") return over(call, "failed", { operatorId: state.operatorId, wrapUp: false });
  return same(call);
}

function inDialling(call: Call, state: Dialling, input: CallInput, settings: MachineSettings): Step {
  const { operatorId } = state;
  switch (input.on) {
    case "client_answered": return clientAnswered(call, state, settings);
    case "client_refused": return over(call, input.why, { operatorId, wrapUp: true });
    case "client_gone": return over(call, "no_answer", { operatorId, wrapUp: true });
    case "hang_up": case "operator_gone": return over(call, "no_answer", { operatorId, wrapUp: true });
    case "operator_lost": return state.operatorHere ? { call: { ...call, state: { ...state, operatorHere: false } }, effects: [{ do: "changed" }] } : same(call);
    case "operator_back": return { call: { ...call, state: { ...state, operatorHere: true } }, effects: [{ do: "changed" }] };
    default: return same(call);
  }
}

type Dialling = Extract<CallState, { at: "dialling" }>;

/** The operator's browser may be reloading just now: then the client waits for it as in any other talk. */
function clientAnswered(call: Call, { operatorId, device, operatorHere }: Dialling, settings: MachineSettings): Step {
  const talking: Talking = { at: "talking", operatorId, device, offerId: null, held: false, muted: false, operatorHere: true };
  const answered: Call = { ...call, clientUp: true, state: talking };
  const begun: Effect[] = [{ do: "bridge" }, { do: "talking", operatorId, offerId: null }, ...(call.recording ? [{ do: "record" } as Effect] : [])];
  return operatorHere ? { call: answered, effects: begun } : withFirst(operatorLost(answered, talking, settings), begun.filter((effect) => effect.do !== "bridge"));
}

// --- talking -------------------------------------------------------------------------------------------------------

type Talking = Extract<CallState, { at: "talking" }>;

function inTalking(call: Call, state: Talking, input: CallInput, settings: MachineSettings): Step {
  const end = (outcome: Outcome): Step => over(call, outcome, { operatorId: state.operatorId, offerId: state.offerId, wrapUp: true });
  // A line that only rang, was answered and never acknowledged that: nobody was talked to, and there is nothing to wrap up.
  const nobody = (): Step => over(call, "abandoned", { operatorId: state.operatorId, offerId: state.offerId, wrapUp: false });
  switch (input.on) {
    case "client_gone": case "hang_up": case "operator_gone": return call.isThere ? end("answered") : nobody();
    case "operator_lost": return state.operatorHere ? operatorLost(call, state, settings) : same(call);
    case "operator_back": return operatorBack(call, state);
    case "timer": return input.name === "leg_return" && !state.operatorHere ? withFirst(end("interrupted"), [{ do: "callback", reason: "interrupted" }]) : same(call);
    default: return control(call, state, input);
  }
}

const change = (call: Call, state: Talking, effects: Effect[]): Step => ({ call: { ...call, state }, effects: [...effects, { do: "changed" }] });
const musicOf = (call: Call): string => call.queue?.music ?? MUSIC;

/** What the operator does with the call in hand; pressing the same button twice does nothing twice. */
function control(call: Call, state: Talking, input: CallInput): Step {
  switch (input.on) {
    case "hold": return input.held === state.held ? same(call) : change(call, { ...state, held: input.held }, hold(call, state, input.held));
    case "mute": return input.muted === state.muted ? same(call) : change(call, { ...state, muted: input.muted }, [silence({ ...state, muted: input.muted })]);
    case "send_digits": return { call, effects: [{ do: "send_digits", digits: input.digits }] };
    default: return same(call);
  }
}

/** What the operator says aside while the client is on hold is said to nobody: it is muted, and so not recorded either. */
const silence = ({ held, muted }: Talking): Effect => ({ do: "mute", muted: held || muted });

/** Silent before the music begins, and not heard before it has ended. */
function hold(call: Call, state: Talking, held: boolean): Effect[] {
  const moved: Effect[] = state.operatorHere ? [{ do: "hold", held, music: musicOf(call) }] : [];
  return held ? [silence({ ...state, held }), ...moved] : [...moved, silence({ ...state, held })];
}

/** The browser was reloaded or its network failed: the client hears music, not silence, and is not dropped. */
const operatorLost = (call: Call, state: Talking, settings: MachineSettings): Step => change(call, { ...state, operatorHere: false }, [
  ...(state.held ? [] : [{ do: "music", file: musicOf(call) } as Effect]), { do: "timer", name: "leg_return", ms: settings.legReturnMs },
]);

const operatorBack = (call: Call, state: Talking): Step => change(call, { ...state, operatorHere: true }, [
  { do: "stop_timer", name: "leg_return" }, ...(state.held ? [] : [{ do: "bridge" } as Effect]), ...(state.held || state.muted ? [silence(state)] : []),
]);

// --- the end -------------------------------------------------------------------------------------------------------

function over(call: Call, outcome: Outcome, operator: { operatorId: string | null; offerId?: string | null; wrapUp: boolean } = { operatorId: null, wrapUp: false }): Step {
  return { call: { ...call, state: { at: "ended" } }, effects: [{ do: "end", outcome, operatorId: operator.operatorId, offerId: operator.offerId ?? null, wrapUp: operator.wrapUp }] };
}

/** The media of this call is gone: nobody hears anybody, so it ends, and the client is called back. */
function interrupted(call: Call): Step {
  const { state } = call;
  if (state.at === "talking") return call.isThere ? withFirst(over(call, "interrupted", { operatorId: state.operatorId, offerId: state.offerId, wrapUp: true }), [{ do: "callback", reason: "interrupted" }]) : over(call, "interrupted", { operatorId: state.operatorId, offerId: state.offerId, wrapUp: false });
  if (state.at === "dialling" || state.at === "calling_operator") return over(call, "failed", { operatorId: state.operatorId, wrapUp: false });
  const rung = state.at === "offered" ? stopRinging(state, "withdrawn") : [];
  return withFirst(over(call, "interrupted"), [...rung, { do: "leave_queue" }, ...(call.callbackTaken || call.begins ? [] : [{ do: "callback", reason: "interrupted" } as Effect])]);
}

const withFirst = (done: Step, first: Effect[]): Step => ({ call: done.call, effects: [...first, ...done.effects] });

export { Voice } from "./calls.voice.ts";
export type { CallbackWanted, Plan, VoiceOptions } from "./calls.voice.ts";
export { openSip } from "./calls.sip.ts";
export { recover } from "./calls.recovery.ts";
export { callsRoutes } from "./calls.routes.ts";
export { selectCaller } from "./calls.sql.ts";
export { planOf } from "./calls.plan.ts";
export type { CallsDeps } from "./calls.service.ts";
export { toE164 } from "./calls.numbers.rules.ts";

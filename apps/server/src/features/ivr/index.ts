export { asksForKeys, startIvr, stepIvr } from "./ivr.rules.ts";
export { announcement, announcementPrompts, promptFile } from "./ivr.announce.rules.ts";
export { checkFlow, flowPrompts } from "./ivr.check.rules.ts";
export { ivrFlowSchema } from "./ivr.contract.ts";
export type { IvrAction, IvrBook, IvrFacts, IvrFlow, IvrInput, IvrState, IvrStep, IvrStepResult, PromptRef } from "./ivr.contract.ts";

export { allowed, apply, setPriority, start, timerFired } from "./processes.rules.ts";
export type { ApplyInput, Moment, StartInput, WorkingClock } from "./processes.rules.ts";
export { checkProcess } from "./processes.check.rules.ts";
export { processSchema, processTicketSchema } from "./processes.contract.ts";
export type {
  ActorRole, FieldValues, Process, ProcessActor, ProcessEffect, ProcessField, ProcessOutcome, ProcessProblem, ProcessTicket, Transition, TransitionOffer,
} from "./processes.contract.ts";

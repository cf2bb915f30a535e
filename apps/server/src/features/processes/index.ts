export { allowed, apply, setPriority, start, timerFired } from "./processes.rules.ts";
export type { ApplyInput, Moment, StartInput, WorkingClock } from "./processes.rules.ts";
export { checkProcess } from "./processes.check.rules.ts";
export { isFor, noticesOf, processSchema, roleOf } from "./processes.contract.ts";
export type { ActorRole, Guard, NoticeWish, Process, ProcessField, Subtask, Transition, Who } from "./processes.contract.ts";
export { processTicketSchema } from "./processes.ticket.contract.ts";
export type {
  Amount, FieldValue, FieldValues, Held, ProcessActor, ProcessEffect, ProcessOutcome, ProcessProblem, ProcessTicket, Reason, SubtaskWish, TransitionOffer,
} from "./processes.ticket.contract.ts";
export { authoritySchema, type Authority, type AuthorityRole, type Limit } from "./processes.authority.contract.ts";

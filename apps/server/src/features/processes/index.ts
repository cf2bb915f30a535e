export { adopt, allowed, apply, automatic, clockFired, setDue, setPriority, start } from "./processes.rules.ts";
export type { ApplyInput, Moment, StartInput, World } from "./processes.rules.ts";
export type { Approved } from "./processes.guards.rules.ts";
export { checkValue } from "./processes.fields.rules.ts";
export { checkProcess } from "./processes.check.rules.ts";
export { excludesByForm, goesOnBySelf, inForm, isFor, noticesOf, processSchema, roleOf } from "./processes.contract.ts";
export type { ActorRole, Guard, NoticeWish, Process, ProcessField, Subtask, Transition, Who } from "./processes.contract.ts";
export { processTicketSchema } from "./processes.ticket.contract.ts";
export type {
  Amount, FieldValue, FieldValues, Held, ProcessActor, ProcessEffect, ProcessOutcome, ProcessProblem, ProcessTicket, Reason, SubtaskWish, TransitionOffer,
} from "./processes.ticket.contract.ts";
export { authoritySchema, type Authority, type AuthorityRole, type Limit } from "./processes.authority.contract.ts";
export { allowanceOf, checkAuthority, isWithin, unitsOfDeeds, type Allowance } from "./processes.authority.rules.ts";
export { asField, beyondAuthor, compileProcess, withoutExpressions, type CompiledProcess, type ProcessContext } from "./processes.expressions.rules.ts";
export { SOLUTION, timerName } from "./processes.clocks.rules.ts";
export { checkInProject, departmentsOf } from "./processes.parts.check.rules.ts";

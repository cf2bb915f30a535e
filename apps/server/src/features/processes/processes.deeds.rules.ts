import { type Deed, type Process, type Subtask, type Transition } from "./processes.contract.ts";
import { ask, holds, type Asked } from "./processes.expressions.rules.ts";
import { type FieldValue, type ProcessActor, type ProcessEffect, type ProcessProblem, type ProcessTicket, type Reason } from "./processes.ticket.contract.ts";

const ladder = ["low", "normal", "high", "urgent"] as const;

type Act = (ticket: ProcessTicket, by: { key: string; actor: ProcessActor }) => ProcessEffect[];

const acts: Record<Deed, Act> = {
  raise_priority: (ticket) => {
    const from = ticket.priority;
    const to = ladder[Math.min(ladder.indexOf(from) + 1, ladder.length - 1)] ?? from;
    ticket.priority = to;
    return from === to ? [] : [{ kind: "raise_priority", from, to }];
  },
  assign_same_operator: ({ assigneeId }) => assigneeId ? [{ kind: "assign", to: "same_operator", operatorId: assigneeId }] : [],
  assign_to_actor: (ticket, { actor }) => {
    // A supervisor or the system may move a ticket without taking it from its operator.
    if (!actor.id || !actor.roles.some((role) => role === "operator" || role === "department") || ticket.assigneeId === actor.id) return [];
    ticket.assigneeId = actor.id;
    return [{ kind: "assign", to: "actor", operatorId: actor.id }];
  },
  assign_least_loaded: (_ticket, by) => [{ kind: "want_assignment", about: by.key }],
  unassign: (ticket) => {
    ticket.assigneeId = null;
    return [{ kind: "assign", to: "nobody", operatorId: null }];
  },
  tell_supervisor: (_ticket, by) => [{ kind: "tell_supervisor", about: by.key }],
  hand_over: (_ticket, by) => [{ kind: "hand_over", to: "supervisors", about: by.key }],
  hand_over_department: (_ticket, by) => [{ kind: "hand_over", to: "department", about: by.key }],
  remind_assignee: ({ assigneeId }) => [{ kind: "remind_assignee", operatorId: assigneeId }],
  count_reopening: (ticket) => {
    ticket.reopenCount += 1;
    return [];
  },
  // Done with the clocks, once the priority has been raised.
  restart_deadline: () => [],
  first_answer: () => [],
};

export const perform = (deed: Deed, ...by: Parameters<Act>): ProcessEffect[] => acts[deed](...by);

/** What a transition asks of others: tasks for departments, somebody on the spot. */
export function wishes({ subtasks, visit }: Transition, asked: Asked, place: string): { effects: ProcessEffect[]; reasons: Reason[] } {
  const effects: ProcessEffect[] = [];
  const reasons: Reason[] = [];
  for (const [index, wish] of subtasks.entries()) {
    const path = `${place}.subtasks.${index}`;
    const because = { kind: "process" as const, path, text: "" };
    const when = wish.when === undefined ? null : ask(asked, `${path}.when`);
    if (when && !holds(when)) continue;
    effects.push({ kind: "subtask", subtask: subtaskOf(wish, asked.ticket) });
    reasons.push({ what: `subtask.${wish.key}`, value: true, ...(when ? { because: { ...because, kind: "rule", text: when.text }, inputs: when.inputs } : { because, inputs: {} }) });
  }
  effects.push(...visits(visit, asked, place));
  return { effects, reasons };
}

/** A task for the department named in a field has nowhere to go while that field is empty. */
export function departmentless({ subtasks }: Transition, asked: Asked, place: string): ProcessProblem[] {
  return subtasks.flatMap(({ department, when }, index): ProcessProblem[] => {
    if (department === undefined || typeof department === "string" || !isBlank(asked.ticket.fields[department.field])) return [];
    if (when !== undefined && !holds(ask(asked, `${place}.subtasks.${index}.when`))) return [];
    return [{ field: department.field, code: "required" }];
  });
}
const isBlank = (value: FieldValue | undefined): boolean => value === undefined || String(value).trim() === "";

const visits = (visit: Transition["visit"], asked: Asked, place: string): ProcessEffect[] =>
  (visit && (visit.when === undefined || holds(ask(asked, `${place}.visit.when`))) ? [{ kind: "want_visit", skill: visit.skill ?? null, minutes: visit.minutes }] : []);

function subtaskOf(wish: Subtask, { fields }: ProcessTicket) {
  const text = (value: { field: string }) => String(fields[value.field] ?? "");
  return {
    key: wish.key, type: wish.type, subject: wish.subject, dueHours: wish.due_hours ?? null, waits: wish.waits, answer: wish.answer ?? null,
    department: wish.department === undefined || typeof wish.department === "string" ? wish.department ?? null : text(wish.department), ...(wish.apart && { apart: true }), task: "field" in wish.task ? text(wish.task) : wish.task,
  };
}

/** The first time the client hears from one of us. */
export const answersFirst = (transition: Transition, actor: ProcessActor): boolean =>
  transition.does.includes("first_answer") || (transition.notice !== undefined && actor.roles.some((role) => role === "operator" || role === "supervisor" || role === "department"));

export const isFinal = (process: Process, stage: string): boolean => process.stages[stage]?.final ?? false;

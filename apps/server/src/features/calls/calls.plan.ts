import type { Declarations, ProjectDeclaration } from "../projects/index.ts";
import { isOpen, nextOpening } from "../projects/index.ts";
import { invalidField } from "../../platform/errors.ts";
import type { RoutedQueue } from "../queues/index.ts";
import type { Plan } from "./calls.voice.ts";
import { dialledNumber } from "./calls.numbers.rules.ts";

/** Queue ids are `project.queue`, readable in every table and log. */
const queueId = (projectKey: string, key: string): string => `${projectKey}.${key}`;

/** What every role asks of the declarations. */
export interface WholePlan extends Plan {
  readonly queues: RoutedQueue[];
  callbackDue(projectKey: string, queueId: string | null, at: Date): Date;
  hours(projectKey: string, at: Date): { open: boolean; opensAt: Date | null };
  skillsOf(projects: string[]): Record<string, number>;
}

/**
 * The plan as it is at the moment of each question: declarations change while calls are alive. What a call has been given
 * (its flows, its queue) is its own for good.
 */
export function livePlan(current: () => Declarations): WholePlan {
  let from: Declarations | null = null;
  let made: WholePlan;
  /** Queues that some call's flow may still lead to, though they are declared no more. */
  const gone = new Map<string, ReturnType<Plan["findQueue"]>>();
  const now = (): WholePlan => {
    const declarations = current();
    if (declarations === from) return made;
    for (const { project, queues } of from?.projects ?? []) for (const { key } of queues) gone.set(queueId(project.key, key), made.findQueue(project.key, key));
    made = planOf(declarations);
    for (const queue of made.queues) gone.delete(queue.queueId);
    from = declarations;
    return made;
  };
  return {
    get book() { return now().book; },
    get queues() { return now().queues; },
    flowOf: (dialled) => now().flowOf(dialled),
    answerByOperator: (flow) => now().answerByOperator(flow),
    openProjects: (at) => now().openProjects(at),
    findQueue: (projectKey, key) => {
      const plan = now();
      return gone.get(queueId(projectKey, key)) ?? plan.findQueue(projectKey, key);
    },
    callerId: (projectKey) => now().callerId(projectKey),
    recording: (projectKey) => now().recording(projectKey),
    defaultLanguage: (flow) => now().defaultLanguage(flow),
    callbackDue: (projectKey, id, at) => now().callbackDue(projectKey, id, at),
    hours: (projectKey, at) => now().hours(projectKey, at),
    skillsOf: (projects) => now().skillsOf(projects),
  };
}

/** What call control needs of the declarations, looked up without reading a file. */
export function planOf(declarations: Declarations): WholePlan {
  const { company, projects } = declarations;
  const byKey = new Map(projects.map((declared) => [declared.project.key, declared]));
  const numbers = new Map<string, string>([...projects.flatMap(({ project }) => project.numbers.map((number): [string, string] => [number, project.key])), ...company.numbers.map((number): [string, string] => [number, "company"])]);
  const get = (key: string): ProjectDeclaration => {
    const found = byKey.get(key);
    if (!found) throw invalidField("projectKey", "unknown_project");
    return found;
  };
  return {
    book: {
      flows: { company: company.ivr, ...Object.fromEntries(projects.map((declared) => [declared.project.key, declared.ivr])) },
      defaultLanguage: { company: company.default_language, ...Object.fromEntries(projects.map(({ project }) => [project.key, project.default_language])) },
    },
    // "+38615550100" may be dialled as 0038615550100 or, by a trunk, without the plus.
    flowOf: (dialled) => numbers.get(dialled) ?? numbers.get(`+${dialledNumber(dialled)}`) ?? null,
    answerByOperator: (flow) => (flow === "company" ? company.ivr : get(flow).ivr).answer === "by_operator",
    openProjects: onceASecond((at) => Object.fromEntries(projects.map(({ project, calendar }) => [project.key, isOpen(calendar, project.time_zone, at)]))),
    findQueue: (projectKey, key) => findQueue(get(projectKey), key),
    callerId: (projectKey) => byKey.get(projectKey)?.project.caller_id ?? company.caller_id,
    recording: (projectKey) => (projectKey === null ? true : get(projectKey).project.recording),
    defaultLanguage: (flow) => (flow === "company" ? company.default_language : get(flow).project.default_language),
    queues: projects.flatMap(({ project, queues }) => queues.map((queue) => ({ queueId: queueId(project.key, queue.key), projectKey: project.key, priority: queue.priority }))),
    // A new operator can take any call of their projects until a supervisor knows better.
    skillsOf: (keys) => Object.fromEntries(keys.flatMap((key) => byKey.get(key)?.queues ?? []).flatMap((queue) => Object.entries(queue.skills).map(([skill, level]): [string, number] => [skill, Math.max(level, 3)]))),
    // What the callers are told by the flow's step `hours`, for those who look at the queue.
    hours: (projectKey, at) => {
      const { project, calendar } = get(projectKey);
      const open = isOpen(calendar, project.time_zone, at);
      return { open, opensAt: open ? null : nextOpening(calendar, project.time_zone, at) };
    },
    callbackDue: (projectKey, id, at) => {
      const { project, calendar, queues } = get(projectKey);
      const queue = queues.find((each) => queueId(projectKey, each.key) === id) ?? queues[0];
      const from = isOpen(calendar, project.time_zone, at) ? at : nextOpening(calendar, project.time_zone, at) ?? at;
      return new Date(from.getTime() + (queue?.callback_due_min ?? 15) * 60_000);
    },
  };
}

/** Calendars in time zones cost a tenth of a millisecond a project; hundreds of calls a second ask the same. */
function onceASecond<T>(compute: (at: Date) => T): (at: Date) => T {
  let second = Number.NaN;
  let value: T;
  return (at) => {
    const now = Math.floor(at.getTime() / 1000);
    if (now !== second) { value = compute(at); second = now; }
    return value;
  };
}

function findQueue(declared: ProjectDeclaration, key: string): ReturnType<Plan["findQueue"]> {
  const queue = declared.queues.find((each) => each.key === key);
  if (!queue) throw invalidField("queue", "unknown_queue");
  return {
    queueId: queueId(declared.project.key, key), projectKey: declared.project.key, ringMs: queue.ring_s * 1000, music: queue.music, announceEveryMs: queue.announce_every_s * 1000,
    maxWaitMs: queue.max_wait_s * 1000, wrapUpS: queue.wrap_up_s, languages: queue.languages, priority: queue.priority,
    skills: Object.entries(queue.skills).map(([skill, level]) => ({ skill, level })),
  };
}

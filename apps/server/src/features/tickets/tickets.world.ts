import type { Actor, Ctx } from "../../platform/db.ts";
import { allowanceOf, authoritySchema, compileProcess, withoutExpressions, type Authority, type CompiledProcess, type Process, type ProcessActor, type World } from "../processes/index.ts";
import { calendarTime, clocksOf } from "../clocks/index.ts";
import { isOpen } from "../projects/index.ts";
import { catalogueFor, contextFor } from "../rules/index.ts";
import type { Catalogue } from "@linija/rules";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import { moment } from "./tickets.load.ts";
import { selectAround, type Around } from "./tickets.process.sql.ts";
import { toEngine } from "./tickets.rules.ts";
import type { Ticket } from "./tickets.sql.ts";

/** A locked ticket with everything the engine needs to move it. */
export interface Living { ticket: Ticket; process: Process; project: ProjectInUse; engine: ReturnType<typeof toEngine>; moment: ReturnType<typeof moment>; /** Where something was asked that looks at it. */ around?: Around }

/** For who asks the process something: about this transition, or about any. */
export async function living(ctx: Ctx, ticket: Ticket, asking?: { transition?: string }): Promise<Living> {
  const process = await processOf(ctx.db, ticket.processId);
  const project = await projectOf(ctx.db, ticket.projectKey);
  // Read after the lock: a statement that waited for it would still see the clocks of before.
  const around = asking && asks(process, asking.transition) ? await selectAround(ctx.db, ticket.id) : undefined;
  const clocks = around ? around.clocks : (await clocksOf(ctx, "ticket", [ticket.id])).get(ticket.id) ?? [];
  return { ticket, process, project, engine: toEngine(ticket, clocks.length > 0 ? clocks : undefined), moment: moment(ctx, project), ...(around && { around }) };
}

/** Whose limits count, and who an expression sees as `actor`. */
export interface Doer { by: ProcessActor; actor: Actor; roles: readonly string[] }
export const doerOf = ({ actor }: Ctx, by: ProcessActor): Doer => ({ by, actor, roles: by.id !== null && actor.kind === "user" && actor.id === by.id ? actor.roles : by.roles });

/** What conditions, checklists and approvals ask about; where there are none of them the database is asked nothing. */
export async function worldOf(ctx: Ctx, { ticket, process, project, around }: Living, doer: Doer): Promise<World | undefined> {
  if (!around) return undefined;
  const { compiled, catalogue } = compiledOf(project, ticket.processId, process);
  const { key, time_zone, languages, name } = project.project;
  const found = compiled.reads.length === 0 ? undefined : (await contextFor(ctx.db, {
    ticketIds: [ticket.id], reads: compiled.reads, catalogue, now: ctx.now(), actor: doer.actor, project: { key, name: name.en, time_zone, languages },
  })).get(ticket.id)?.values;
  const { subtasks, openSubtasks, undoneSubtasks, openApprovals } = around;
  const checks: Record<string, string[]> = {};
  for (const { checklist, item } of around.checks) (checks[checklist] ??= []).push(item);
  return {
    compiled, checks, authority: authorityOf(project), authorityRoles: doer.roles,
    context: { ...found, ticket: { ...found?.ticket, subtasks, open_subtasks: openSubtasks, undone_subtasks: undoneSubtasks, open_approvals: openApprovals } },
  };
}

/** Whether this transition, or any, has one of the parts that look at the world. */
const askers = new WeakMap<Process, Set<string>>();
function asks(process: Process, transition?: string): boolean {
  const known = askers.get(process) ?? new Set(Object.entries(process.transitions).flatMap(([key, each]) => (looksAround(each) ? [key] : [])));
  askers.set(process, known);
  return transition === undefined ? known.size > 0 : known.has(transition);
}
const looksAround = ({ guards, checklist, approval, set, automatic, subtasks, visit }: Process["transitions"][string]): boolean =>
  guards.length > 0 || checklist !== undefined || approval !== undefined || Object.keys(set).length > 0 || automatic !== undefined || subtasks.some(({ when }) => when) || visit?.when !== undefined;

/** `authority.yaml` of the project; a broken one was refused at save, so that none here means nobody may decide alone. */
const authorities = new WeakMap<ProjectInUse, { authority: Authority | null }>();
export function authorityOf(project: ProjectInUse): Authority | null {
  const known = authorities.get(project);
  if (known) return known.authority;
  const authority = authoritySchema.safeParse(project.more["authority"]?.["authority"]).data ?? null;
  authorities.set(project, { authority });
  return authority;
}

/** Once for each version of a process in each version of a project. */
interface Ready { compiled: CompiledProcess; catalogue: Catalogue }
const ready = new WeakMap<ProjectInUse, Map<string, Ready>>();
export function compiledOf(project: ProjectInUse, processId: string, process: Process): Ready {
  const versions = ready.get(project) ?? new Map<string, Ready>();
  ready.set(project, versions);
  const known = versions.get(processId);
  if (known) return known;
  const catalogue = guardCatalogue(project, process);
  const made = { catalogue, compiled: asks(process) ? compileProcess(process, catalogue).compiled : withoutExpressions };
  versions.set(processId, made);
  return made;
}

const guardCatalogue = (project: ProjectInUse, process: Process): Catalogue => catalogueFor(project, {
  processes: [process], purpose: "guard",
  hours: () => {
    const { calendar, project: { time_zone } } = project;
    const time = calendarTime(calendar, time_zone);
    return { add: (from, ms) => time.add(from, ms) ?? from, between: time.between, isOpen: (at) => isOpen(calendar, time_zone, at) };
  },
  authority: (deed, roles) => {
    const allowed = allowanceOf(authorityOf(project), deed, roles);
    return typeof allowed === "number" ? null : allowed;
  },
});

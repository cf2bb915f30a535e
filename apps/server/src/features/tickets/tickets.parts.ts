import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";
import { roles } from "../access/access.contract.ts";
import { may, rightsOf, toldTo } from "../access/index.ts";
import { momentOf, stateOf, viewClock, type Clock, type WorkingTime } from "../clocks/index.ts";
import { allowanceOf, isWithin, timerName, type Authority, type Process } from "../processes/index.ts";
import { alongFor } from "./tickets.along.ts";
import { processOf, type ProjectInUse } from "./tickets.definitions.ts";
import { factsOf } from "./tickets.facts.rules.ts";
import { guarded, moment } from "./tickets.load.ts";
import type { approvalView, checklistView, processParts } from "./tickets.parts.contract.ts";
import { selectWorkers } from "./tickets.process.sql.ts";
import type { Ticket } from "./tickets.sql.ts";
import { descriptionFor, subjectFor } from "./tickets.texts.ts";
import type { WrittenBeside } from "./tickets.view.sql.ts";
import { authorityOf } from "./tickets.world.ts";

type Parts = { [K in keyof typeof processParts]: z.input<(typeof processParts)[K]> };
export interface Shown { process: Process; project: ProjectInUse; ticket: Ticket; language: Language }

/** What the process adds to the ticket's view, in the reader's language. */
export async function partsOf(ctx: Ctx, shown: Shown, beside: WrittenBeside): Promise<Parts> {
  const { project, language } = shown;
  const { now, clock } = moment(ctx, project);
  return {
    parent: beside.parent && await parentOf(ctx, shown, beside.parent),
    subtasks: await Promise.all(beside.subtasks.filter(({ hidden }) => !hidden).map(async ({ id, number, key, subject, texts, department, stage, status, dueAt, waits, answer, ownerName, processId }) =>
      ({ id, number, key, subject: subjectFor(ctx, { subject, texts }), department, stage, status, dueAt, waits, answer, ownerName, stageName: (await processOf(ctx.db, processId)).stages[stage]?.name[language] ?? stage }))),
    approvals: await withDeciders(ctx, shown, beside.approvals),
    checklists: checklistsOf(shown, beside.checks),
    clocks: beside.clockRows.map((each) => ({ ...viewClock(each, now, clock), does: doesOf(shown, each), ...marksOf(each, clock) })),
  };
}

/** What asked for the task, with what goes along; nothing where that is about the reader. */
async function parentOf(ctx: Ctx, { project, ticket, language }: Shown, parent: NonNullable<WrittenBeside["parent"]>): Promise<Parts["parent"]> {
  const given = await alongFor(ctx, ticket);
  if (!given) return null;
  const { id, number, contactPhone: phone, contactEmail: email } = parent;
  const fields = Object.fromEntries(Object.entries(parent.fields).filter(([key]) => given.fields.includes(key)));
  return toldTo(ctx, {
    id, number, subject: subjectFor(ctx, parent), mayOpen: may(ctx, "tickets.read", guarded(parent)),
    facts: factsOf(await processOf(ctx.db, parent.processId), project.departments, { fields, language }),
    description: given.description ? descriptionFor(ctx, parent) : "", files: given.files ? parent.files : [],
  }, { phone, email });
}

/** What the process does by itself when this clock of its own is over. */
function doesOf({ process, language }: Shown, { name }: Clock): string | null {
  const timer = Object.entries(process.clocks.timers).find(([key]) => timerName(key) === name)?.[1];
  return timer ? process.transitions[timer.transition]?.name[language] ?? timer.transition : null;
}

/** The share of the time at which people are warned. */
const WARN = 0.75;
const marksOf = (clock: Clock, working: WorkingTime): { pausedAt: string | null; warnAt: string | null } => ({
  pausedAt: stateOf(clock) === "paused" ? clock.intervals.at(-1)?.from ?? null : null,
  warnAt: momentOf(clock, Math.round(clock.allowedMs * WARN), working)?.toISOString() ?? null,
});

type Listed = WrittenBeside["approvals"][number] & { ticket: Pick<Ticket, "projectKey" | "ownerId" | "department" | "aboutUserIds"> };
export function toApproval(ctx: Ctx, { ticket, requestedById, ...approval }: Listed, { process, project, language }: Pick<Shown, "process" | "project" | "language">): z.input<typeof approvalView> {
  return {
    ...approval, transitionName: process.transitions[approval.transition]?.name[language] ?? approval.transition, deedName: authorityOf(project)?.deeds[approval.deed]?.name[language] ?? approval.deed,
    mayDecide: approval.state === "pending" && mayDecide(ctx, project, ticket, { ...approval, requestedBy: requestedById }), noDecider: false, deciders: [], short: null,
  };
}

/** Whoever reads is told whose decision it is, and when nobody is there to make it: the project's people are looked through only while something waits. */
async function withDeciders(ctx: Ctx, shown: Shown, approvals: WrittenBeside["approvals"]): Promise<Parts["approvals"]> {
  const { project, ticket } = shown;
  const views = approvals.map((approval) => toApproval(ctx, { ...approval, ticket }, shown));
  if (!views.some(({ state }) => state === "pending")) return views;
  const people = await selectWorkers(ctx.db, ticket.projectKey);
  return views.map((view, index) => {
    const { requestedById: requestedBy, ...approval } = approvals[index]!;
    if (view.state !== "pending") return view;
    const may = (person: (typeof people)[number]): boolean => mayDecide({ actor: { kind: "user", ...person, projects: [ticket.projectKey] } }, project, ticket, { ...approval, requestedBy });
    return { ...view, noDecider: !people.some(may), ...decidersOf(authorityOf(project), approval, people.filter(may)) };
  });
}

/** So many names are read at a glance. */
const MOST_NAMES = 4;
function decidersOf(authority: Authority | null, { deed, amount }: { deed: string; amount: Listed["amount"] }, people: { name: string; roles: string[] }[]): Pick<Parts["approvals"][number], "deciders" | "short"> {
  const allowances = roles.filter((role) => rightsOf([role]).includes("tickets.approve")).map((role) => ({ role, allowed: allowanceOf(authority, deed, [role]) }));
  const deciders = allowances.filter(({ allowed }) => isWithin(allowed, amount)).map(({ role }) => {
    const names = people.filter((person) => person.roles.includes(role)).map(({ name }) => name).sort((a, b) => a.localeCompare(b));
    return { role, names: names.slice(0, MOST_NAMES), more: Math.max(0, names.length - MOST_NAMES) };
  });
  const short = allowances.flatMap(({ role, allowed }) => (allowed === null || allowed === "any" || isWithin(allowed, amount) ? [] : [{ role, limit: allowed }]));
  const widest = short.find(({ limit }) => short.every((other) => isWithin(limit, other.limit)));
  return { deciders, short: widest ?? null };
}

/** Enough authority for the amount, and somebody else's question. The system may not: a decision is a person's. */
export function mayDecide({ actor }: Parameters<typeof may>[0], project: ProjectInUse, ticket: Listed["ticket"], approval: Pick<Listed, "deed" | "amount"> & { requestedBy: string | null }): boolean {
  if (actor.kind !== "user" || actor.id === approval.requestedBy || !may({ actor }, "tickets.approve", guarded(ticket))) return false;
  return isWithin(allowanceOf(authorityOf(project), approval.deed, actor.roles), approval.amount);
}

function checklistsOf({ process, language }: Shown, checks: WrittenBeside["checks"]): z.input<typeof checklistView>[] {
  return Object.entries(process.checklists).map(([key, { name, items }]) => ({
    key, name: name?.[language] ?? "",
    items: Object.entries(items).map(([item, text]) => {
      const check = checks.find((each) => each.checklist === key && each.item === item);
      return { key: item, name: text[language], done: check !== undefined, by: check?.by ?? "", at: check?.at ?? null };
    }),
  }));
}

import { compare, createCatalogue, problemText, type Catalogue, type FieldInput, type Outcome, type Problem, type Rule } from "@linija/rules";
import { audit } from "../../platform/audit.ts";
import { breather } from "../../platform/breathe.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { readerLanguage, translate } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/page.ts";
import { may, toldAtDesk } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { contextFor, vocabularyFor, type EventValues } from "../rules/index.ts";
import { contactsOf, digitsOf, projectOf, type ContactsOf, type ProjectInUse } from "../tickets/index.ts";
import { checkText, compileText, compileWritten, eventTypesOf, processesOf, vocabularyOf } from "./automation.compile.ts";
import { wakingEvents, type ProblemView, type RuleRow, type TraceView } from "./automation.contract.ts";
import { AUTOMATION_EXAMPLES } from "./automation.examples.ts";
import { readRuleText, viewProblem } from "./automation.document.ts";
import { allowEditing, allowReading, authorRights, isCertified, mayEditRules } from "./automation.rights.ts";
import { BUDGET, decide, projectValues } from "./automation.run.ts";
import { selectLogins, selectWebhookKeys, type KeptProblem } from "./automation.sql.ts";
import { selectEditors, selectLatest, selectRules, selectTicketFor, selectVersions, selectVersionText, updateCertificate, type FoundTicket, type ListedRule } from "./automation.view.sql.ts";

export async function listRules(ctx: Ctx, projectKey: string): Promise<{ items: RuleRow[]; mayEdit: boolean }> {
  allowReading(ctx, projectKey);
  const rows = await selectRules(ctx.db, { projectKey, readerId: ctx.actor.kind === "user" ? ctx.actor.id : null, now: ctx.now() });
  return { items: rows.map((row) => ruleRow(row, readerLanguage(ctx))), mayEdit: await mayEditRules(ctx, projectKey) };
}

/** Whoever may read rules may read every version of them; a rule that is gone stays readable by its key. */
export async function getRule(ctx: Ctx, at: { project: string; key: string }, asked: number | undefined) {
  allowReading(ctx, at.project);
  const versions = await selectVersions(ctx.db, at.project, at.key);
  const shown = asked === undefined ? versions.find(({ inUse }) => inUse) ?? versions[0] : versions.find(({ number }) => number === asked);
  const text = shown && (await selectVersionText(ctx.db, at.project, at.key, shown.number));
  if (!shown || text === undefined) throw notFound("rule", at.key);
  return { key: at.key, version: shown.number, madeAt: shown.madeAt.toISOString(), text, versions: versions.map(({ number, madeAt }) => ({ version: number, madeAt: madeAt.toISOString() })) };
}

function ruleRow({ events, schedule, clock, atPercent, position, nextAt, lastAt, lastProblem, ...row }: ListedRule, language: Language): RuleRow {
  const on = schedule !== null ? { schedule } : clock !== null ? { clock, at_percent: atPercent ?? 100 } : { event: events as (typeof wakingEvents)[number][] };
  return { ...row, path: `rules/${row.key.replaceAll("_", "-")}.yaml`, on, order: position, nextAt: nextAt?.toISOString() ?? null, lastAt: lastAt?.toISOString() ?? null, lastProblem: lastProblem && problemMessage(lastProblem, language) };
}

export const problemMessage = (problem: KeptProblem, language: Language): string => (problem.code === "host"
  ? [translate(language, problem.reason, problem.params), ...problem.fields.map(({ field, code }) => `${field}: ${translate(language, code)}`)].join(" ")
  : problemText(problem, language));

/** All but the bodies of functions, which the browser only needs the names of. */
export async function getVocabulary(ctx: Ctx, projectKey: string) {
  allowReading(ctx, projectKey);
  const project = await projectOf(ctx.db, projectKey);
  const certified = await isCertified(ctx);
  const rights = authorRights(ctx, projectKey, certified) as (right: string) => boolean;
  const whole = vocabularyFor(project, { processes: await processesOf(ctx.db, project), purpose: "automation", webhooks: await selectWebhookKeys(ctx.db, projectKey) });
  const seen = <T extends { read?: string | readonly string[] }>(fields: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(fields).filter(([, field]) => [field.read ?? []].flat().every(rights)));
  const records = Object.fromEntries(Object.entries(whole.records ?? {}).map(([key, record]) => [key, { ...record, fields: seen(key === "what_happened" ? withTypes(record.fields) : record.fields) }]));
  return { vocabulary: { ...whole, records, variables: seen(whole.variables) }, events: [...wakingEvents], examples: AUTOMATION_EXAMPLES.map((one) => ({ ...one, name: { ...one.name } })), mayEdit: await mayEditRules(ctx, projectKey) };
}

/** Any that a rule can wait for; which of them this one does, its text says. */
const withTypes = (fields: Readonly<Record<string, FieldInput>>) => ({ ...fields, type: { ...fields["type"]!, values: [...wakingEvents, "clock", "schedule"].map((value) => ({ value })) } });

interface Desk { project: ProjectInUse; catalogue: Catalogue; compile(text: string): ReturnType<typeof compileText>; check(text: string): Problem[] }

/** What an author works with: the catalogue of the project and their own rights. */
async function deskOf(ctx: Ctx, projectKey: string): Promise<Desk> {
  await allowEditing(ctx, projectKey);
  const project = await projectOf(ctx.db, projectKey);
  // Of its own making: it knows the departments, which the one that runs stored rules does not insist on.
  const catalogue = createCatalogue(vocabularyOf(project, await processesOf(ctx.db, project), { webhooks: await selectWebhookKeys(ctx.db, projectKey), logins: await selectLogins(ctx.db, projectKey) }));
  const rights = authorRights(ctx, projectKey, true);
  return { project, catalogue, compile: (text) => compileText(text, catalogue, rights), check: (text) => checkText(text, catalogue, rights, compileWritten) };
}

const views = (ctx: Ctx, problems: readonly Problem[]): ProblemView[] => problems.map((problem) => viewProblem(problem, readerLanguage(ctx)));

export async function checkRule(ctx: Ctx, projectKey: string, text: string): Promise<{ problems: ProblemView[] }> {
  return { problems: views(ctx, (await deskOf(ctx, projectKey)).check(text)) };
}

/** Decides as it would at work and does nothing. */
export async function tryRule(ctx: Ctx, projectKey: string, input: { text: string; ticket?: string | undefined }) {
  const desk = await deskOf(ctx, projectKey);
  const ticket = await selectTicketFor(ctx.db, projectKey, askedOf(input.ticket ?? ""));
  if (!ticket || !may(ctx, "tickets.read", ticket)) throw notFound("ticket", input.ticket ?? "");
  const about = { ticketId: ticket.id, ticketNumber: ticket.number };
  const nothing = { ...about, fired: false, changes: [], actions: [], trace: null, durationUs: 0 };
  const compiled = desk.compile(input.text);
  if (!compiled.ok) return { ...nothing, problems: views(ctx, compiled.problems) };
  const context = (await contexts(ctx, desk, [ticket], { reads: compiled.rule.reads, text: input.text, contacts: await contactsOf(ctx, [ticket.id]) })).get(ticket.id);
  if (!context) throw notFound("ticket", ticket.id);
  const began = performance.now();
  const result = decide(compiled.rule, context);
  const durationUs = Math.round((performance.now() - began) * 1_000);
  const trace = result.trace as unknown as TraceView;
  if (!result.ok) return { ...nothing, trace, durationUs, problems: views(ctx, [result.problem]) };
  return { ...about, problems: [], fired: result.fired, changes: result.changes, actions: result.actions.map(({ action, params }) => ({ action, params })), trace, durationUs };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const askedOf = (ticket: string) => (ticket === "" ? null : UUID.test(ticket) ? { id: ticket } : { digits: digitsOf(ticket, "ticket") });

/** As a rule is woken by its registration: a try needs some event, and this is the plainest. */
const EVENT = { type: "ticket.registered", from: null, to: null, transition: null, by: "" };
/** Of what it waits for the first, so that it decides as it would at work. */
function eventFor(text: string): EventValues {
  const read = readRuleText(text);
  if (!read.ok) return EVENT;
  const { on } = read.rule.trigger;
  return { ...EVENT, type: eventTypesOf(on)[0]!, ...("clock" in on && { clock: on.clock, percent: on.at_percent }) };
}

/** Of what the author may be told: a rule that asks whether a text has a number in it would tell the number, one question at a time. */
async function contexts(ctx: Ctx, { catalogue, project }: Desk, tickets: FoundTicket[], { reads, text, contacts }: { reads: readonly string[]; text: string; contacts: ContactsOf }) {
  const found = await contextFor(ctx.db, {
    ticketIds: tickets.map(({ id }) => id), reads, catalogue, now: ctx.now(), actor: { kind: "system", name: "automation" }, project: projectValues(project), event: { ...eventFor(text), at: ctx.now() },
  });
  return new Map([...found].map(([id, context]) => [id, { ...context, values: toldAtDesk(ctx, context.values, contacts(id)) }]));
}

interface DryRunInput { text: string; before: string | null; after?: string | undefined; limit: number }

/** Of one page; what is left is on the next. */
const DRY_RUN_MS = 2_000;

/** One page of tickets, both texts decided on each, or as much of it as there is time for; whoever asks shows how far it is and may stop any time. */
export async function dryRun(ctx: Ctx, projectKey: string, input: DryRunInput) {
  const desk = await deskOf(ctx, projectKey);
  const after = desk.compile(input.text);
  if (!after.ok) return { problems: views(ctx, after.problems), of: 0, lookedAt: 0, failed: 0, rows: [], next: null };
  const before = input.before === null ? null : ruleOf(desk.compile(input.before));
  const found = await selectLatest(ctx.db, projectKey, decodeCursor(input.after), input.limit + 1);
  const { items, next } = pageOf(found, input.limit, (row) => encodeCursor(row.updatedAt, row.id));
  const readable = items.filter((item) => may(ctx, "tickets.read", item));
  const contacts = await contactsOf(ctx, readable.map(({ id }) => id));
  const all = await contexts(ctx, desk, readable, { reads: [...after.rule.reads, ...(before?.reads ?? [])], text: input.text, contacts });
  const byId = new Map(items.map((item) => [item.id, item]));
  const records = readable.flatMap(({ id }) => (all.has(id) ? [{ id, context: all.get(id)!.values as Record<string, unknown> }] : []));
  const compared = await some(compare(before, after.rule, records, BUDGET), DRY_RUN_MS);
  const last = compared.length < records.length ? byId.get(compared.at(-1)!.id) : undefined;
  const language = readerLanguage(ctx);
  const rows = compared.filter(({ differences }) => differences.length > 0).map(({ id, before, after }) => {
    const { number, subject } = byId.get(id)!;
    return { ticketId: id, number, subject: toldAtDesk(ctx, subject, contacts(id)), before: outcome(before, language), after: outcome(after, language) };
  });
  return { problems: [], of: records.length, lookedAt: compared.length, failed: compared.at(-1)?.failed ?? 0, rows, next: last ? encodeCursor(last.updatedAt, last.id) : next };
}

/** At least one of them; others on this node have their turn between two. */
async function some<T>(all: Iterable<T>, ms: number): Promise<T[]> {
  const [taken, began, breathe]: [T[], number, () => Promise<void>] = [[], performance.now(), breather()];
  for (const one of all) {
    taken.push(one);
    if (performance.now() - began > ms) break;
    await breathe();
  }
  return taken;
}

/** A text that was in use and can no longer be compiled decides nothing. */
const ruleOf = (compiled: ReturnType<typeof compileText>): Rule | null => (compiled.ok ? compiled.rule : null);
const outcome = ({ changes, actions, problem }: Outcome, language: Language) => ({ changes: { ...changes }, actions: actions.map(({ action, params }) => ({ action, params: { ...params } })), problem: problem && problemText(problem, language) });

export async function listEditors(ctx: Ctx) {
  if (!may(ctx, "access.manage")) throw forbidden();
  return { items: (await selectEditors(ctx.db)).map((row) => ({ ...row, certifiedAt: row.certifiedAt?.toISOString() ?? null })) };
}

/** Given by an administrator until the course on rules gives it by itself (R355). */
export async function certify(ctx: Ctx, userId: string, certified: boolean): Promise<{ id: string; certified: boolean }> {
  if (!may(ctx, "access.manage")) throw forbidden();
  return inTx(ctx, async (ctx) => {
    const by = ctx.actor.kind === "user" ? ctx.actor.id : null;
    if (!(await updateCertificate(ctx.db, userId, { by: certified ? by : null, at: certified ? ctx.now() : null }))) throw notFound("user", userId);
    await emit(ctx, { type: "user.rules_certified", subject: { kind: "user", id: userId }, data: { certified } });
    await audit(ctx, { action: "rules.certify", object: { kind: "user", id: userId }, after: { certified } });
    return { id: userId, certified };
  });
}


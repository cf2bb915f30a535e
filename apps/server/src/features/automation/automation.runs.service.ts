import type { Ctx } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, pageOf, PAGE_SIZE } from "../../platform/page.ts";
import { may, toldTo, type OwnContacts } from "../access/index.ts";
import { contactsOf, findProject, getTicket } from "../tickets/index.ts";
import { HIDDEN } from "../rules/index.ts";
import { compiledIn, workshopOf } from "./automation.compile.ts";
import type { RunRow, RunView, TraceView } from "./automation.contract.ts";
import { allowReading, hiddenOf } from "./automation.rights.ts";
import { problemMessage } from "./automation.service.ts";
import { selectRun, selectRuns, type ListedRun } from "./automation.view.sql.ts";

interface Query { all?: boolean | undefined; after?: string | undefined; limit?: number | undefined }

export async function listRuleRuns(ctx: Ctx, at: { project: string; key: string }, query: Query) {
  allowReading(ctx, at.project);
  return pageOfRuns(ctx, { projectKey: at.project, ruleKey: at.key }, query);
}

/** Whoever may see the ticket may see which rules touched it. */
export async function listTicketRuns(ctx: Ctx, ticketId: string, query: Query) {
  await getTicket(ctx, ticketId);
  return pageOfRuns(ctx, { ticketId }, query);
}

async function pageOfRuns(ctx: Ctx, of: { projectKey: string; ruleKey: string } | { ticketId: string }, query: Query) {
  const limit = query.limit ?? PAGE_SIZE;
  const after = decodeCursor(query.after)?.[1] ?? null;
  const rows = await selectRuns(ctx.db, { ...of, all: query.all ?? false, after, limit: limit + 1 });
  const { items, next } = pageOf(rows, limit, (row) => encodeCursor(row.at, row.id));
  // A page may be shorter than asked for: what is about the reader does not exist for the reader.
  const shown = items.filter((row) => may(ctx, "tickets.read", row));
  const contacts = await contactsOf(ctx, shown.map(({ ticketId }) => ticketId));
  return { items: await Promise.all(shown.map(async (row) => runRow(ctx, row, { ...(await readingOf(ctx, row)), own: contacts(row.ticketId) }))), next };
}

/** What of a run the reader may read. */
interface Reading { /** Names whose values are hidden from them. */ isHidden: (path: string) => boolean; /** Not a name of a value, but one that the rule has given. */ isLocal: (name: string) => boolean; /** Whether the rule reads any of these, so that what it did may hold it. */ isTold: boolean }
interface Told extends Reading { own: OwnContacts }

/** A rule that cannot be read any more may have read anything. */
async function readingOf(ctx: Ctx, { projectKey, versionId, text }: ListedRun): Promise<Reading> {
  const project = await findProject(ctx.db, projectKey);
  const workshop = project && await workshopOf(ctx.db, project);
  if (!workshop) return { isHidden: () => true, isLocal: () => false, isTold: false };
  const isHidden = hiddenOf(workshop.catalogue, ctx, projectKey);
  const compiled = text === null ? null : compiledIn(workshop, { versionId, text });
  return { isHidden, isLocal: (name) => !workshop.catalogue.variables.has(name), isTold: compiled?.ok === true && !compiled.rule.reads.some(isHidden) };
}

/** What a rule set and did is shown as far as the reader may read what it was made from. */
function runRow(ctx: Ctx, row: ListedRun, { isTold, own }: Told): RunRow {
  const { ownerId: _owner, department: _department, about: _about, projectKey: _project, versionId: _version, text: _text, ruleName, problem, ...rest } = row;
  const place = problem !== null && problem.code !== "host" ? problem.line : null;
  const done = isTold ? {} : {
    changes: row.changes.map(({ target }) => ({ target, from: HIDDEN, to: HIDDEN })),
    actions: row.actions.map(({ action, params }) => ({ action, params: Object.fromEntries(Object.keys(params).map((name) => [name, HIDDEN])) })),
  };
  return toldTo(ctx, { ...rest, ...done, at: row.at.toISOString(), ruleName: ruleName ?? { en: row.ruleKey }, problem: problem && { code: problem.code, message: problemMessage(problem, readerLanguage(ctx)), line: place } }, own);
}

/** What a rule has read is shown as far as the reader may read it. */
export async function getRun(ctx: Ctx, id: string): Promise<RunView> {
  const run = await selectRun(ctx.db, id);
  if (!run || !may(ctx, "tickets.read", run)) throw notFound("run", id);
  const { trace, ...row } = run;
  const reading = { ...(await readingOf(ctx, run)), own: (await contactsOf(ctx, [run.ticketId]))(run.ticketId) };
  return { ...runRow(ctx, row, reading), trace: toldTo(ctx, masked(trace as Partial<TraceView>, reading), reading.own), text: may(ctx, "rules.read", run) ? run.text ?? "" : "" };
}

/** A name the rule gave to something hidden hides it from there on, until it is given to something else; a round over something hidden hides all that the rule names. */
function masked(trace: Partial<TraceView>, { isHidden, isLocal }: Reading): TraceView {
  const given = new Map<string, boolean>();
  let inRound = false;
  const hides = (path: string): boolean => {
    const root = path.split(".", 1)[0]!;
    return isLocal(root) ? given.get(root) ?? inRound : isHidden(path);
  };
  const entries = (trace.entries ?? []).map((entry) => {
    const hidden = Object.keys(entry.inputs).filter(hides);
    if (entry.kind === "let" && entry.target !== undefined) given.set(entry.target, hidden.length > 0);
    if (entry.kind === "for") inRound ||= hidden.length > 0;
    return hidden.length === 0 ? entry : { ...entry, inputs: { ...entry.inputs, ...Object.fromEntries(hidden.map((path) => [path, HIDDEN])) }, result: HIDDEN };
  });
  return { entries, dropped: trace.dropped ?? 0 };
}

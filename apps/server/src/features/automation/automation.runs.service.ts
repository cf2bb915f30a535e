import type { Catalogue } from "@linija/rules";
import type { Ctx } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, pageOf, PAGE_SIZE } from "../../platform/page.ts";
import { may } from "../access/index.ts";
import { findProject, getTicket } from "../tickets/index.ts";
import { workshopOf } from "./automation.compile.ts";
import type { RunRow, RunView, TraceView } from "./automation.contract.ts";
import { allowReading, hiddenOf } from "./automation.rights.ts";
import { languageOf, problemMessage } from "./automation.service.ts";
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
  return { items: items.filter((row) => may(ctx, "tickets.read", row)).map((row) => runRow(ctx, row)), next };
}

function runRow(ctx: Ctx, row: ListedRun): RunRow {
  const { ownerId: _owner, department: _department, about: _about, projectKey: _project, ruleName, problem, ...rest } = row;
  const place = problem !== null && problem.code !== "host" ? problem.line : null;
  return { ...rest, at: row.at.toISOString(), ruleName: ruleName ?? { en: row.ruleKey }, problem: problem && { code: problem.code, message: problemMessage(problem, languageOf(ctx)), line: place } };
}

const HIDDEN = "•••";

/** What a rule has read is shown as far as the reader may read it. */
export async function getRun(ctx: Ctx, id: string): Promise<RunView> {
  const run = await selectRun(ctx.db, id);
  if (!run || !may(ctx, "tickets.read", run)) throw notFound("run", id);
  const { trace, text, ...row } = run;
  const project = await findProject(ctx.db, run.projectKey);
  const catalogue = project && (await workshopOf(ctx.db, project)).catalogue;
  return { ...runRow(ctx, row), trace: masked(trace as Partial<TraceView>, ctx, { catalogue, projectKey: run.projectKey }), text: may(ctx, "rules.read", run) ? text ?? "" : "" };
}

function masked(trace: Partial<TraceView>, ctx: Ctx, { catalogue, projectKey }: { catalogue: Catalogue | null; projectKey: string }): TraceView {
  const isHidden = catalogue ? hiddenOf(catalogue, ctx, projectKey) : () => true;
  const entries = (trace.entries ?? []).map((entry) => {
    const hidden = Object.keys(entry.inputs).filter(isHidden);
    return hidden.length === 0 ? entry : { ...entry, inputs: { ...entry.inputs, ...Object.fromEntries(hidden.map((path) => [path, HIDDEN])) }, result: HIDDEN };
  });
  return { entries, dropped: trace.dropped ?? 0 };
}

import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, invalid, invalidField, missingWith, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import { readerLanguage, translate } from "../../platform/messages.ts";
import { addNote, getTicket, loadTicket, projectOf, updateTicket, type ProjectInUse, type Ticket } from "../tickets/index.ts";
import type * as contracts from "./guides.contract.ts";
import type { RunView } from "./guides.contract.ts";
import { guideSchema, type Guide } from "./guides.declaration.contract.ts";
import { pass, recorded, standing, type Passed } from "./guides.rules.ts";
import { hasTalk, insertRun, selectGuides, selectRun, selectRuns, updateRun, type Run, type RunChange } from "./guides.sql.ts";
import { asNote, toRunView, type Around } from "./guides.view.ts";

/** By id, which carries the hash of what it says. Old ones get today's defaults. */
const known = new Map<string, Guide>();
async function guidesBy(ctx: Ctx, ids: string[]): Promise<Map<string, Guide>> {
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  if (missing.length > 0) {
    if (known.size > 1_000) known.clear();
    for (const { id, definition } of await selectGuides(ctx.db, missing)) known.set(id, guideSchema.parse(definition));
  }
  return new Map(ids.flatMap((id) => { const guide = known.get(id); return guide ? [[id, guide] as const] : []; }));
}

const inUse = (project: ProjectInUse): string[] => Object.values(project.more.guides ?? {}).filter((id) => typeof id === "string");
const actorId = (ctx: Ctx): string | null => (ctx.actor.kind === "user" ? ctx.actor.id : null);

async function around(ctx: Ctx, ticket: Ticket, project: ProjectInUse): Promise<Around> {
  const language = readerLanguage(ctx);
  const view = await getTicket(ctx, ticket.id);
  return {
    spoken: ticket.language,
    said: { client_name: view.clientName, operator: ctx.actor.name, company: project.company.name[language], project: project.project.name[language], ticket_number: ticket.number },
    transitions: view.transitions.filter(({ allowed }) => allowed).map(({ key, name }) => ({ key, name })), types: project.types.map(({ key, name }) => ({ key, name: name[language] })),
  };
}

/** Telemetry and rules register without anybody to talk with. */
const isWithSomebody = async (ctx: Ctx, { id, clientId, interactionId, contactPhone, contactEmail }: Ticket): Promise<boolean> => [clientId, interactionId, contactPhone, contactEmail].some((each) => each !== null) || hasTalk(ctx.db, id);

/** What was made for a type says more of it than what was made for all of its kind. */
const [FITS_TYPE, FITS_INTAKE] = [2, 1];

/** Guides that can lead a talk about this ticket, those made for its type first; where there is nobody to talk with, those alone. */
export async function ticketGuides(ctx: Ctx, ticketId: string): Promise<z.input<typeof contracts.ticketGuides.reply>> {
  const ticket = await loadTicket(ctx, ticketId, "tickets.read");
  const project = await projectOf(ctx.db, ticket.projectKey);
  const runs = await selectRuns(ctx.db, ticketId);
  const ids = inUse(project);
  const guides = await guidesBy(ctx, [...ids, ...runs.map(({ guideId }) => guideId)]);
  const language = readerLanguage(ctx);
  const intake = project.types.find(({ key }) => key === ticket.type)?.intake;
  const isWith = await isWithSomebody(ctx, ticket);
  const rows = ids.flatMap((id) => {
    const guide = guides.get(id);
    const isOfType = guide?.types.includes(ticket.type);
    if (!guide || (!isOfType && !isWith)) return [];
    const fits = isOfType ? FITS_TYPE : guide.intakes.some((each) => each === intake) ? FITS_INTAKE : 0;
    return [{ fits, suggested: fits > 0, key: guide.key, name: guide.name[language], about: guide.about?.[language] ?? "", steps: Object.keys(guide.steps).length }];
  });
  const surroundings = await around(ctx, ticket, project);
  const views = runs.flatMap((run) => { const guide = guides.get(run.guideId); return guide ? [toRunView(run, guide, language, surroundings)] : []; });
  return { guides: rows.sort((a, b) => b.fits - a.fits || a.name.localeCompare(b.name)).map(({ fits: _fits, ...guide }) => guide), run: views.find(({ state }) => state === "running") ?? null, past: views.filter(({ state }) => state !== "running") };
}

/** Begins a talk by the guide as it is today; a second press goes on with the first. */
export async function startGuide(ctx: Ctx, ticketId: string, input: z.output<typeof contracts.startGuide.body>): Promise<RunView> {
  return inTx(ctx, async (ctx) => {
    const ticket = await loadTicket(ctx, ticketId, "tickets.note", { lock: true });
    const project = await projectOf(ctx.db, ticket.projectKey);
    const guideId = project.more.guides?.[input.guide];
    if (typeof guideId !== "string") throw invalidField("guide", "guide_unknown");
    const id = newId(ctx.now().getTime());
    if (await insertRun(ctx.db, { id, ticketId, guideId, startedBy: actorId(ctx), startedAt: ctx.now() })) {
      const guide = (await guidesBy(ctx, [guideId])).get(guideId)!;
      await emit(ctx, { type: "ticket.guide_started", subject: { kind: "ticket", id: ticketId }, data: { runId: id, guide: input.guide, name: guide.name[readerLanguage(ctx)] }, touches: [{ kind: "guide_run", id }] });
      await audit(ctx, { action: "ticket.guide_start", object: { kind: "ticket", id: ticketId }, after: { guide: guideId } });
    }
    const run = (await selectRuns(ctx.db, ticketId)).find(({ state }) => state === "running")!;
    return shown(ctx, run, ticket, project);
  });
}

async function shown(ctx: Ctx, run: Run, ticket: Ticket, project: ProjectInUse): Promise<RunView> {
  const guide = (await guidesBy(ctx, [run.guideId])).get(run.guideId)!;
  return toRunView(run, guide, readerLanguage(ctx), await around(ctx, ticket, project));
}

interface Loaded { run: Run; guide: Guide; ticket: Ticket; project: ProjectInUse }
async function loadRun(ctx: Ctx, id: string, version: number): Promise<Loaded> {
  const run = await selectRun(ctx.db, id);
  if (!run) throw notFound("guide_run", id);
  const ticket = await missingWith("guide_run", id, loadTicket(ctx, run.ticketId, "tickets.note", { lock: true }));
  // Read again behind the lock of the ticket: a colleague may have gone on meanwhile.
  const now = (await selectRun(ctx.db, id))!;
  if (now.version !== version || now.state !== "running") throw conflict("changed_meanwhile");
  return { run: now, guide: (await guidesBy(ctx, [now.guideId])).get(now.guideId)!, ticket, project: await projectOf(ctx.db, ticket.projectKey) };
}

/** Takes the open step. At the end what was recorded goes into the ticket's fields and the way into its history. */
export async function takeStep(ctx: Ctx, id: string, input: z.output<typeof contracts.takeStep.body>): Promise<RunView> {
  return inTx(ctx, async (ctx) => {
    const loaded = await loadRun(ctx, id, input.version);
    const outcome = pass(loaded.guide, loaded.run.path, input);
    if (!outcome.ok) throw invalid(outcome.problems);
    const passed: Passed = { step: standing(loaded.guide, loaded.run.path)!, choice: input.choice, values: outcome.values, at: ctx.now().toISOString() };
    const isEnd = outcome.outcome !== null;
    return store(ctx, loaded, { path: [...loaded.run.path, passed], state: isEnd ? "ended" : "running", outcome: outcome.outcome, endedBy: isEnd ? actorId(ctx) : null, endedAt: isEnd ? ctx.now() : null });
  });
}

export async function stepBack(ctx: Ctx, id: string, input: { version: number }): Promise<RunView> {
  return inTx(ctx, async (ctx) => {
    const loaded = await loadRun(ctx, id, input.version);
    return store(ctx, loaded, { path: loaded.run.path.slice(0, -1), state: "running", outcome: null, endedBy: null, endedAt: null });
  });
}

export async function leaveGuide(ctx: Ctx, id: string, input: { version: number }): Promise<RunView> {
  return inTx(ctx, async (ctx) => {
    const loaded = await loadRun(ctx, id, input.version);
    return store(ctx, loaded, { path: loaded.run.path, state: "left", outcome: null, endedBy: actorId(ctx), endedAt: ctx.now() });
  });
}

async function store(ctx: TxCtx, { run, guide, ticket, project }: Loaded, change: RunChange): Promise<RunView> {
  if (!await updateRun(ctx.db, run.id, run.version, change)) throw conflict("changed_meanwhile");
  const after: Run = { ...run, ...change, version: run.version + 1 };
  const isOver = change.state !== "running";
  if (isOver) await conclude(ctx, after, guide, ticket);
  else await emit(ctx, { type: "guide.stepped", subject: { kind: "ticket", id: ticket.id }, data: { runId: run.id, guide: guide.key, step: standing(guide, change.path) }, touches: [{ kind: "guide_run", id: run.id }] });
  // What the end proposes is read after what it changed.
  return shown(ctx, after, isOver ? await loadTicket(ctx, ticket.id, "tickets.read") : ticket, project);
}

async function conclude(ctx: TxCtx, run: Run, guide: Guide, ticket: Ticket): Promise<void> {
  const fields = recorded(run.path);
  if (Object.keys(fields).length > 0) await updateTicket(ctx, ticket.id, { version: ticket.version, fields });
  const language = readerLanguage(ctx);
  const view = toRunView(run, guide, language, { spoken: language, said: {}, transitions: [], types: [] });
  const title = translate(language, "guide_note", { guide: guide.name[language], outcome: translate(language, `guide_${run.outcome ?? "left"}`, {}) });
  if (run.path.length > 0) await addNote(ctx, ticket.id, asNote(view, { title, yes: translate(language, "guide_yes", {}), no: translate(language, "guide_no", {}) }));
  const type = run.state === "ended" ? "ticket.guide_ended" : "ticket.guide_left";
  await emit(ctx, { type, subject: { kind: "ticket", id: ticket.id }, data: { number: ticket.number, projectKey: ticket.projectKey, runId: run.id, guide: guide.key, name: guide.name[language], outcome: run.outcome, path: run.path.map(({ step, choice }) => ({ step, choice })) }, touches: [{ kind: "guide_run", id: run.id }] });
  await audit(ctx, { action: type, object: { kind: "ticket", id: ticket.id }, after: { guide: run.guideId, outcome: run.outcome, path: run.path } });
}

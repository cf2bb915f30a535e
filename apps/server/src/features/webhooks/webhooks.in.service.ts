import { randomBytes } from "node:crypto";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, forbidden, invalidField, notFound, unauthenticated } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId, newSecret } from "../../platform/ids.ts";
import type { Secrets } from "../../platform/secret.ts";
import { may } from "../access/index.ts";
import { createRecord, ticketForms } from "../forms/index.ts";
import { asField } from "../processes/index.ts";
import { createTicket, findProject, processOf, type ProjectInUse } from "../tickets/index.ts";
import { readBody } from "./webhooks.in.body.ts";
import type { HookReply, HookView } from "./webhooks.in.contract.ts";
import { hooksOf } from "./webhooks.in.kind.ts";
import { keepRefusal, keepUnsigned, refusalsOf } from "./webhooks.in.refused.service.ts";
import { isOpen, NOTHING_HELD, takeRepeated } from "./webhooks.in.repeat.service.ts";
import { compileHook, isAlarm, isOfNow, isSignedWith, priorityOf, readSignature, sayingOf, told, type CompiledHook, type Hook, type Said, type Signature } from "./webhooks.in.rules.ts";
import { countAlarm, deleteSecret, insertCall, selectCalled, selectOnTicket, selectSecret, selectStates, updateAlarm, updateCall, upsertSecret, type Alarm, type HookAt, type OnTicket } from "./webhooks.in.sql.ts";

interface Params { project: string; hook: string }
export interface Sent { signature: unknown; raw: Buffer }

/** What is compared with where there is no secret, so that a stranger cannot tell what there is by the time it takes. */
const NOBODYS = randomBytes(32).toString("base64url");
const LONGEST_ALARM = 500;

/** Takes what another system reports: a ticket, a note on the open one, or nothing. Without its signature nobody learns what hooks there are. */
export async function receiveHook(ctx: Ctx, { project: projectKey, hook: hookKey }: Params, sent: Sent, secrets: Secrets): Promise<HookReply> {
  const at: HookAt = { projectKey, hookKey };
  const project = await findProject(ctx.db, projectKey);
  const hook = project && !project.retired && hooksOf(project).find(({ key }) => key === hookKey);
  const secret = await openedSecret(ctx, at, secrets);
  const signature = readSignature(sent.signature);
  const isSigned = signature !== null && isSignedWith(secret ?? NOBODYS, signature, sent.raw);
  if (!isSigned || secret === null || !hook) {
    const refusal = unauthenticated("hook_signature");
    if (hook) keepUnsigned(ctx, at, refusal);
    throw refusal;
  }
  return takeSigned(ctx, { at, project, hook, signature }, sent.raw).catch(async (error: unknown) => {
    if (error instanceof AppError && error.code !== "unavailable") await keepRefusal(ctx, at, error);
    throw error;
  });
}

async function takeSigned(ctx: Ctx, { at, project, hook, signature }: Pick<Taking, "at" | "project" | "signature"> & { hook: Hook }, raw: Buffer): Promise<HookReply> {
  if (!isOfNow(signature, ctx.now())) throw unauthenticated("hook_too_old");
  const compiled = compiledIn(project, hook);
  const said = sayingOf(compiled, readBody(hook, raw), ctx.now());
  return inTx({ ...ctx, actor: { kind: "system", name: hook.name[compiled.language] } }, (ctx) => take(ctx, { at, project, compiled, said, signature }));
}

/** Null also for one that was sealed with another key: the hook stays closed until a new one is made. */
async function openedSecret(ctx: Ctx, at: HookAt, secrets: Secrets): Promise<string | null> {
  const sealed = await selectSecret(ctx.db, at);
  try {
    return sealed ? secrets.open(sealed) : null;
  } catch (error) {
    ctx.log.error({ err: error, hook: `${at.projectKey}/${at.hookKey}` }, "the secret of a hook cannot be opened");
    return null;
  }
}

/** A project as it is in use never changes: a new version of it is another object. */
const compiledHooks = new WeakMap<ProjectInUse, Map<string, CompiledHook>>();
function compiledIn(project: ProjectInUse, hook: Hook): CompiledHook {
  const known = compiledHooks.get(project) ?? new Map<string, CompiledHook>();
  compiledHooks.set(project, known);
  const compiled = known.get(hook.key) ?? compileHook(hook, project.project).compiled;
  known.set(hook.key, compiled);
  return compiled;
}

interface Taking { at: HookAt; project: ProjectInUse; compiled: CompiledHook; said: Said; signature: Signature }

async function take(ctx: TxCtx, taking: Taking): Promise<HookReply> {
  const { at, said, signature: { digest } } = taking;
  if (!(await insertCall(ctx.db, { ...at, signature: digest, at: ctx.now() }))) return reply("seen", await selectCalled(ctx.db, digest));
  const name = said("same");
  if (typeof name !== "string" || name === "" || name.length > LONGEST_ALARM) throw invalidField("same", "hook_same");
  const alarm = await countAlarm(ctx.db, { ...at, alarm: name, at: ctx.now() });
  const open = alarm.ticketId === null ? undefined : await selectOnTicket(ctx.db, alarm.ticketId);
  const answer = open && isOpen(open) ? await repeated(ctx, taking, { name, alarm, open }) : await first(ctx, taking, name);
  if (answer.ticket) await updateCall(ctx.db, digest, answer.ticket.id);
  await emit(ctx, { type: "hook.received", subject: { kind: "hook", id: `${at.projectKey}/${at.hookKey}` }, data: { state: answer.state, ticketId: answer.ticket?.id ?? null, alarm: name }, touches: answer.ticket ? [{ kind: "ticket", id: answer.ticket.id }] : [] });
  return answer;
}

const reply = (state: HookReply["state"], ticket: Pick<OnTicket, "id" | "number"> | undefined): HookReply => ({ state, ticket: ticket ? { id: ticket.id, number: ticket.number } : null });
async function repeated(ctx: TxCtx, { at, compiled, said }: Taking, { name, alarm, open }: { name: string; alarm: Alarm; open: OnTicket }): Promise<HookReply> {
  await takeRepeated(ctx, { at: { ...at, alarm: name }, compiled, said, alarm, open });
  return reply("repeated", open);
}

async function first(ctx: TxCtx, taking: Taking, name: string): Promise<HookReply> {
  const { at, compiled, said, project } = taking;
  const { hook, language } = compiled;
  if (!isAlarm(compiled, said)) return reply("ignored", undefined);
  const [fields, formRecordId, priority] = [await processFields(ctx, taking), await filledForm(ctx, taking), priorityOf(said)];
  const ticket = await createTicket(ctx, {
    projectKey: project.project.key, type: hook.type, subject: told(said(`subject.${language}`), 200), description: told(said(`description.${language}`), 20_000), language, fields,
    clientId: null, interactionId: null, dueAt: null, ...(priority >= 0 && { priority }), ...(formRecordId && { formRecordId }),
  }, { forms: ticketForms });
  await updateAlarm(ctx.db, { ...at, alarm: name }, { ticketId: ticket.id, notedAt: null, worst: ticket.priority, isOn: true, times: 1, flippedAt: null, ...NOTHING_HELD });
  return reply("registered", ticket);
}

async function processFields(ctx: TxCtx, { compiled: { hook }, said, project }: Taking): Promise<Record<string, unknown>> {
  const keys = Object.keys(hook.fields);
  if (keys.length === 0) return {};
  const process = await processOf(ctx.db, project.processIds[project.types.find(({ key }) => key === hook.type)!.process]!);
  const values = keys.map((key) => [key, asField(process.fields[key]!, said(`fields.${key}`) as Parameters<typeof asField>[1], project.project.time_zone)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== ""));
}

/** The type's form, filled in by the hook; it is submitted with the ticket or nothing is registered. */
async function filledForm(ctx: TxCtx, { compiled: { hook }, said, project }: Taking): Promise<string | null> {
  const formKey = project.types.find(({ key }) => key === hook.type)?.form;
  if (formKey === undefined || Object.keys(hook.form).length === 0) return null;
  const data = Object.fromEntries(Object.keys(hook.form).map((key) => [key, said(`form.${key}`)] as const).filter(([, value]) => value !== null));
  const { id } = await createRecord(ctx, { id: newId(ctx.now().getTime()), projectKey: project.project.key, formKey, subject: null, data });
  return id;
}

/** Doors of a project are the administrator's, and read by who supervises it; one that is not declared is not there. */
async function hooksFor(ctx: Ctx, projectKey: string, right: "webhooks.manage" | "webhooks.read" = "webhooks.manage"): Promise<Hook[]> {
  if (!may(ctx, right, { projectKey })) throw forbidden();
  const project = await findProject(ctx.db, projectKey);
  return project ? hooksOf(project) : [];
}

const pathOf = ({ project, hook }: Params): string => `/api/hooks/${project}/${hook}`;

export async function listHooks(ctx: Ctx, projectKey: string): Promise<{ items: HookView[] }> {
  const hooks = await hooksFor(ctx, projectKey, "webhooks.read");
  const states = new Map((await selectStates(ctx.db, projectKey)).map((state) => [state.hookKey, state]));
  const refused = await refusalsOf(ctx, projectKey);
  return { items: hooks.map(({ key, name, type }) => ({ key, name, type, path: pathOf({ project: projectKey, hook: key }), secretMadeAt: states.get(key)?.madeAt?.toISOString() ?? null, secretMadeBy: states.get(key)?.madeBy ?? null, lastAt: states.get(key)?.lastAt?.toISOString() ?? null, refused: refused.get(key) ?? [] })) };
}

export async function makeHookSecret(ctx: Ctx, at: Params, secrets: Secrets): Promise<{ secret: string; path: string }> {
  await declaredHook(ctx, at);
  const secret = newSecret();
  await inTx(ctx, async (ctx) => {
    await upsertSecret(ctx.db, { projectKey: at.project, hookKey: at.hook }, { secret: secrets.seal(secret), at: ctx.now(), by: ctx.actor.name });
    await tellSecret(ctx, at, "secret_made");
  });
  return { secret, path: pathOf(at) };
}

export async function removeHookSecret(ctx: Ctx, at: Params): Promise<{ ok: true }> {
  await declaredHook(ctx, at);
  await inTx(ctx, async (ctx) => {
    if (await deleteSecret(ctx.db, { projectKey: at.project, hookKey: at.hook })) await tellSecret(ctx, at, "secret_removed");
  });
  return { ok: true };
}

async function declaredHook(ctx: Ctx, { project, hook }: Params): Promise<void> {
  const hooks = await hooksFor(ctx, project);
  if (!hooks.some(({ key }) => key === hook)) throw notFound("webhook", hook);
}

async function tellSecret(ctx: TxCtx, { project, hook }: Params, what: "secret_made" | "secret_removed"): Promise<void> {
  const object = { kind: "hook", id: `${project}/${hook}` };
  await emit(ctx, { type: `hook.${what}`, subject: object, data: {} });
  await audit(ctx, { action: `hook.${what}`, object });
}

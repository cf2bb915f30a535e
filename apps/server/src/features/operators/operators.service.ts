import { digestHa1 } from "@linija/sip";
import type { z } from "zod";
import { may } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, forbidden, invalid, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { own } from "../../platform/own.ts";
import { readerLanguage } from "../../platform/messages.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import type { changeOperator as changeContract, givePhone as giveContract, OperatorChoices, OperatorView, PhoneServer } from "./operators.contract.ts";
import { operatorChanged } from "./operators.events.ts";
import { newPhonePassword } from "./operators.password.ts";
import { SIP_REALM } from "./operators.registrar.ts";
import { changedSkills, isExtension, skillsOfQueues } from "./operators.rules.ts";
import { deleteRegistration, selectFreeExtension, selectHolder, selectOperatorDetail, selectOperatorDetails, updateOperatorRow, type OperatorDetail } from "./operators.sql.ts";

type Text = Record<Language, string>;
/** A declared queue and what it asks of those who take its calls. */
export interface OperatorQueue { id: string; projectKey: string; name: Text; languages: string[]; skills: Record<string, number> }
export interface OperatorsDeps {
  queues: OperatorQueue[];
  /** Of skills, by key. */
  skillNames: Readonly<Record<string, Text>>;
  languages: readonly Language[];
  /** All of the company. */
  projects: { key: string; name: Text }[];
  /** Every number the company or a project answers on, with whose it is. */
  numbers: ReadonlyMap<string, Text>;
  server(): PhoneServer;
}
type Change = z.output<typeof changeContract.body>;
type Gift = z.output<typeof giveContract.body>;

export async function listOperators(ctx: Ctx, query: { text?: string | undefined; after?: string | undefined; limit?: number | undefined }): Promise<{ items: OperatorView[]; next: string | null }> {
  if (!may(ctx, "operators.read") || ctx.actor.kind !== "user") throw forbidden();
  const { id, roles, projects } = ctx.actor;
  const reach = roles.includes("administrator") ? null : roles.includes("supervisor") || roles.includes("management") ? projects : [];
  const { limit = PAGE_SIZE, text = "" } = query;
  const rows = await selectOperatorDetails(ctx.db, { text: text.trim(), own: id, projects: reach, cursor: decodeCursor(query.after, "text"), limit });
  const page = pageOf(rows, limit, (row) => encodeCursor(row.name, row.id));
  return { items: page.items.map(toView), next: page.next };
}

export async function getOperator(ctx: Ctx, id: string): Promise<OperatorView> {
  const operator = await load(ctx, id);
  if (!may(ctx, "operators.read", guarded(operator))) throw forbidden();
  return toView(operator);
}

/** What the screens offer; only skills that a queue asks for exist. */
export async function operatorChoices(ctx: Ctx, deps: OperatorsDeps): Promise<OperatorChoices> {
  if (!may(ctx, "operators.read") || ctx.actor.kind !== "user") throw forbidden();
  const language = ctx.actor.language as Language;
  const skills = skillsOfQueues(deps.queues);
  return {
    languages: [...deps.languages],
    projects: deps.projects.map(({ key, name }) => ({ key, name: name[language] })),
    skills: [...skills].map(([key, projects]) => ({ key, name: own(deps.skillNames, key)?.[language] ?? null, mayChange: may(ctx, "operators.skills", { projects }) })),
    queues: deps.queues.map((queue) => ({ ...queue, name: queue.name[language] })),
    server: deps.server(),
    freeExtension: may(ctx, "operators.phone") ? await selectFreeExtension(ctx.db, [...deps.numbers.keys()]) : null,
  };
}

export function changeOperator(ctx: Ctx, deps: OperatorsDeps, id: string, input: Change): Promise<OperatorView> {
  const { version, languages, skills } = input;
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, id);
    refuseWithoutRight(ctx, before, input);
    if (skills) refuseSkills(ctx, deps, before, skills);
    const extension = input.extension === before.extension ? undefined : input.extension;
    if (extension !== undefined) await refuseExtension(ctx, deps, before, extension);
    // HA1 is made of the extension too: with another one the old password is none.
    const phone = extension === undefined ? {} : { sipUser: extension, sipHa1: null, sipContact: null };
    if (!(await updateOperatorRow(ctx.db, id, version, { ...(languages && { languages: [...new Set(languages)] }), ...(skills && { skills }), ...phone }))) throw conflict("changed_meanwhile");
    if (extension !== undefined) await forgetPhones(ctx, before.extension, extension);
    return announced(ctx, before, "operator.changed");
  });
}

function refuseWithoutRight(ctx: Ctx, operator: OperatorDetail, { extension, languages, skills }: Change): void {
  const isOfPhone = extension !== undefined;
  if (isOfPhone && !may(ctx, "operators.phone", guarded(operator))) throw forbidden();
  if ((!isOfPhone || languages || skills) && !may(ctx, "operators.skills", guarded(operator))) throw forbidden();
}

/** A phone, or a new password for it: known to whoever reads the answer and to nobody else from then on. */
export async function givePhone(ctx: Ctx, deps: OperatorsDeps, id: string, input: Gift) {
  const password = newPhonePassword();
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, id);
    if (!may(ctx, "operators.phone", guarded(before))) throw forbidden();
    const extension = input.extension ?? before.extension;
    if (!extension) throw invalidField("extension", "required");
    await refuseExtension(ctx, deps, before, extension);
    const sipHa1 = { md5: digestHa1("MD5", extension, SIP_REALM, password), sha256: digestHa1("SHA-256", extension, SIP_REALM, password) };
    if (!(await updateOperatorRow(ctx.db, id, input.version, { sipUser: extension, sipHa1, sipContact: null }))) throw conflict("changed_meanwhile");
    await forgetPhones(ctx, before.extension, extension);
    const operator = await announced(ctx, before, "operator.phone_given", { passwordChanged: true });
    return { operator, extension, password, server: deps.server() };
  });
}

/** The account is gone and calls ring in the browser; refused while a call is on the phone, which would lose its operator. */
export function takePhone(ctx: Ctx, id: string, version: number): Promise<OperatorView> {
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, id);
    if (!may(ctx, "operators.phone", guarded(before))) throw forbidden();
    if (!before.extension && !before.sipContact) throw conflict("no_phone");
    if (before.device === "phone" && (before.state === "offered" || before.state === "talking")) throw conflict("on_the_phone");
    if (!(await updateOperatorRow(ctx.db, id, version, { sipUser: null, sipHa1: null, sipContact: null, device: "browser" }))) throw conflict("changed_meanwhile");
    await forgetPhones(ctx, before.extension);
    return announced(ctx, before, "operator.phone_taken");
  });
}

async function load(ctx: Ctx, id: string): Promise<OperatorDetail> {
  const operator = await selectOperatorDetail(ctx.db, id);
  if (!operator) throw notFound("operator", id);
  return operator;
}

const guarded = (operator: OperatorDetail) => ({ projects: operator.projects, ownerId: operator.id });

/** What an operator has from before stays, whatever the declarations say now; new is only what a queue asks for. */
function refuseSkills(ctx: Ctx, deps: OperatorsDeps, before: OperatorDetail, skills: Record<string, number>): void {
  const known = skillsOfQueues(deps.queues);
  const changed = changedSkills(before.skills, skills);
  const unknown = changed.filter((key) => skills[key] !== undefined && !known.has(key));
  if (unknown.length > 0) throw invalid(unknown.map((key) => ({ field: `skills.${key}`, code: "unknown_skill", params: { key } })));
  const foreign = changed.filter((key) => !may(ctx, "operators.skills", { projects: known.get(key) ?? [] }));
  if (foreign.length > 0) throw forbidden("skill_of_another_project");
}

async function refuseExtension(ctx: TxCtx, deps: OperatorsDeps, before: OperatorDetail, extension: string): Promise<void> {
  if (!isExtension(extension)) throw invalidField("extension", "bad_extension");
  const answers = deps.numbers.get(extension);
  const language = readerLanguage(ctx);
  if (answers) throw invalidField("extension", "extension_answers", { name: answers[language] });
  const holder = await selectHolder(ctx.db, extension);
  if (holder && holder.id !== before.id) throw invalidField("extension", "extension_taken", { name: holder.name });
}

/** What registered with the old credentials is called no more. */
async function forgetPhones(ctx: TxCtx, ...extensions: (string | null)[]): Promise<void> {
  for (const extension of new Set(extensions)) if (extension) await deleteRegistration(ctx.db, extension, null);
}

/** What changed, told and kept; the password and its hashes are in neither. */
async function announced(ctx: TxCtx, before: OperatorDetail, action: string, more: object = {}): Promise<OperatorView> {
  const after = await load(ctx, before.id);
  const [was, is] = [facts(before), facts(after)];
  const changed = Object.keys(is).filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]));
  await emit(ctx, operatorChanged(before.id, "passwordChanged" in more ? [...changed, "password"] : changed));
  await audit(ctx, { action, object: { kind: "operator", id: before.id }, before: was, after: { ...is, ...more } });
  return toView(after);
}

const facts = ({ languages, skills, device, extension, hasPassword, sipContact }: OperatorDetail): Record<string, unknown> =>
  ({ languages, skills, device, extension, hasPassword, ...(sipContact && { fixedAddress: sipContact }) });

const toView = (row: OperatorDetail): OperatorView => ({
  id: row.id, name: row.name, projects: row.projects, disabled: row.disabled, takesCalls: row.roles.includes("operator"), languages: row.languages, skills: row.skills, device: row.device,
  phone: { extension: row.extension, hasPassword: row.hasPassword, registered: row.registered, agent: row.agent, fixedAddress: row.sipContact }, version: row.version,
});

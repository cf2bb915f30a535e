import type { z } from "zod";
import { maskContacts, may, type Guarded, type Right } from "../access/index.ts";
import { interactionClient } from "../interactions/index.ts";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { AppError, conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import { newId } from "../../platform/ids.ts";
import type { ClientView, createClient as createContract, updateClient as updateContract } from "./clients.contract.ts";
import { callsJoined, clientArchived, clientChanged, clientConfirmed, clientCreated } from "./clients.events.ts";
import { countryOf, normalizePhone } from "./clients.phones.rules.ts";
import { difference, isNobody, projectsAfter, type ClientData } from "./clients.rules.ts";
import { searchText } from "./clients.search.rules.ts";
import { addProject, insertClient, joinUnknown, lockNumbers, selectCallerIds, selectClient, selectDoubles, updateClientRow, updateMark, type ClientCard } from "./clients.sql.ts";

type NewClient = z.input<typeof createContract.body>;
type ClientChange = z.input<typeof updateContract.body>;
type Wanted = Omit<ClientData, "address"> & { address: Partial<ClientData["address"]> };

const EMPTY: ClientData = {
  kind: "person", familyName: "", givenName: "", middleName: "", organisation: "", language: null, phones: [], emails: [],
  address: { city: "", street: "", house: "", flat: "", postcode: "", country: "" }, pinnedNote: "", flags: [], projects: [],
};

export async function getClient(ctx: Ctx, id: string): Promise<ClientView> {
  return toView(ctx, await load(ctx, id, "clients.read"));
}

/**
 * Adds a client. A number that a client already has is told as `possible_duplicate` with their ids, unless `force`.
 * With `interactionId` the caller of that conversation becomes this client.
 */
export async function createClient(ctx: Ctx, input: NewClient): Promise<ClientView> {
  if (!may(ctx, "clients.write")) throw forbidden();
  const { force = false, interactionId = null, ...given } = input;
  const wanted = { ...EMPTY, ...defined(given), projects: given.projects ?? mine(ctx) ?? [] };
  const data = await clean(ctx, EMPTY, wanted);
  return inTx(ctx, async (ctx) => {
    await lockNumbers(ctx.db, data.phones);
    if (!force) await refuseDoubles(ctx, data.phones);
    const id = newId(ctx.now().getTime());
    await insertClient(ctx.db, id, data, { search: searchOf(data), now: ctx.now() });
    if (interactionId) await interactionClient(ctx, interactionId, id);
    await emit(ctx, clientCreated(id, interactionId));
    await audit(ctx, { action: "client.created", object: { kind: "client", id }, after: data });
    if (interactionId) await joinCalls(ctx, id, interactionId);
    return toView(ctx, (await selectClient(ctx.db, id))!);
  });
}

/** Changes what is given and leaves the rest; only the version seen is changed. */
export async function updateClient(ctx: Ctx, id: string, input: ClientChange): Promise<ClientView> {
  const { version, ...given } = input;
  return inTx(ctx, async (ctx) => {
    const card = await load(ctx, id, "clients.write");
    refuseArchived(card);
    const before = dataOf(card);
    const after = await clean(ctx, before, { ...before, ...defined(given) });
    await write(ctx, card, version, after);
    const changed = difference(before, after);
    await emit(ctx, clientChanged(id, Object.keys(changed.after)));
    await audit(ctx, { action: "client.changed", object: { kind: "client", id }, ...changed });
    return toView(ctx, (await selectClient(ctx.db, id))!);
  });
}

export async function archiveClient(ctx: Ctx, id: string, input: { archived: boolean; version: number }): Promise<ClientView> {
  return inTx(ctx, async (ctx) => {
    const card = await load(ctx, id, "clients.archive");
    if (card.mergedInto) throw conflict("client_merged", { id: card.mergedInto });
    const done = await updateMark(ctx.db, id, input.version, { archivedAt: input.archived ? ctx.now() : null, updatedAt: ctx.now() });
    if (!done) throw conflict("changed_meanwhile");
    await emit(ctx, clientArchived(id, input.archived));
    await audit(ctx, { action: input.archived ? "client.archived" : "client.restored", object: { kind: "client", id } });
    return toView(ctx, (await selectClient(ctx.db, id))!);
  });
}

/** The client was asked and said that the data are right (R071). */
export async function confirmClient(ctx: Ctx, id: string, version: number): Promise<ClientView> {
  return inTx(ctx, async (ctx) => {
    const card = await load(ctx, id, "clients.write");
    refuseArchived(card);
    const now = ctx.now();
    if (!(await updateMark(ctx.db, id, version, { dataConfirmedAt: now, updatedAt: now }))) throw conflict("changed_meanwhile");
    await emit(ctx, clientConfirmed(id));
    await audit(ctx, { action: "client.confirmed", object: { kind: "client", id }, before: { dataConfirmedAt: card.dataConfirmedAt }, after: { dataConfirmedAt: now } });
    return toView(ctx, (await selectClient(ctx.db, id))!);
  });
}

/** A client who came to a project belongs to it once somebody who may read the card has said that it was them: its operators see the card from then on. */
export async function rememberProject(ctx: TxCtx, id: string, projectKey: string): Promise<void> {
  if (await addProject(ctx.db, id, projectKey)) await audit(ctx, { action: "client.project_added", object: { kind: "client", id }, after: { project: projectKey } });
}

/** Somebody has said who the caller of this conversation is: what the number did before anybody knew it comes to the card. */
export async function joinCalls(ctx: TxCtx, id: string, interactionId: string): Promise<void> {
  const joined = await joinUnknown(ctx.db, id, interactionId, ctx.now());
  if (joined.calls === 0 && joined.ticketIds.length === 0) return;
  await emit(ctx, callsJoined(id, joined));
  await audit(ctx, { action: "client.calls_joined", object: { kind: "client", id }, after: { interactionId, ...joined } });
}

/** The actor's projects, or null for the system, which works in all. */
export const mine = (ctx: Ctx): string[] | null => (ctx.actor.kind === "user" ? ctx.actor.projects : null);
const guarded = (card: Pick<ClientCard, "projects">): Guarded => ({ projects: card.projects });

/** A card that one may not read is not found: its existence tells nothing. */
export async function load(ctx: Ctx, id: string, right: Right): Promise<ClientCard> {
  const card = await selectClient(ctx.db, id);
  if (!card || !may(ctx, "clients.read", guarded(card))) throw may(ctx, "clients.read") ? notFound("client", id) : forbidden();
  if (!may(ctx, right, guarded(card))) throw forbidden();
  return card;
}

export const refuseArchived = (card: ClientCard): void => {
  if (card.mergedInto) throw conflict("client_merged", { id: card.mergedInto });
  if (card.archivedAt) throw conflict("client_archived");
};

export async function write(ctx: TxCtx, card: ClientCard, version: number, data: ClientData): Promise<void> {
  if (!(await updateClientRow(ctx.db, card.id, version, { data, search: searchOf(data), now: ctx.now() }))) throw conflict("changed_meanwhile");
}

async function refuseDoubles(ctx: TxCtx, phones: string[]): Promise<void> {
  const doubles = phones.length > 0 ? await selectDoubles(ctx.db, phones, mine(ctx)) : [];
  if (doubles.length === 0) return;
  const fields = doubles.map((double) => ({ field: `phones.${phones.indexOf(double.number)}`, code: "possible_duplicate", params: { names: double.name } }));
  throw new AppError("conflict", "possible_duplicate", { fields, params: { ids: [...new Set(doubles.map((each) => each.id))].join(","), names: [...new Set(doubles.map((each) => each.name))].join(", ") } });
}

/** Numbers in E.164, addresses in small letters, projects within one's own; refuses what cannot be. */
async function clean(ctx: Ctx, before: ClientData, wanted: Wanted): Promise<ClientData> {
  const projects = projectsAfter(before.projects, wanted.projects, mine(ctx));
  if (projects === "not_mine") throw invalidField("projects", "not_your_project");
  if (projects.length === 0) throw invalidField("projects", "required");
  const kept = new Set(before.phones);
  const countries = wanted.phones.every((phone) => kept.has(phone)) ? [] : (await selectCallerIds(ctx.db, projects)).flatMap((number) => countryOf(number) ?? []);
  const phones = wanted.phones.map((phone, index) => {
    const number = kept.has(phone) ? phone : normalizePhone(phone, countries);
    if (!number) throw invalidField(`phones.${index}`, "not_a_phone", { phone });
    return number;
  });
  const emails = wanted.emails.map((address) => address.trim().toLowerCase());
  const data = { ...wanted, address: { ...EMPTY.address, ...wanted.address }, projects, phones: [...new Set(phones)], emails: [...new Set(emails)] };
  if (isNobody(data)) throw invalidField("familyName", "required");
  return data;
}

export const searchOf = (data: ClientData): string =>
  searchText({ names: [data.familyName, data.givenName, data.middleName, data.organisation], places: [data.address.city, `${data.address.street} ${data.address.house}`], phones: data.phones, emails: data.emails });

const defined = <T extends object>(given: T): Partial<{ [K in keyof T]: NonNullable<T[K]> | Extract<T[K], null> }> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;

export const dataOf = ({ kind, familyName, givenName, middleName, organisation, language, phones, emails, address, pinnedNote, flags, projects }: ClientCard): ClientData =>
  ({ kind, familyName, givenName, middleName, organisation, language, phones, emails, address: { ...EMPTY.address, ...address }, pinnedNote, flags, projects });

export function toView(ctx: Ctx, card: ClientCard): ClientView {
  const masked = !may(ctx, "clients.see_contacts", guarded(card));
  const view: ClientView = {
    ...dataOf(card), id: card.id, name: card.name, dataConfirmedAt: card.dataConfirmedAt?.toISOString() ?? null, archived: card.archivedAt !== null, mergedInto: card.mergedInto, masked,
    version: card.version, createdAt: card.createdAt.toISOString(), updatedAt: card.updatedAt.toISOString(),
  };
  return masked ? maskContacts(view) : view;
}

import { randomUUID } from "node:crypto";
import { fill, type Route, type Shape } from "./access.shapes.ts";
import { DEPARTMENT, type FieldsHouse, OTHER, OWN, type Role, ROLES, sideBySide } from "./fields.house.ts";

/** What one request is about, made for it alone: a deed does not stand in another's way. */
interface Things { ticket: string; client: string; user: string; record: string; other: { ticket: string; number: string; client: string; call: string; user: string; record: string }; own: { ticket: string; number: string; call: string; client: string } }
type Body = Record<string, unknown>;

const soon = (): string => new Date(Date.now() + 86_400_000).toISOString();

/** A body that is taken, of the routes whose plainest body would be refused. */
const BASES: Record<string, (things: Things) => Body> = {
  "POST /api/tickets": () => ({ projectKey: OWN, type: "question", subject: "Matrix" }),
  "PATCH /api/tickets/{id}": () => ({ version: 1 }),
  "POST /api/tickets/{id}/transitions": () => ({ version: 1, transition: "take" }),
  "POST /api/tickets/{id}/messages": () => ({ id: randomUUID(), text: "Matrix" }),
  "POST /api/tickets/{id}/relations": ({ own }) => ({ side: "related", number: own.number }),
  "POST /api/tickets/bulk": ({ ticket }) => ({ selection: { ids: [ticket] }, action: { kind: "change", priority: 2 } }),
  "POST /api/tickets/views": () => ({ name: "Matrix", filter: {} }),
  "POST /api/clients": () => ({ kind: "person", familyName: "Matrix", projects: [OWN], force: true }),
  "PATCH /api/clients/{id}": () => ({ version: 1 }),
  "POST /api/clients/{id}/merge": ({ own }) => ({ otherId: own.client, version: 1 }),
  "POST /api/clients/{id}/archive": () => ({ archived: true, version: 1 }),
  "POST /api/clients/{id}/confirm": () => ({ version: 1 }),
  "POST /api/access/users": () => ({ login: `made.${randomUUID()}`, name: "Matrix", language: "en", roles: ["operator"], projects: [OWN], department: null, password: "a-password-nobody-guesses" }),
  "PUT /api/access/users/{id}": () => ({ name: "Matrix", language: "en", roles: ["operator"], projects: [OWN], department: null, disabled: false, version: 1 }),
  "PATCH /api/operators/{id}": () => ({ version: 1, languages: ["en"] }),
  "PUT /api/floor/operators/{id}/state": () => ({ state: "offline" }),
  "PUT /api/calls/{id}/client": ({ own }) => ({ clientId: own.client }),
  "POST /api/promises": ({ ticket }) => ({ ticketId: ticket, text: "Matrix", dueAt: soon() }),
  "POST /api/forms/records": () => ({ id: randomUUID(), projectKey: OWN, formKey: "connection" }),
  "PATCH /api/forms/records/{id}": () => ({ version: 1, changes: [{ path: "note", value: "Matrix" }] }),
  "POST /api/forms/records/{id}/attach": ({ ticket }) => ({ kind: "ticket", id: ticket }),
};

/** A value of one's own project for a field, and one of a project the reader does not work in. */
function valuesFor(path: string, [name, shape]: [string, Shape], things: Things): { own: unknown; foreign?: unknown } {
  const { own, other, ticket, client } = things;
  const known: Record<string, { own: unknown; foreign?: unknown }> = {
    projectKey: { own: OWN, foreign: OTHER }, projects: { own: [OWN], foreign: [OTHER] }, clientId: { own: path.startsWith("/api/promises") ? undefined : client, foreign: other.client }, ticketId: { own: ticket, foreign: other.ticket },
    interactionId: { own: own.call, foreign: other.call }, ownerId: { own: things.user, foreign: other.user }, department: { own: "accounting", foreign: "nowhere" }, otherId: { own: own.client, foreign: other.client },
    number: { own: own.number, foreign: other.number }, formRecordId: { own: things.record, foreign: other.record }, subject: { own: shape.type === "string" ? "Matrix" : { kind: "ticket", id: ticket }, ...(shape.type !== "string" && { foreign: { kind: "ticket", id: other.ticket } }) },
    shared: { own: { projectKey: OWN, role: null }, foreign: { projectKey: OTHER, role: null } }, selection: { own: { ids: [ticket] }, foreign: { ids: [other.ticket] } }, id: { own: undefined, ...(path.endsWith("/attach") && { foreign: other.ticket }) }, type: { own: "question" }, transition: { own: "take" }, formKey: { own: "connection" }, formId: { own: undefined },
    changes: { own: [{ path: "note", value: "Matrix" }] }, action: { own: { kind: "change", department: "accounting" } }, password: { own: "another-password-nobody-guesses" }, kind: { own: undefined },
    roles: { own: ["administrator"] }, phones: { own: ["+38640999888"] }, emails: { own: ["matrix@example.test"] }, contactPhone: { own: "+38640999888" }, contactEmail: { own: "matrix@example.test" }, dueAt: { own: soon() }, priority: { own: 3 }, fields: { own: {} },
    draftId: { own: randomUUID() }, skills: { own: {} }, languages: { own: ["en"] }, extension: { own: "7788" }, language: { own: "sl" }, version: { own: undefined }, reason: { own: "Matrix" },
  };
  return known[name] ?? { own: fill(shape, {}, name) };
}

const ROUTES = new Set(Object.keys(BASES));
const MORE = new Set(["POST /api/tickets/{id}/notes", "POST /api/tickets/{id}/variants", "PUT /api/access/me/language"]);

export interface Written { route: string; field: string; verdicts: Record<Role, string>; faults: string[] }

/** Every field of every body whose route this knows how to ask, by each role. */
export async function tryBodies(house: FieldsHouse, routes: readonly Route[]): Promise<Written[]> {
  const asked = routes.filter(({ method, path, body }) => body && (ROUTES.has(`${method} ${path}`) || MORE.has(`${method} ${path}`)));
  const shared = await sharedThings(house);
  const rows = asked.flatMap((route) => [{ route, field: "", isForeign: false }, ...Object.keys(route.body!.properties ?? {}).flatMap((field) => [{ route, field, isForeign: false }, { route, field, isForeign: true }])]);
  const outside = new Map<string, string>();
  const tryRow = async ({ route, field, isForeign }: (typeof rows)[number]): Promise<Written | null> => {
    const faults: string[] = [];
    const verdicts = {} as Written["verdicts"];
    for (const role of ROLES) {
      const at = `${role} ${route.method} ${route.path}`;
      // Who may not use the route at all is met by the matrix of routes.
      const verdict = outside.get(at) ?? await tryOne(house, shared, { route, field, isForeign, role, faults });
      if (verdict === null) return null;
      if (field === "" && /^(no|404)$/.test(verdict)) outside.set(at, verdict);
      verdicts[role] = verdict;
    }
    if (field !== "" && ROLES.every((role) => outside.has(`${role} ${route.method} ${route.path}`))) return null;
    return { route: `${route.method} ${route.path}`, field: isForeign ? `${field}, another project's` : field, verdicts, faults };
  };
  const plain = await sideBySide(rows.filter(({ field }) => field === ""), 4, tryRow);
  const fields = await sideBySide(rows.filter(({ field }) => field !== ""), 4, tryRow);
  return [...plain, ...fields].filter((one) => one !== null);
}

interface Try { route: Route; field: string; isForeign: boolean; role: Role; faults: string[] }
interface Shared extends Omit<Things, "ticket" | "client" | "user" | "record"> { kept: Pick<Things, "client" | "user" | "record"> }

async function tryOne(house: FieldsHouse, shared: Shared, { route, field, isForeign, role, faults }: Try): Promise<string | null> {
  const things = await freshThings(house, shared, { role, path: route.path });
  const name = `${route.method} ${route.path}`;
  const base = (BASES[name] ?? (() => fill(route.body!, {}) as Body))(things);
  if (field !== "") {
    const values = valuesFor(route.path, [field, route.body!.properties![field]!], things);
    const value = isForeign ? values.foreign : values.own;
    // The body as it is has it already.
    if (value === undefined) return null;
    base[field] = value;
  }
  const before = await stateOf(house, things);
  const reply = await house.ask(`matrix.${role}`, route.method, route.path.replace("{id}", idIn(route.path, things)), base);
  const named = ((reply.body as { errors?: { field: string }[] } | null)?.errors ?? []).map((error) => error.field.split(".")[0]);
  const at = `${role}: ${name} ${field}${isForeign ? " of another project" : ""}`;
  if (reply.status >= 500) faults.push(`${at}: ${reply.status}`);
  if (reply.status !== 200 && before !== await stateOf(house, things)) faults.push(`${at}: ${reply.status}, and something was written`);
  return verdictOf(reply.status, named, field);
}

const verdictOf = (status: number, named: (string | undefined)[], field: string): string => {
  if (status === 200) return "yes";
  if (status === 403) return named.includes(field) ? "no: named" : "no";
  return status === 422 ? (named.includes(field) ? "refused" : `422 ${named.join(" ")}`) : String(status);
};

const idIn = (path: string, things: Things): string => {
  if (path.startsWith("/api/tickets/")) return things.ticket;
  if (path.startsWith("/api/clients/")) return things.client;
  if (path.startsWith("/api/calls/")) return things.own.call;
  return path.startsWith("/api/forms/") ? things.record : things.user;
};

/** Everything of the things that a refused request could have changed. */
const stateOf = async (house: FieldsHouse, { ticket, client, user, record, own }: Things): Promise<string> => JSON.stringify(await house.rows(
  "select (select row_to_json(t) from tickets t where id = $1) as t, (select row_to_json(c) from clients c where id = $2) as c, (select row_to_json(u) from users u where id = $3) as u, (select row_to_json(f) from form_records f where id = $4) as f, (select client_id from interactions i where id = $5) as i",
  [ticket, client, user, record, own.call]));

async function newClient(house: FieldsHouse, project: string): Promise<string> {
  const { id } = (await house.ask("colleague", "POST", "/api/clients", { kind: "person", familyName: `Žagar ${randomUUID().slice(0, 8)}`, projects: [project], force: true })).body as { id: string };
  return id;
}

async function newUser(house: FieldsHouse, project: string): Promise<string> {
  const id = randomUUID();
  await house.rows("insert into users (id, login, name, password_hash, roles, projects, language) values ($1, $2, 'Made', '', '{operator}', $3, 'en')", [id, `made.${id}`, [project]]);
  await house.rows("insert into operators (user_id, languages) values ($1, '{en}')", [id]);
  return id;
}

async function newRecord(house: FieldsHouse, project: string, ownerId: string): Promise<string> {
  const { id: form } = await house.one<{ id: string }>("select id from form_versions where project_key = $1 order by id limit 1", [project]);
  const own = await house.rows<{ id: string }>("select id from form_versions where project_key = $1 and key = 'connection' limit 1", [project]);
  const id = randomUUID();
  await house.rows("insert into form_records (id, project_key, form_id, form_key, owner_id, created_at, updated_at) select $1, $2, v.id, v.key, $3, now(), now() from form_versions v where v.id = $4", [id, project, ownerId, own[0]?.id ?? form]);
  return id;
}

async function newCall(house: FieldsHouse, project: string): Promise<string> {
  const id = randomUUID();
  await house.rows("insert into interactions (id, channel, direction, project_key, state, outcome, from_number, started_at, ended_at) values ($1, 'voice', 'in', $2, 'ended', 'answered', '+38640000111', now(), now())", [id, project]);
  return id;
}

async function sharedThings(house: FieldsHouse): Promise<Shared> {
  const colleague = house.desk("colleague").userId;
  // By the server itself, for the sake of its number.
  const numbered = async (project: string) => {
    const { id, number } = (await house.ask("colleague", "POST", "/api/tickets", { projectKey: project, type: "question", subject: "Matrix" })).body as { id: string; number: string };
    await house.rows("update tickets set owner_id = null, department = $2 where id = $1", [id, DEPARTMENT]);
    return { ticket: id, number };
  };
  const kept = { client: await newClient(house, OWN), user: await newUser(house, OWN), record: await newRecord(house, OWN, colleague) };
  return {
    kept, own: { ...await numbered(OWN), call: await newCall(house, OWN), client: await newClient(house, OWN) },
    other: { ...await numbered(OTHER), call: await newCall(house, OTHER), client: await newClient(house, OTHER), user: await newUser(house, OTHER), record: await newRecord(house, OTHER, colleague) },
  };
}

/** New is what the route is about; the rest is there to be named. */
async function freshThings(house: FieldsHouse, shared: Shared, { role, path }: { role: Role; path: string }): Promise<Things> {
  const is = (...starts: string[]): boolean => starts.some((start) => path.startsWith(`/api/${start}`));
  const { kept, own } = shared;
  return {
    ...shared, ticket: (await house.ticket(OWN, { department: DEPARTMENT })).id,
    own: { ...own, ...(is("calls", "clients") && { call: await newCall(house, OWN) }), ...(is("clients/{id}/merge") && { client: await newClient(house, OWN) }) },
    client: is("clients/") ? await newClient(house, OWN) : kept.client, user: is("access", "operators", "floor") ? await newUser(house, OWN) : kept.user, record: is("forms/records/") ? await newRecord(house, OWN, house.desk(`matrix.${role}`).userId) : kept.record,
  };
}

/** Fields with the lot of their route stand together; a route nobody but one role uses says so by its other columns. */
export function bodyTable(all: readonly Written[]): string {
  const lines = ["Fields of what is sent, by role: yes, no (403; \"named\" says which field), refused (422 at that field), or what the server answered. The first line of a route is its plainest body.", ""];
  lines.push(`${"".padEnd(44)}${ROLES.map((role) => role.padEnd(20)).join("")}`);
  for (const route of new Set(all.map((one) => one.route))) {
    const [plain, ...fields] = all.filter((one) => one.route === route);
    const lotOf = ({ verdicts }: Written): string => ROLES.map((role) => verdicts[role].padEnd(20)).join("");
    lines.push("", `${route.padEnd(44)}${lotOf(plain!)}`);
    const same = fields.filter((one) => lotOf(one) === lotOf(plain!)).map(({ field }) => field);
    for (const one of fields) if (!same.includes(one.field)) lines.push(`  ${one.field.padEnd(42)}${lotOf(one)}`);
    if (same.length > 0) lines.push(`  as the route: ${same.join("; ")}`);
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Names a body does not have, in the ways somebody would try them. */
const STRANGE = { ownerId: "?", owner_id: "?", department: "accounting", projectKey: OTHER, project_key: OTHER, aboutUserIds: [], about_user_ids: [], createdBy: "?", created_by: "?", roles: ["administrator"], projects: [OTHER], status: "closed", stage: "done", number: "INT-1", state: "submitted", subjectId: "?", parentId: "?", mergedInto: "?", permissions: ["*"], ["__proto__"]: { roles: ["administrator"] } };

/** What a body does not declare is not taken, whoever sends it: nothing of it is found afterwards. */
export async function tryStrangers(house: FieldsHouse, routes: readonly Route[]): Promise<string[]> {
  const shared = await sharedThings(house);
  const faults: string[] = [];
  for (const name of ["PATCH /api/tickets/{id}", "POST /api/tickets/{id}/notes", "PATCH /api/clients/{id}", "PATCH /api/operators/{id}", "PATCH /api/forms/records/{id}", "PUT /api/access/me/language"]) {
    const route = routes.find(({ method, path }) => `${method} ${path}` === name)!;
    for (const role of ROLES) {
      const things = await freshThings(house, shared, { role, path: route.path });
      const mine = name.endsWith("language") ? { ...things, user: house.desk(`matrix.${role}`).userId } : things;
      const strange = Object.fromEntries(Object.entries(STRANGE).filter(([key]) => !(key in (route.body!.properties ?? {}))).map(([key, value]) => [key, value === "?" ? house.desk("colleague").userId : value]));
      const before = await guardedOf(house, mine);
      const base = (BASES[name] ?? (() => fill(route.body!, { language: "en" }) as Body))(things);
      const reply = await house.ask(`matrix.${role}`, route.method, route.path.replace("{id}", idIn(route.path, things)), { ...strange, ...base });
      if (before !== await guardedOf(house, mine)) faults.push(`${role}: ${name}: ${reply.status} took what it does not declare`);
    }
  }
  return faults;
}

const guardedOf = async (house: FieldsHouse, { ticket, client, user, record }: Things): Promise<string> => JSON.stringify(await house.rows(
  "select (select row_to_json(t) from (select owner_id, department, project_key, about_user_ids, created_by, status, stage, number, link_hash, parent_id, merged_into from tickets where id = $1) t) as t, (select projects || coalesce(merged_into::text, '') from clients where id = $2) as c, (select row_to_json(u) from (select roles, projects, department, disabled_at, login from users where id = $3) u) as u, (select row_to_json(f) from (select owner_id, project_key, subject_id, state, form_id from form_records where id = $4) f) as f",
  [ticket, client, user, record]));

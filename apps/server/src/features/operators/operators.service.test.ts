import { digestHa1 } from "@linija/sip";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { testHttp, type Browser } from "../../testing/http.ts";
import type { OperatorChoices, OperatorView } from "./operators.contract.ts";
import { operatorsRoutes, selectSipAccount, SIP_REALM, upsertRegistration, type OperatorsDeps } from "./index.ts";

const text = (name: string) => ({ en: name, ru: name, sl: name });
const deps: OperatorsDeps = {
  queues: [
    { id: "internet.support", projectKey: "internet", name: text("Support"), languages: ["sl", "en"], skills: { internet: 2, modem: 1 } },
    { id: "taxi.orders", projectKey: "taxi", name: text("Taxi"), languages: ["ru"], skills: { taxi: 1 } },
  ],
  skillNames: { modem: { en: "Modems", ru: "Модемы", sl: "Modemi" } }, languages: ["en", "ru", "sl"], projects: [{ key: "internet", name: text("Internet") }, { key: "taxi", name: text("Taxi Linija") }], numbers: new Map([["300", text("Taxi Linija")], ["+38615550100", text("Internet")]]),
  server: () => ({ host: "10.0.0.5", port: 5060, transports: ["udp", "tcp"] }),
};
const database = await testDatabase();
const http = await testHttp(database, (app) => operatorsRoutes(app, deps));
const chief = await http.signIn({ roles: ["administrator"], projects: [], name: "Chief" });
const leader = await http.signIn({ roles: ["supervisor"], projects: ["internet"], name: "Leader" });

let names = 0;
/** An operator with a row, as the listener makes one; `who` is their browser. */
async function operator(over: { projects?: string[]; name?: string; skills?: Record<string, number> } = {}): Promise<{ id: string; who: Browser }> {
  const who = await http.signIn({ projects: over.projects ?? ["internet"], name: over.name ?? `Operator ${String(names++).padStart(3, "0")}` });
  await sql`insert into operators (user_id, languages, skills) values (${who.userId}, '{sl}', ${JSON.stringify(over.skills ?? { internet: 3 })}::jsonb)`.execute(database.db);
  return { id: who.userId, who };
}
const read = async (id: string, who = chief): Promise<OperatorView> => (await who.send("GET", `/api/operators/${id}`)).json();
const patch = (id: string, body: object, who = chief) => who.send("PATCH", `/api/operators/${id}`, { version: 1, ...body });
const give = (id: string, body: object, who = chief) => who.send("POST", `/api/operators/${id}/phone`, { version: 1, ...body });
const take = (id: string, version: number, who = chief) => who.send("DELETE", `/api/operators/${id}/phone?version=${version}`);
const trail = async (id: string): Promise<{ action: string; before: object; after: object; text: string }[]> =>
  (await sql<{ action: string; before: object; after: object; text: string }>`select action, before, after, row_to_json(a)::text as text from audit_log a where object_kind = 'operator' and object_id = ${id} order by a.id`.execute(database.db)).rows;
const events = async (id: string): Promise<{ type: string; data: unknown }[]> =>
  (await sql<{ type: string; data: unknown }>`select type, data from events where subject_kind = 'operator' and subject_id = ${id} order by events.id`.execute(database.db)).rows;
const register = async (extension: string, agent: string): Promise<void> => {
  const account = await selectSipAccount(database.db, extension);
  await upsertRegistration(database.db, account!.ha1, { sipUser: extension, contact: `sip:${extension}@10.0.0.9`, callId: "c", cseq: 1, agent, expiresAt: new Date(Date.now() + 60_000) });
};

test("changes languages and skills in one step, tells routing and keeps before and after", async () => {
  const { id } = await operator();
  const reply = await patch(id, { languages: ["sl", "ru", "sl"], skills: { internet: 5, modem: 2 } });
  expect(reply.json()).toMatchObject({ languages: ["sl", "ru"], skills: { internet: 5, modem: 2 }, version: 2 });
  expect(await read(id)).toEqual(reply.json());
  expect(await events(id)).toEqual([{ type: "operator.changed", data: { changed: ["languages", "skills"] } }]);
  expect(await trail(id)).toMatchObject([{ action: "operator.changed", before: { languages: ["sl"], skills: { internet: 3 } }, after: { languages: ["sl", "ru"], skills: { internet: 5, modem: 2 } } }]);
});

test("refuses to save over what another administrator has changed meanwhile, whatever is changed", async () => {
  const { id } = await operator();
  await patch(id, { languages: ["en"] });
  for (const reply of [await patch(id, { languages: ["ru"] }), await give(id, { extension: "290" }), await patch(id, { extension: "291" })]) expect([reply.statusCode, reply.json().code]).toEqual([409, "changed_meanwhile"]);
  expect(await read(id)).toMatchObject({ languages: ["en"], version: 2, phone: { extension: null } });
  expect(await trail(id)).toHaveLength(1);
});

test("lets one of two who save in the same moment be second", async () => {
  const { id } = await operator();
  const replies = await Promise.all([1, 2, 3, 4, 5].map((level) => patch(id, { skills: { internet: level } })));
  expect(replies.map((reply) => reply.statusCode).sort((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
});

test("names the field of a skill no queue asks for, of a wrong level, of no language and of a wrong one", async () => {
  const { id } = await operator();
  const wrong = async (body: object): Promise<string[]> => {
    const reply = await patch(id, body);
    expect(reply.statusCode).toBe(422);
    return reply.json().errors.map((error: { field: string; code: string }) => `${error.field} ${error.code}`);
  };
  expect(await wrong({ skills: { internet: 3, juggling: 2 } })).toEqual(["skills.juggling unknown_skill"]);
  expect(await wrong({ skills: { internet: 6 } })).toEqual(["skills.internet too_much"]);
  expect(await wrong({ skills: { internet: 0 } })).toEqual(["skills.internet too_little"]);
  expect(await wrong({ languages: [] })).toEqual(["languages required"]);
  expect(await wrong({ languages: ["de"] })).toEqual(["languages.0 wrong_choice"]);
  expect(await read(id)).toMatchObject({ version: 1 });
});

test("keeps a skill the declarations no longer know until somebody takes it away", async () => {
  const { id } = await operator({ skills: { internet: 3, fax: 4 } });
  expect((await patch(id, { skills: { internet: 4, fax: 4 } })).statusCode).toBe(200);
  expect((await patch(id, { version: 2, skills: { internet: 4, fax: 5 } })).json().errors[0].field).toBe("skills.fax");
  expect((await patch(id, { version: 2, skills: { internet: 4 } })).json().skills).toEqual({ internet: 4 });
});

test("gives a phone whose password is told once and kept as HA1 only, and is in no event, trail or later answer", async () => {
  const { id } = await operator();
  const reply = await give(id, { extension: "251" });
  const told = reply.json();
  expect(told).toMatchObject({ extension: "251", server: { host: "10.0.0.5", port: 5060, transports: ["udp", "tcp"] }, operator: { version: 2, phone: { extension: "251", hasPassword: true, registered: false } } });
  expect(told.password).toMatch(/^[a-z]{20}$/);
  expect(reply.headers["cache-control"]).toBe("no-store");
  const ha1 = { md5: digestHa1("MD5", "251", SIP_REALM, told.password), sha256: digestHa1("SHA-256", "251", SIP_REALM, told.password) };
  expect((await selectSipAccount(database.db, "251"))?.ha1).toEqual(ha1);
  const [entry] = await trail(id);
  expect(entry).toMatchObject({ action: "operator.phone_given", before: { extension: null, hasPassword: false }, after: { extension: "251", hasPassword: true, passwordChanged: true } });
  const everywhere = JSON.stringify([await trail(id), await events(id), await read(id), (await chief.send("GET", "/api/operators")).json()]);
  for (const secret of [told.password, ha1.md5, ha1.sha256]) expect(everywhere).not.toContain(secret);
});

test("makes the old registration useless with the new password, and with another extension the password too", async () => {
  const { id } = await operator();
  await give(id, { extension: "252" });
  await register("252", "Desk phone 1.0");
  expect((await read(id)).phone).toMatchObject({ registered: true, agent: "Desk phone 1.0" });
  const again = await give(id, { version: 2 });
  expect(again.json().operator.phone).toMatchObject({ extension: "252", registered: false, agent: "" });
  await register("252", "Desk phone 1.0");
  const moved = await patch(id, { version: 3, extension: "253" });
  expect(moved.json().phone).toEqual({ extension: "253", hasPassword: false, registered: false, agent: "", fixedAddress: null });
  expect(await selectSipAccount(database.db, "252")).toBeUndefined();
  expect(await selectSipAccount(database.db, "253")).toBeUndefined();
  expect((await sql`select 1 from sip_registrations where sip_user in ('252', '253')`.execute(database.db)).rows).toEqual([]);
});

test("does not keep a registration whose password was replaced while it was being looked at", async () => {
  const { id } = await operator();
  await give(id, { extension: "254" });
  const old = await selectSipAccount(database.db, "254");
  await give(id, { version: 2 });
  expect(await upsertRegistration(database.db, old!.ha1, { sipUser: "254", contact: "sip:254@10.0.0.9", callId: "c", cseq: 1, agent: "", expiresAt: new Date(Date.now() + 60_000) })).toBeNull();
  expect((await read(id)).phone.registered).toBe(false);
});

test("takes the phone away: account and registration are gone, calls ring in the browser", async () => {
  const { id } = await operator();
  await give(id, { extension: "255" });
  await register("255", "Desk phone");
  await sql`update operators set device = 'phone' where user_id = ${id}`.execute(database.db);
  expect((await take(id, 2)).json()).toMatchObject({ device: "browser", version: 3, phone: { extension: null, hasPassword: false, registered: false } });
  expect(await selectSipAccount(database.db, "255")).toBeUndefined();
  expect((await take(id, 3)).json().code).toBe("no_phone");
  expect((await trail(id)).at(-1)).toMatchObject({ action: "operator.phone_taken", before: { extension: "255", device: "phone" }, after: { extension: null, device: "browser" } });
});

test("does not take a phone away while a call is on it", async () => {
  const { id } = await operator();
  await give(id, { extension: "256" });
  await sql`update operators set device = 'phone' where user_id = ${id}`.execute(database.db);
  await sql`insert into operator_states (operator_id, state, since, idle_since) values (${id}, 'talking', now(), now())`.execute(database.db);
  expect((await take(id, 2)).json().code).toBe("on_the_phone");
  await sql`update operator_states set state = 'not_ready' where operator_id = ${id}`.execute(database.db);
  expect((await take(id, 2)).statusCode).toBe(200);
});

test("refuses an extension of wrong form, one somebody has and one a project answers on, naming the field and whose it is", async () => {
  const { id: holder } = await operator({ name: "Jana Holder" });
  await give(holder, { extension: "260" });
  const { id } = await operator();
  const cases = { "1": "bad_extension", "1234567": "bad_extension", "2a": "bad_extension", "260": "extension_taken", "300": "extension_answers" };
  for (const [extension, code] of Object.entries(cases)) {
    for (const reply of [await give(id, { extension }), await patch(id, { extension })]) {
      expect(reply.statusCode, extension).toBe(422);
      expect(reply.json().errors[0], extension).toMatchObject({ field: "extension", code });
    }
  }
  expect((await give(id, { extension: "260" })).json().errors[0].message).toContain("Jana Holder");
  for (const body of [{}, { extension: " " }]) expect((await give(id, body)).json().errors[0]).toMatchObject({ field: "extension", code: "required" });
  expect((await patch(id, { extension: "" })).json().errors[0]).toMatchObject({ field: "extension", code: "bad_extension" });
  expect((await read(id)).version).toBe(1);
});

test("gives the same extension to one of many who are given it in the same moment", async () => {
  const many = await Promise.all(Array.from({ length: 5 }, () => operator()));
  const replies = await Promise.all(many.map(({ id }) => give(id, { extension: "270" })));
  expect(replies.map((reply) => reply.statusCode).sort((a, b) => a - b)).toEqual([200, 422, 422, 422, 422]);
});

test("lets a supervisor change skills of their own projects for their own people, and no phone", async () => {
  const { id } = await operator({ projects: ["internet", "taxi"], skills: { internet: 3, taxi: 2 } });
  expect((await patch(id, { languages: ["en"], skills: { internet: 4, taxi: 2 } }, leader)).statusCode).toBe(200);
  expect((await patch(id, { version: 2, skills: { internet: 4, taxi: 3 } }, leader)).json()).toMatchObject({ status: 403, code: "skill_of_another_project" });
  for (const reply of [await patch(id, { version: 2, extension: "280" }, leader), await give(id, { version: 2, extension: "280" }, leader), await take(id, 2, leader)]) expect(reply.statusCode).toBe(403);
  const { id: stranger } = await operator({ projects: ["taxi"], skills: {} });
  expect((await patch(stranger, { languages: ["en"] }, leader)).statusCode).toBe(403);
  expect((await leader.send("GET", `/api/operators/${stranger}`)).statusCode).toBe(403);
});

test("lets operators read their own settings and nobody else's, and change nothing", async () => {
  const { id, who } = await operator({ name: "Own Person" });
  const { id: other } = await operator();
  expect(await read(id, who)).toMatchObject({ id, name: "Own Person" });
  expect((await who.send("GET", `/api/operators/${other}`)).statusCode).toBe(403);
  expect((await who.send("GET", "/api/operators")).json().items.map((each: OperatorView) => each.id)).toEqual([id]);
  for (const reply of [await patch(id, { languages: ["en"] }, who), await patch(id, { extension: "281" }, who), await give(id, { extension: "281" }, who), await take(id, 1, who)]) expect(reply.statusCode).toBe(403);
  expect((await who.send("GET", "/api/operators/choices")).json().freeExtension).toBeNull();
  const worker = await http.signIn({ roles: ["department_worker"] });
  for (const url of ["/api/operators", "/api/operators/choices", `/api/operators/${id}`]) expect((await worker.send("GET", url)).statusCode).toBe(403);
});

test("offers only skills that queues ask for, marks those one may set, and proposes a free extension", async () => {
  const choices = (await leader.send("GET", "/api/operators/choices")).json() as OperatorChoices;
  expect(choices.skills).toEqual([{ key: "internet", name: null, mayChange: true }, { key: "modem", name: "Modems", mayChange: true }, { key: "taxi", name: null, mayChange: false }]);
  expect(choices.queues[0]).toEqual({ id: "internet.support", projectKey: "internet", name: "Support", languages: ["sl", "en"], skills: { internet: 2, modem: 1 } });
  const { id } = await operator();
  await give(id, { extension: "200" });
  const free = ((await chief.send("GET", "/api/operators/choices")).json() as OperatorChoices).freeExtension!;
  expect(["200", "300"]).not.toContain(free);
  expect((await give(id, { version: 2, extension: free })).statusCode).toBe(200);
});

test("lists everyone once, by name, page after page, and finds by half a name or the beginning of an extension", async () => {
  const { id } = await operator({ name: "Žiga 100% Šuštar" });
  await give(id, { extension: "9911" });
  const seen: OperatorView[] = [];
  for (let after = ""; ;) {
    const page = (await chief.send("GET", `/api/operators?limit=4${after}`)).json() as { items: OperatorView[]; next: string | null };
    seen.push(...page.items);
    if (!page.next) break;
    after = `&after=${page.next}`;
  }
  const all = (await sql<{ userId: string }>`select user_id from operators`.execute(database.db)).rows.map((row) => row.userId);
  expect(seen.map((each) => each.id).sort()).toEqual(all.sort());
  const found = async (text: string): Promise<string[]> => (await chief.send("GET", `/api/operators?text=${encodeURIComponent(text)}`)).json().items.map((each: OperatorView) => each.name);
  expect(await found("šUŠt")).toEqual(["Žiga 100% Šuštar"]);
  expect(await found("991")).toEqual(["Žiga 100% Šuštar"]);
  expect(await found("0%")).toEqual(["Žiga 100% Šuštar"]);
  expect(await found("%")).toEqual(["Žiga 100% Šuštar"]);
  expect(await found("nobody")).toEqual([]);
  expect((await chief.send("GET", "/api/operators?after=bent")).json().errors[0].field).toBe("after");
  const mine = (await leader.send("GET", "/api/operators?limit=100")).json().items as OperatorView[];
  expect(mine.every((each) => each.projects.includes("internet"))).toBe(true);
});

test("shows a phone of somebody who is no operator any more, so that its extension can be freed", async () => {
  const { id } = await operator({ name: "Was Operator" });
  await give(id, { extension: "271" });
  await sql`update users set roles = '{supervisor}' where id = ${id}`.execute(database.db);
  expect(await read(id)).toMatchObject({ takesCalls: false, phone: { extension: "271" } });
  expect((await take(id, 2)).statusCode).toBe(200);
  expect((await chief.send("GET", "/api/operators?text=Was")).json().items).toEqual([]);
});

test("does not know the phone of somebody who is blocked", async () => {
  const { id } = await operator();
  await give(id, { extension: "272" });
  await sql`update users set disabled_at = now() where id = ${id}`.execute(database.db);
  expect(await selectSipAccount(database.db, "272")).toBeUndefined();
});

test("answers 404 for an operator there is not", async () => {
  for (const reply of [await chief.send("GET", `/api/operators/${newId()}`), await patch(newId(), { languages: ["en"] }), await give(newId(), {}), await take(newId(), 1), await chief.send("GET", `/api/operators/${chief.userId}`)]) expect(reply.statusCode).toBe(404);
});

test.each([["GET", "/api/operators"], ["GET", "/api/operators/choices"], ["GET", `/api/operators/${newId()}`], ["PATCH", `/api/operators/${newId()}`], ["POST", `/api/operators/${newId()}/phone`], ["DELETE", `/api/operators/${newId()}/phone?version=1`]] as const)("asks an unknown visitor to sign in: %s %s", async (method, url) => {
  expect((await http.anonymous(method, url, method === "GET" || method === "DELETE" ? undefined : { version: 1 })).statusCode).toBe(401);
});

import { sql } from "kysely";
import { expect, test } from "vitest";
import { inTx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { FORGET_REGISTRATIONS, operatorsJobs, operatorsListener, selectOperator } from "./index.ts";

const database = await testDatabase();

async function addUser(roles: string[]): Promise<string> {
  const id = newId();
  await sql`insert into users (id, login, name, language, roles, projects, password_hash) values (${id}, ${id}, 'New Person', 'sl', ${roles}, '{shop}', 'none')`.execute(database.db);
  return id;
}

const heard = async (userId: string, fact = { type: "access.user_created", kind: "user" }): Promise<string[]> => {
  const told: string[] = [];
  const listener = operatorsListener({ skillsOf: (projects) => Object.fromEntries(projects.map((project) => [project, 3])), reload: async (id) => { told.push(id); } });
  await inTx(database.ctx(), (ctx) => listener.hear([{ ctx, event: { id: newId(), at: ctx.now(), type: fact.type, subject: { kind: fact.kind, id: userId }, data: {}, actor: ctx.actor, depth: 0, requestId: "" } }]));
  return told;
};

test("R304 lets a new operator take calls of their projects at once, and tells routing", async () => {
  const id = await addUser(["operator"]);
  expect(await heard(id)).toEqual([id]);
  const operator = await selectOperator(database.db, id);
  expect(operator).toMatchObject({ languages: ["sl"], skills: { shop: 3 }, projects: ["shop"], device: "browser" });
});

test("keeps what an operator already has when their user is changed", async () => {
  const id = await addUser(["operator"]);
  await heard(id);
  await sql`update operators set skills = '{"shop": 5}' where user_id = ${id}`.execute(database.db);
  await heard(id);
  expect((await selectOperator(database.db, id))?.skills).toEqual({ shop: 5 });
});

test("never routes calls to people without the role operator", async () => {
  const id = await addUser(["supervisor"]);
  await heard(id);
  expect(await selectOperator(database.db, id)).toBeUndefined();
});

test("tells routing of changed languages, skills or phones, and leaves the row as it was saved", async () => {
  const id = await addUser(["operator"]);
  const changed = { type: "operator.changed", kind: "operator" };
  expect(operatorsListener({ skillsOf: () => ({}), reload: async () => undefined }).wants(changed.type)).toBe(true);
  expect(await heard(id, changed)).toEqual([id]);
  expect(await selectOperator(database.db, id)).toBeUndefined();
});

test("forgets every night the phones whose registration ran out", async () => {
  await sql`insert into sip_registrations (sip_user, contact, expires_at) values ('901', 'sip:old@x', now() - interval '1 minute'), ('901', 'sip:new@x', now() + interval '1 hour')`.execute(database.db);
  await operatorsJobs(database.ctx())[FORGET_REGISTRATIONS]!(null);
  expect((await sql<{ contact: string }>`select contact from sip_registrations where sip_user = '901'`.execute(database.db)).rows).toEqual([{ contact: "sip:new@x" }]);
});

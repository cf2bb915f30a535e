import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import type { TicketFilter } from "./views.contract.ts";
import { findTickets } from "./views.find.service.ts";

const database = await testDatabase();
const system = database.ctx();
await buildProjects(system);
const [ana, denis] = [newId(), newId()];
await sql`insert into users (id, login, name, roles, projects, password_hash, department) values (${ana}, 'ana', 'Ana', '{operator}', '{internet}', '', null), (${denis}, 'denis', 'Denis', '{department_worker}', '{internet}', '', 'technicians')`.execute(database.db);
const asAna = database.ctx({ kind: "user", id: ana, name: "Ana", roles: ["operator"], projects: ["internet"] });
const asDenis = database.ctx({ kind: "user", id: denis, name: "Denis", roles: ["department_worker"], projects: ["internet"], department: "technicians" });
const said = "Modem 4711: call +386 40 777 123 or 386-41-222333, write to ana.koszmrlj@mail.example.si";
const ticket = await buildTicket(system, { subject: "Modem", description: said, fields: { building: said }, department: "technicians", contactPhone: "+38641222333" });

const found = async (ctx: typeof asAna, filter: TicketFilter) => (await findTickets(ctx, { filter: JSON.stringify(filter), sort: "changed" })).items.length;

test("R123 who sees contacts in part finds nothing by them, in no part of them, and everything by other words", async () => {
  const contacts = ["777", "3864", "38640777123", "386 40 777", "koszmrlj", "koszm", "example", "222333", "41"];
  expect(await Promise.all(contacts.map((text) => found(asDenis, { text })))).toEqual(contacts.map(() => 0));
  expect(await Promise.all(["777", "koszm", "222333"].map((text) => found(asAna, { text })))).toEqual([1, 1, 1]);
  const others = ["modem", "4711", "471", "write", ticket.number, ticket.number.slice(0, 11)];
  expect(await Promise.all(others.map((text) => found(asDenis, { text })))).toEqual(others.map(() => 1));
});

test.each([["+38641222333", "041 222 333 or 386/41/222/333", ["041", "222", "333"]], ["+79261222333", "8 (926) 122-23-33", ["926", "122", "23"]], ["041 222 333", "+386 41 222 333, 41 222333", ["386", "222", "222333"]]])("R123 the ticket's own number %s is found by nobody who sees it in part, as %s either", async (contactPhone, spelling, pieces) => {
  const { id } = await buildTicket(system, { subject: `Router of ${spelling}`, description: "", department: "technicians", contactPhone });
  expect(await Promise.all([...pieces, "router"].map((text) => found(asDenis, { text })))).toEqual([0, 0, 0, 1]);
  expect(await Promise.all(pieces.map((text) => found(asAna, { text })))).toEqual(pieces.map(() => expect.toSatisfy((count: number) => count > 0) as unknown));
  await sql`delete from tickets where id = ${id}`.execute(database.db);
});

test("R123 a filter by a field asks of it what is told of it", async () => {
  const fields = (is: "contains" | "equal" | "more", value: string) => ({ fields: [{ field: "fields.building", is, value }] }) as TicketFilter;
  const asked = [fields("contains", "777"), fields("contains", "222333"), fields("contains", "koszm"), fields("equal", said)];
  expect(await Promise.all(asked.map((filter) => found(asDenis, filter)))).toEqual([0, 0, 0, 0]);
  expect(await Promise.all(asked.map((filter) => found(asAna, filter)))).toEqual([1, 1, 1, 1]);
  expect([await found(asDenis, fields("contains", "modem 4711: call")), await found(asDenis, fields("more", "modem"))]).toEqual([1, 1]);
});

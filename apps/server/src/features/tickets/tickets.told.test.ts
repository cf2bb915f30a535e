import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { clientTimeline } from "../clients/clients.list.service.ts";
import { findTickets } from "../views/views.find.service.ts";
import { tickItem } from "./tickets.checks.service.ts";
import { projectOf } from "./tickets.definitions.ts";
import { createTicket as createTicketContract, type TicketView } from "./tickets.contract.ts";
import { listTickets } from "./tickets.list.service.ts";
import { moveTicket } from "./tickets.move.service.ts";
import { buildProcess, CLAIM } from "./tickets.process.testing.ts";
import { createTicket, updateTicket } from "./tickets.service.ts";

const database = await testDatabase();
const text = CLAIM.replace("client_sees: in_work }\n  refunding", "client_sees: in_work, clock: paused }\n  refunding").replace("  refunding:", "  question: { name: { en: Question asked, ru: Задан вопрос, sl: Vprašanje zastavljeno }, client_sees: waiting_for_you, clock: paused }\n  refunding:")
  .replace("  finish:\n", "  ask: { name: { en: Ask, ru: Спросить, sl: Vprašaj }, from: [in_work], to: question, who: [operator] }\n  finish:\n");
await buildProcess(database.ctx(), text);
const ana = actorOf(await buildUser(database.db, { name: "Ana Kos", projects: ["internet"] }));
const boris = actorOf(await buildUser(database.db, { name: "Boris Zajc", projects: ["internet"], roles: ["supervisor"], language: "ru" }));
const as = (actor: Actor) => database.ctx(actor);
const client = await buildClient(database.ctx(), { projects: ["internet"] });
const claim = () => createTicket(as(ana), createTicketContract.body.parse({ projectKey: "internet", type: "claim", subject: "The parcel came broken", clientId: client.id }));
const go = (actor: Actor, { id, version }: TicketView, transition: string, input: Record<string, unknown> = {}) => moveTicket(as(actor), id, { version, transition, input });
const story = async (actor: Actor, id: string) => (await clientTimeline(as(actor), client.id, { limit: 50 })).items.filter(({ data }) => data["ticketId"] === id).toReversed();

test("R123 a client's story names stages, steps, deeds, tasks and people as the ticket's own version of its process does, in the reader's language", async () => {
  let ticket = await go(ana, await claim(), "take");
  ticket = await tickItem(as(ana), ticket.id, { checklist: "evidence", item: "photo", done: true });
  ticket = await updateTicket(as(boris), ticket.id, { version: ticket.version, ownerId: null });
  ticket = await updateTicket(as(boris), ticket.id, { version: ticket.version, ownerId: boris.kind === "user" ? boris.id : null });
  ticket = await go(boris, ticket, "refund", { amount: "9000.00" });
  const told = async (actor: Actor) => (await story(actor, ticket.id)).filter(({ kind }) => kind === "event").map(({ type, names }) => [type, names]);
  expect(await told(ana)).toEqual([
    ["ticket.moved", { step: "Take", from: "Registered", stage: "In work" }], ["ticket.item_ticked", { item: "Photo" }], ["ticket.assigned", {}], ["ticket.assigned", { owner: "Boris Zajc" }],
    ["ticket.approval_wanted", expect.objectContaining({ step: "Refund" })],
  ]);
  expect((await told(boris))[0]).toEqual(["ticket.moved", { step: "Take (ru)", from: "Registered (ru)", stage: "In work (ru)" }]);
  expect((await story(boris, ticket.id)).some(({ data }) => "processId" in data)).toBe(true);
});

test("R123 a ticket that was brought to a version without an old stage still names it in its story", async () => {
  const ticket = await go(ana, await go(ana, await claim(), "take"), "ask");
  await buildProcess(database.ctx());
  await sql`update tickets set stage = 'in_work', process_id = ${(await projectOf(database.db, "internet")).processIds["claim"]!} where id = ${ticket.id}`.execute(database.db);
  expect((await story(boris, ticket.id)).map(({ names }) => names.stage).filter(Boolean)).toEqual(["In work (ru)", "Задан вопрос"]);
  await buildProcess(database.ctx(), text);
});

test("a ticket whose clock stands still says for whom in every list, with its stage by its own name", async () => {
  const taken = await go(ana, await claim(), "take");
  const listed = async (id: string) => {
    const [byView, byFilter] = [(await listTickets(as(boris), { view: "open" })).items, (await findTickets(as(boris), { filter: '{"statuses":["open","waiting"]}', sort: "due" })).items];
    return [byView, byFilter].map((items) => items.find((item) => item.id === id)).map((item) => [item?.stageName, item?.waitsFor]);
  };
  expect(await listed(taken.id)).toEqual([["In work (ru)", null], ["In work (ru)", null]]);
  const asked = await go(ana, taken, "ask");
  expect(await listed(asked.id)).toEqual([["Задан вопрос", "client"], ["Задан вопрос", "client"]]);
  const sent = await go(ana, await go(ana, await claim(), "take"), "ask_warehouse");
  expect(await listed(sent.id)).toEqual([["At the warehouse (ru)", "department"], ["At the warehouse (ru)", "department"]]);
});

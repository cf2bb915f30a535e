import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { createTicket as createTicketContract } from "./tickets.contract.ts";
import { ticketHistory } from "./tickets.history.service.ts";
import { moveTicket } from "./tickets.move.service.ts";
import { buildProcess } from "./tickets.process.testing.ts";
import { createTicket, getTicket, updateTicket } from "./tickets.service.ts";

const database = await testDatabase();
await buildProcess(database.ctx());
const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["internet"], ...over }));
const [ana, boris] = [await user("Ana Kos"), await user("Boris Zajc", { roles: ["supervisor"], language: "ru" })];
const [admin, stranger] = [await user("Peter", { roles: ["administrator"] }), await user("Cene", { projects: ["shop"] })];
const as = (actor: Actor) => database.ctx(actor);

test("R002 an edit of a ticket is stored, versioned and seen in its history with before and after, in the reader's words; contacts only by whom they are told to", async () => {
  const { id, version } = await createTicket(as(ana), createTicketContract.body.parse({ projectKey: "internet", type: "claim", subject: "Broken", contactPhone: "+38640123456" }));
  const edited = await updateTicket(as(ana), id, { version, subject: "The parcel came broken", contactPhone: "+38640123457", priority: 2 });
  expect(edited.version).toBe(version + 1);
  const taken = await moveTicket(as(ana), id, { version: edited.version, transition: "take", input: {} });
  await moveTicket(as(ana), id, { version: taken.version, transition: "refund", input: { amount: "15.00" } });
  const read = async (actor: Actor) => (await ticketHistory(as(actor), id, {})).items.toReversed();
  const [first, step, refund] = await read(ana);
  expect(first).toMatchObject({ by: "Ana Kos", step: null, changes: expect.arrayContaining([{ field: "subject", name: null, before: "Broken", after: "The parcel came broken" }, { field: "priority", name: null, before: "1", after: "2" }, { field: "contactPhone", name: null, before: "+38640123456", after: "+38640123457" }]) as unknown });
  const given = await updateTicket(as(boris), id, { version: (await getTicket(as(ana), id)).version, ownerId: boris.kind === "user" ? boris.id : null });
  expect((await read(ana)).at(-1)!.changes).toEqual([{ field: "ownerId", name: null, before: "Ana Kos", after: "Boris Zajc" }]);
  expect(given.version).toBeGreaterThan(taken.version);
  expect(step!.changes.map(({ field }) => field)).toContain("stage");
  expect(refund!.step).toBe("Refund");
  // Another reads the stage and the step in their own words; who sees contacts in part, sees them so here.
  expect((await read(boris))[1]!.changes.find(({ field }) => field === "stage")!.after).toMatch(/\(ru\)$/);
  expect(JSON.stringify(await read(admin))).not.toContain("4012345");
  expect((await ticketHistory(as(stranger), id, {}).catch((error: AppError) => error)) as AppError).toMatchObject({ code: "not_found" });
  expect((await getTicket(as(ana), id)).version).toBeGreaterThan(edited.version);
});

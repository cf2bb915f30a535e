import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Actor } from "../../platform/db.ts";
import type { AppError } from "../../platform/errors.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { decideApproval, listApprovals } from "./tickets.approvals.service.ts";
import { listReasons } from "./tickets.checks.service.ts";
import { createTicket as createTicketContract, type TicketView } from "./tickets.contract.ts";
import { moveTicket } from "./tickets.move.service.ts";
import { buildProcess, CLAIM } from "./tickets.process.testing.ts";
import { createTicket, getTicket } from "./tickets.service.ts";

/** A refund whose amount is that of the newest papers: it can change while a decision is waited for. */
const PAPERS = CLAIM
  .replace("  fee:", "  papers: { kind: money, currency: EUR, name: { en: Papers, ru: Papers, sl: Papers } }\n  fee:")
  .replace("amount: ticket.fields.amount, refused", "amount: 'has(ticket.fields.papers) ? ticket.fields.papers : ticket.fields.amount', refused")
  .replace("  pay:", "  newer: { name: { en: Newer, ru: Newer, sl: Newer }, from: [in_work], to: in_work, who: [operator, supervisor], requires: [papers] }\n  pay:");
const database = await testDatabase();
await buildProcess(database.ctx(), PAPERS);
const user = async (name: string, over: object = {}) => actorOf(await buildUser(database.db, { name, projects: ["internet"], ...over }));
const [ana, boris, ruth] = [await user("Ana Kos"), await user("Boris Zajc", { roles: ["supervisor"] }), await user("Рут Лах", { roles: ["supervisor"], language: "ru" })];
const as = (actor: Actor) => database.ctx(actor);
const go = async (actor: Actor, id: string, transition: string, input: Record<string, unknown> = {}) => moveTicket(as(actor), id, { version: (await getTicket(as(actor), id)).version, transition, input });
const refusal = (work: Promise<unknown>): Promise<AppError> => work.then(() => { throw new Error("was not refused"); }, (error: unknown) => error as AppError);
/** Ana asks for 150 EUR, which is above what she decides alone. */
const asked = async (): Promise<{ id: string; approvalId: string }> => {
  const { id } = await createTicket(as(ana), createTicketContract.body.parse({ projectKey: "internet", type: "claim", subject: "Broken", contactPhone: "+38640123456" }));
  await go(ana, id, "take");
  const held = await go(ana, id, "refund", { amount: "150.00" });
  return { id, approvalId: held.approvals[0]!.id };
};
const decide = (actor: Actor, at: { id: string; approvalId: string }, decision: "approve" | "refuse" = "approve"): Promise<TicketView> => decideApproval(as(actor), at, { decision, note: "seen" });
const waiting = async (actor: Actor, id: string) => (await listApprovals(as(actor), {})).items.find(({ ticketId }) => ticketId === id)?.amount;

test("R095 who decides, and is told contacts in part, reads neither the ticket's number nor one of its card in what is waited for", async () => {
  const { id } = await asked();
  const card = await buildClient(database.ctx(), { phones: ["+38631987654"], projects: ["internet"] });
  await sql`update tickets set subject = 'Ring 040 123 456 or 031/987-654', client_id = ${card.id} where id = ${id}`.execute(database.db);
  const chief = await user("Darja Hren", { roles: ["management"] });
  const subject = async (actor: Actor) => (await listApprovals(as(actor), {})).items.find(({ ticketId }) => ticketId === id)?.subject;
  expect([await subject(boris), await subject(chief)]).toEqual(["Ring 040 123 456 or 031/987-654", "Ring •••••456 or •••••654"]);
});

test("R133 a yes to one amount does not let another pass: the question stands anew with the amount of now, and who may not decide that is told so", async () => {
  const at = await asked();
  await go(ana, at.id, "newer", { papers: "180.00" });
  expect(await refusal(decide(boris, at))).toMatchObject({ code: "conflict", reason: "approval_amount_changed", params: { was: "€150.00", now: "€180.00" } });
  expect(await getTicket(as(boris), at.id)).toMatchObject({ stage: "in_work", approvals: [{ id: at.approvalId, state: "pending", amount: { amount: "180.00", currency: "EUR" } }] });
  await go(ana, at.id, "newer", { papers: "900000" });
  expect(await refusal(decide(ruth, at))).toMatchObject({ reason: "approval_amount_changed" });
  expect(await refusal(decide(boris, at))).toMatchObject({ code: "forbidden", reason: "approval_above_authority" });
  expect(await waiting(boris, at.id)).toBeUndefined();
  await go(ana, at.id, "newer", { papers: "199.00" });
  const chief = await user("Darja Novak", { roles: ["management"] });
  expect(await refusal(decide(chief, at))).toMatchObject({ reason: "approval_amount_changed" });
  expect(await waiting(boris, at.id)).toMatchObject({ amount: "199.00" });
  expect(await decide(boris, at)).toMatchObject({ stage: "refunding", approvals: [{ state: "approved", decidedBy: "Boris Zajc" }] });
});

test("R133 a step that waits for a decision, sent again because its answer was lost, is asked for once; with another amount, or by another, it is another step", async () => {
  const { id, approvalId } = await asked();
  const { version } = await getTicket(as(ana), id);
  const again = (actor: Actor, amount: string) => moveTicket(as(actor), id, { version: version - 1, transition: "refund", input: { amount } });
  expect(await again(ana, "150.00")).toMatchObject({ version, approvals: [{ id: approvalId, state: "pending" }] });
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${id} and type = 'ticket.approval_wanted'`.execute(database.db);
  expect(rows).toEqual([{ n: 1 }]);
  for (const other of [() => again(ana, "151.00"), () => again(boris, "150.00")]) expect((await refusal(other())).reason).toBe("changed_meanwhile");
});

test("R133 a decision sent again by who made it is answered with the ticket and done once; another decision, or another's, is told that it was decided", async () => {
  for (const [decision, other] of [["approve", "refuse"], ["refuse", "approve"]] as const) {
    const at = await asked();
    const [one, two] = await Promise.all([decide(boris, at, decision), decide(boris, at, decision)]);
    expect([two.stage, two.version, two.approvals[0]!.state]).toEqual([one.stage, one.version, `${decision === "approve" ? "approv" : "refus"}ed`]);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from events where subject_id = ${at.id} and type = 'ticket.approval_decided'`.execute(database.db);
    expect(rows).toEqual([{ n: 1 }]);
    for (const late of [() => decide(boris, at, other), () => decide(ruth, at, decision)]) expect((await refusal(late())).reason).toBe("approval_decided");
  }
});

test("R216 money with more digits than its currency has is refused at its field, with how many there may be", async () => {
  const { id } = await createTicket(as(ana), createTicketContract.body.parse({ projectKey: "internet", type: "claim", subject: "Broken", contactPhone: "+38640123456" }));
  await go(ana, id, "take");
  expect(await refusal(go(ana, id, "refund", { amount: "50.004" }))).toMatchObject({ code: "invalid", fields: [{ field: "input.amount", code: "field_money_exact", params: { currency: "EUR", limit: 2 } }] });
  expect(await getTicket(as(ana), id)).toMatchObject({ stage: "in_work", approvals: [] });
});

test("R126 “why?” says who asked for a step and who approved it, with the amount", async () => {
  const at = await asked();
  await decide(boris, at);
  const said = (await listReasons(as(ana), at.id, {})).items.map((each) => each.said);
  expect(said.find(({ sentence }) => sentence === "approval_given_by")).toMatchObject({ step: "Refund", from: "Ana Kos", who: "Boris Zajc", name: "Refund, €150.00" });
});

test("R133 who decides too late is told what happened meanwhile: another step and who took it, or a process without the step", async () => {
  const moved = await asked();
  await go(ana, moved.id, "ask_warehouse");
  expect(await refusal(decide(boris, moved))).toMatchObject({ code: "conflict", reason: "approval_lapsed_by", params: { name: "Ana Kos", stage: "At the warehouse" } });
  expect(await refusal(decide(ruth, moved, "refuse"))).toMatchObject({ params: { stage: "At the warehouse (ru)" } });
  const changed = await asked();
  await sql`update ticket_approvals set state = 'lapsed', transition = 'gone', decided_at = now() where id = ${changed.approvalId}`.execute(database.db);
  expect(await refusal(decide(boris, changed))).toMatchObject({ reason: "approval_lapsed_version" });
  const decided = await asked();
  await decide(boris, decided);
  expect(await refusal(decide(ruth, decided))).toMatchObject({ reason: "approval_decided" });
});

import { expect, test } from "vitest";
import type { AppError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Rpc } from "../../platform/rpc.ts";
import { testDatabase } from "../../testing/database.ts";
import { actorOf, buildUser } from "../access/access.factory.ts";
import type { RouterClient } from "../queues/index.ts";
import { callbackDone, getTicket, projectOf } from "../tickets/index.ts";
import { buildProjects, buildTicket } from "../tickets/tickets.factory.ts";
import { dialOut, wrapUp, type CallsDeps } from "./calls.service.ts";

const database = await testDatabase();
await buildProjects(database.ctx());
const dispositions = (await projectOf(database.db, "internet")).dispositions;
const deps: CallsDeps = {
  rpc: { call: () => Promise.resolve({ id: newId(), sdp: "answer" }) } as unknown as Rpc, router: { wrapUpDone: () => Promise.resolve() } as unknown as RouterClient,
  ringMs: () => 20_000, wrapUpS: () => 60, disposition: (_project, key) => dispositions.find((each) => each.key === key) ?? null, country: () => "SI", knownProject: () => true, languageOf: () => "sl",
};
const user = await buildUser(database.db, { name: "Ana Kos", projects: ["internet"], roles: ["operator"] });
await database.pool.query("insert into operators (user_id, languages) values ($1, '{sl}')", [user.id]);
const ana = database.ctx(actorOf(user));

/** A call in its wrap-up. */
async function overCall(over: { direction?: "in" | "out"; ticketId?: string; isAnswered?: boolean } = {}): Promise<string> {
  const id = newId();
  const { direction = "out", ticketId = null, isAnswered = true } = over;
  await database.pool.query(`insert into interactions (id, channel, direction, project_key, operator_id, ticket_id, state, outcome, from_number, started_at, answered_at, ended_at)
    values ($1, 'voice', $2, 'internet', $3, $4, 'wrap_up', $5, '+38640111222', now(), $6, now())`, [id, direction, user.id, ticketId, isAnswered ? "answered" : "no_answer", isAnswered ? new Date() : null]);
  return id;
}
/** A callback that Ana calls. */
async function calledBack() {
  const { id } = await buildTicket(database.ctx(), { type: "callback" });
  await dialOut(ana, deps, { number: "+38640111222", projectKey: "internet", ticketId: id, clientId: null, sdp: "offer" });
  return id;
}
const finish = (callId: string, disposition: string, notes = "") => wrapUp(ana, deps, callId, { disposition, notes, ready: true });
const seen = async (id: string) => (({ stage, status, dueAt }) => ({ stage, status, dueAt }))(await getTicket(ana, id));

test("a callback whose line was picked up is being called until the wrap-up says what came of it", async () => {
  for (const [disposition, stage, status] of [["solved", "closed", "closed"], ["not-reached", "not_reached", "open"], ["call-later", "not_reached", "open"], ["wrong-number", "cancelled", "closed"]]) {
    const ticketId = await calledBack();
    const { dueAt } = await seen(ticketId);
    const callId = await overCall({ ticketId });
    expect(await seen(ticketId)).toEqual({ stage: "in_work", status: "open", dueAt });
    await finish(callId, disposition!, disposition === "solved" ? "Router restarted" : "");
    expect(await seen(ticketId), disposition).toMatchObject({ stage, status });
    if (status === "open") expect(await seen(ticketId), disposition).toMatchObject({ dueAt });
  }
});

test("a callback nobody answered was missed when its call ended, whatever is said after it", async () => {
  const ticketId = await calledBack();
  await callbackDone(database.ctx(), ticketId, { result: "missed", operatorId: user.id });
  await finish(await overCall({ ticketId, isAnswered: false }), "solved", "An answering machine");
  expect((await seen(ticketId)).stage).toBe("not_reached");
});

test("a ticket that is no callback stays as it is, whatever came of the call about it", async () => {
  const { id } = await buildTicket(database.ctx(), { type: "question" });
  const before = await getTicket(ana, id);
  await finish(await overCall({ ticketId: id }), "wrong-number");
  expect(await getTicket(ana, id)).toEqual(before);
});

test("a result for calls we make is refused on a call that came in, at its field, and one that needs notes is refused without", async () => {
  const callId = await overCall({ direction: "in" });
  const refusal = (key: string) => finish(callId, key).then(() => null, (error: unknown) => (({ code, fields }) => ({ code, fields }))(error as AppError));
  expect(await refusal("not-reached")).toEqual({ code: "invalid", fields: [{ field: "disposition", code: "disposition_direction" }] });
  expect(await refusal("solved")).toEqual({ code: "invalid", fields: [{ field: "notes", code: "required" }] });
  expect(await refusal("wrong-number")).toBeNull();
});

test("what came of a call, sent again because the answer was lost, is answered as the first time; something else is refused", async () => {
  const callId = await overCall();
  const asked = () => finish(callId, "wrong-number", "Asks for a discount");
  await Promise.all([asked(), asked(), asked()]);
  expect((await asked()).call).toBeNull();
  const { rows } = await database.pool.query("select count(*)::int as n from events where subject_id = $1 and type = 'call.wrapped_up'", [callId]);
  expect(rows).toEqual([{ n: 1 }]);
  await expect(finish(callId, "wrong-number", "Asks for nothing")).rejects.toMatchObject({ code: "conflict", reason: "already_wrapped" });
  await expect(finish(callId, "solved", "Asks for a discount")).rejects.toMatchObject({ reason: "already_wrapped" });
});

import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";
import { registry } from "../../platform/metrics.ts";
import { translate } from "../../platform/messages.ts";
import { newId } from "../../platform/ids.ts";
import { testDatabase } from "../../testing/database.ts";
import { mailProbe } from "./notices.health.ts";

const database = await testDatabase();
const now = new Date("2026-03-02T12:00:00Z");
const probe = mailProbe(database.ctx(undefined, () => now), { SMTP_URL: "", LINIJA_DEMO: true });
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

interface Row { state: "queued" | "sent" | "failed"; createdAt: Date; nextAt?: Date; attempts?: number; error?: string; sentAt?: Date }
/** `tries` have been made, the last just now less `triedS`; the pause after it is the sender's. */
const putOff = (createdS: number, attempts: number, triedS: number, error: string): Row => ({ state: "queued", createdAt: ago(createdS), attempts, nextAt: new Date(ago(triedS).getTime() + Math.round(Math.exp(attempts)) * 1_000), error });
const sent = (sentS: number): Row => ({ state: "sent", createdAt: ago(sentS + 1), sentAt: ago(sentS) });
async function notice({ state, createdAt, nextAt = createdAt, attempts = 0, error, sentAt }: Row): Promise<void> {
  const id = newId(createdAt.getTime());
  await sql`insert into notices (id, cause, key, language, recipient, subject, body_text, body_html, state, attempts, message_id, error, created_at, sent_at, next_at)
    values (${id}, ${id}, 'received', 'en', 'a@example.test', 's', 't', 'h', ${state}, ${attempts}, ${id}, ${error ?? null}, ${createdAt}, ${sentAt ?? null}, ${nextAt})`.execute(database.db);
}

beforeEach(() => sql`delete from notices`.execute(database.db));

test("mail is well when nothing waits, or only for a moment", async () => {
  expect(await probe.look()).toEqual({ state: "ok", detail: "oldest waits 0 s" });
  await notice(sent(300));
  await notice({ state: "queued", createdAt: ago(20) });
  expect(await probe.look()).toEqual({ state: "ok", detail: "oldest waits 20 s" });
});

test("mail is degraded when the server has taken nothing since the last failure; its words stay in the house, its code does not", async () => {
  await notice(sent(900));
  await notice(putOff(600, 5, 100, "connect ECONNREFUSED 10.1.2.3:25 mail.secret.example"));
  expect(await probe.look()).toEqual({ state: "degraded", detail: "oldest waits 600 s, ECONNREFUSED" });
  await notice(putOff(300, 4, 30, "Invalid login: 535 5.7.8 linija@secret.example authentication failed"));
  expect(await probe.look(), "the last error").toEqual({ state: "degraded", detail: "oldest waits 600 s, 535 5.7.8" });
  expect(probe.optional, "the rest of the program works").toBe(true);
});

test("one mailbox that is full for days does not say that mail fails", async () => {
  await notice(putOff(200_000, 9, 600, "452 4.2.2 mailbox full"));
  await notice(sent(60));
  expect(await probe.look()).toEqual({ state: "ok", detail: "oldest waits 200000 s" });
});

test("mail is degraded when nobody takes what is due: no node sends", async () => {
  await notice(sent(500));
  await notice({ state: "queued", createdAt: ago(90) });
  expect(await probe.look()).toEqual({ state: "degraded", detail: "oldest waits 90 s" });
});

test("mail is degraded when the last three were refused for good, though nothing waits", async () => {
  await notice(sent(900));
  for (const createdS of [300, 200]) await notice({ state: "failed", createdAt: ago(createdS), error: "554 5.7.1 blocked" });
  expect((await probe.look()).state).toBe("ok");
  await notice({ state: "failed", createdAt: ago(100), error: "554 5.7.1 blocked" });
  expect(await probe.look()).toEqual({ state: "degraded", detail: "oldest waits 0 s, 554 5.7.1" });
});

test("how long the oldest mail waits is a figure", async () => {
  await notice({ state: "queued", createdAt: ago(45) });
  expect(await registry.getSingleMetricAsString("linija_notices_waiting_seconds")).toContain("linija_notices_waiting_seconds 45");
});

test("without a mail server, which nobody has named and the demo does not run, mail is not well from the first second", async () => {
  const unset = mailProbe(database.ctx(), { SMTP_URL: "", LINIJA_DEMO: false });
  expect([unset.name, await unset.look()]).toEqual(["mail_unset", { state: "degraded", detail: "SMTP_URL" }]);
  for (const language of ["en", "ru", "sl"] as const) expect(translate(language, "health_mail_unset")).toContain("SMTP_URL");
  expect(mailProbe(database.ctx(), { SMTP_URL: "smtp://mail.example", LINIJA_DEMO: false }).name).toBe("mail");
});

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../tools/eventually.ts";
import { type Office, openOffice } from "./office.ts";

/** The same server with a SIP peer that others wrote. */
let office: Office;
beforeAll(async () => { office = await openOffice(); });
afterEach(() => office.tidy());

function sipp(args: string[]): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } {
  const child = spawn("sipp", [...args, "-nostdin", "-i", "127.0.0.1"], { cwd: office.folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => { said += chunk.toString(); });
  const ended = new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    child.on("error", () => reject(new Error("SIPp is not installed; run tools/setup-debian.sh")));
    child.on("exit", (code) => resolve({ code, said: said.slice(-3_000) }));
  });
  return { child, ended };
}

test.each(["udp", "tcp"])("sipp-callers-hang-up-in-queue-become-callbacks: forty over %s, each with a ticket", async (proto) => {
  const begun = new Date();
  const { code, said } = await sipp([`${office.sip.host}:${office.sip.port}`, "-sf", join(import.meta.dirname, "scenarios/hangs-up-in-queue.xml"), "-m", "40", "-r", "40", "-l", "40", ...(proto === "tcp" ? ["-t", "tn", "-max_socket", "100"] : [])]).ended;
  expect(code, said).toBe(0);
  await eventually(async () => {
    const rows = await office.rows<{ outcome: string; state: string; tickets: number }>(`select i.outcome, i.state, (select count(*)::int from tickets t where t.id = i.callback_id and t.type = 'callback') as tickets
      from interactions i where i.from_number like '+3864155%' and i.started_at >= $1`, [begun]);
    expect(rows).toHaveLength(40);
    for (const row of rows) expect(row).toEqual({ outcome: "abandoned", state: "ended", tickets: 1 });
  });
});

test("sipp-phone-answers-and-caller-hangs-up: an operator's phone that others wrote", async () => {
  const timur = await office.desk("timur.akhmetov");
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const { child, ended } = sipp(["-sn", "uas", "-p", String(port), "-m", "1"]);
  await office.rows("insert into sip_registrations (sip_user, contact, expires_at) values ('207', $1, now() + interval '5 minutes')", [`sip:sipp@127.0.0.1:${port}`]);
  await timur.send("PUT", "/api/calls/line/device", { device: "phone" });
  await timur.ready();
  const { from, call } = await office.caller("300");
  await call.waitFor("answered");
  await office.call(from, { state: "talking", operatorId: timur.userId });
  await call.hangUp();
  await office.call(from, { state: "wrap_up", outcome: "answered" });
  // SIPp ends with 0 only when the whole dialog was as its scenario says.
  const { code, said } = await ended;
  expect(code, said).toBe(0);
  child.kill();
  await office.rows("delete from sip_registrations");
});

import { afterEach, beforeAll, expect, test } from "vitest";
import type { OperatorView } from "../../apps/server/src/features/operators/operators.contract.ts";
import { Desk } from "../tools/desk.ts";
import { eventually } from "../tools/eventually.ts";
import { PASSWORD } from "../tools/house.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
let chief: Desk;
beforeAll(async () => {
  office = await openOffice();
  chief = await Desk.open(() => office.url, "peter.admin", PASSWORD);
});
afterEach(() => office.tidy());

/** By the administrator; whoever gets it chooses another at once. */
const GIVEN = "morning fog on the lake";
let hired = 0;
/** Somebody new, as a real installation gets them: a user made by the administrator, and nothing else yet. */
async function hire(): Promise<{ desk: Desk; operator: OperatorView }> {
  const login = `new.person${++hired}`;
  const user = await chief.send("POST", "/api/access/users", { login, name: `New Person ${hired}`, language: "ru", roles: ["operator"], projects: ["taxi"], password: GIVEN });
  await (await Desk.open(() => office.url, login, GIVEN)).send("PUT", "/api/access/me/password", { current: GIVEN, next: PASSWORD });
  const operator = await eventually(() => chief.send("GET", `/api/operators/${String(user.id)}`));
  return { desk: await office.desk(login), operator: operator as never };
}
const change = (operator: OperatorView, body: object): Promise<OperatorView> => chief.send("PATCH", `/api/operators/${operator.id}`, { version: operator.version, ...body }) as never;
const give = (operator: OperatorView, extension?: string): Promise<{ operator: OperatorView; extension: string; password: string; server: { host: string; port: number } }> =>
  chief.send("POST", `/api/operators/${operator.id}/phone`, { version: operator.version, ...(extension && { extension }) }) as never;
const now = (operator: OperatorView): Promise<OperatorView> => chief.send("GET", `/api/operators/${operator.id}`) as never;

test("given-phone-takes-a-call: a person made at the desk registers a phone with what the desk told, and answers on it", async () => {
  const { desk, operator } = await hire();
  expect(operator).toMatchObject({ languages: ["ru"], skills: { taxi: 3 }, phone: { extension: null } });
  expect((await desk.ask("PUT", "/api/calls/line/device", { device: "phone" })).body.code).toBe("no_phone_given");
  const told = await give(operator, "611");
  expect(told.server).toEqual({ host: office.sip.host, port: office.sip.port, transports: ["udp", "tcp"] });
  const phone = await office.phone({ server: told.server, user: told.extension, password: told.password, behaves: "answers" });
  expect(await phone.register()).toBe(200);
  expect((await now(operator)).phone).toMatchObject({ extension: "611", registered: true });
  await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
  await desk.ready();
  const { from, call } = await office.caller("300");
  await call.waitFor("answered");
  expect(await office.call(from, { state: "talking" })).toMatchObject({ operatorId: operator.id });
  expect(phone.calls).toHaveLength(1);
  await call.hangUp();
  await desk.wrapUp();
});

test("new-password-401: the old one and its registration are worth nothing at once, a call is not sent there", async () => {
  const { desk, operator } = await hire();
  const first = await give(operator, "612");
  const phone = await office.phone({ user: "612", password: first.password, behaves: "answers" });
  expect(await phone.register()).toBe(200);
  await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
  const second = await give(await now(operator));
  expect((await now(operator)).phone.registered).toBe(false);
  expect(await phone.register()).toBe(401);
  await desk.ready();
  const { call } = await office.caller("300");
  await desk.state("not_ready", { reason: "failed" });
  expect(phone.calls).toEqual([]);
  await call.hangUp();
  const mended = await office.phone({ user: "612", password: second.password });
  expect(await mended.register()).toBe(200);
});

test("phone-taken-away-401: nobody registers as this extension any more, and the next owner's password is another", async () => {
  const { desk, operator } = await hire();
  const told = await give(operator, "613");
  const phone = await office.phone({ user: "613", password: told.password });
  expect(await phone.register()).toBe(200);
  await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
  await chief.send("DELETE", `/api/operators/${operator.id}/phone?version=${told.operator.version}`);
  expect(await phone.register()).toBe(401);
  expect(await desk.line()).toMatchObject({ device: "browser", extension: null, phoneRegistered: false });
  const { operator: next } = await hire();
  await give(next, "613");
  expect(await phone.register()).toBe(401);
  expect((await now(next)).phone).toMatchObject({ extension: "613", registered: false });
});

test("skill-given-while-a-client-waits: the call rings at the one who may take it now", async () => {
  const { desk, operator } = await hire();
  const told = await give(await change(operator, { skills: {} }), "614");
  const phone = await office.phone({ user: "614", password: told.password, behaves: "answers" });
  await phone.register();
  await desk.send("PUT", "/api/calls/line/device", { device: "phone" });
  await office.linija.settled();
  await desk.ready();
  const { from, call } = await office.caller("300");
  await office.call(from, { state: "waiting" });
  expect(phone.calls).toEqual([]);
  await change(told.operator, { skills: { taxi: 1 } });
  await call.waitFor("answered");
  expect(await office.call(from, { state: "talking" })).toMatchObject({ operatorId: operator.id });
  await call.hangUp();
  await desk.wrapUp();
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routesOf, type Route } from "./access.shapes.ts";
import { bodyTable, tryBodies, tryStrangers, type Written } from "./fields.bodies.ts";
import { type Met, formsOf, formTable, meetForms } from "./fields.forms.ts";
import { FieldsHouse, PROJECTS, ROLES } from "./fields.house.ts";
import { EMPTY } from "./fields.empty.ts";
import { fillWorld, moreAddresses } from "./fields.world.ts";
import { askReplies, buildWorld, contactsTold, emptyPlaces, MARKS, type Reply, replyTable, type World } from "./fields.replies.ts";

/**
 * Every route × every role × every field. What is so stands in `fields.*.txt`, where people read it; a difference, or a
 * field that is new, fails until somebody has looked and run this with MATRIX=write. What may never be so, whatever the
 * tables say, is asserted besides.
 */
let house: FieldsHouse;
let met: Met[];
let routes: Route[];
let world: World;
let replies: Reply[];
let written: Written[];

beforeAll(async () => {
  house = await FieldsHouse.open();
  await house.person("second", { role: "operator", projects: [...PROJECTS] });
  world = await buildWorld(house);
  routes = routesOf(await (await fetch(`${house.server.url}/api/docs/json`)).json() as never);
});
afterAll(() => house?.close());

function asLastRead(name: string, table: string): void {
  const file = join(import.meta.dirname, `fields.${name}.txt`);
  if (process.env.MATRIX === "write") writeFileSync(file, table);
  expect(table.split("\n")).toEqual(readFileSync(file, "utf8").split("\n"));
}

test("each field of each form is read and written by each role as the table says, really tried", async () => {
  const forms = await formsOf(house);
  expect(forms.length).toBeGreaterThan(24);
  met = await meetForms(house, forms);
  asLastRead("forms", formTable(met));
});

test("no form is refused without saying where, and what is refused changes nothing", () => {
  expect(met.flatMap(({ faults }) => faults)).toEqual([]);
});

test("whom a ticket is about has nothing of its forms, whatever their role (R129)", () => {
  expect(met.filter(({ relation }) => relation === "about").flatMap(({ form, role, cells }) => [...cells].filter(([, cell]) => cell !== "--").map(([field, cell]) => `${role}: ${form} ${field}: ${cell}`))).toEqual([]);
});

/** For clients, and what tells of the machine. Files have no fields; who may have them is in access.matrix.txt. */
const APART = /^\/api\/(public|metrics|health|docs)/;

test("each field of each reply is whole, in part or left out for each role as the table says", async () => {
  replies = await askReplies(house, routes.filter(({ method, path, reply }) => method === "GET" && reply !== null && !APART.test(path)), { world, more: moreAddresses(world, await fillWorld(house, world)) });
  expect(replies.length).toBeGreaterThan(50);
  asLastRead("replies", replyTable(replies));
});

test("each place of each reply is filled for somebody, but those it is said of why not", () => {
  const empty = emptyPlaces(replies);
  expect(empty.filter((place) => !EMPTY.some(([pattern]) => pattern.test(place)))).toEqual([]);
  expect(EMPTY.filter(([pattern]) => !empty.some((place) => pattern.test(place))).map(String)).toEqual([]);
});

test("no reply gives a department worker, an administrator or management the client's number or mail, nor anybody a masked document's number", () => {
  const leaks = replies.flatMap(({ route, answers }) => ROLES.flatMap((role) => {
    const found = answers[role].text.replaceAll(/[\s()-]/g, "").includes(MARKS.document) ? ["a document's number"] : [];
    if (role !== "operator" && role !== "supervisor") found.push(...contactsTold(answers[role].text));
    return found.map((what) => `${role}: ${route}: ${what}`);
  }));
  expect(leaks).toEqual([]);
  // Or else nobody was told anything, and this says nothing.
  expect(replies.filter(({ answers }) => contactsTold(answers.supervisor.text).length > 0).length).toBeGreaterThan(20);
});

test("no reply tells anybody of a ticket that is about them, whatever it is about besides (R129)", () => {
  const told = replies.flatMap(({ route, answers }) => ROLES.filter((role) => answers[role].text.includes(world.about[role]) || new RegExp(`(about|About) ${role}`).test(answers[role].text)).map((role) => `${role}: ${route}`));
  // The audit trail is the administrator's, and nothing is left out of it.
  expect(told.filter((one) => one !== "administrator: GET /api/audit")).toEqual([]);
  expect(replies.some(({ answers }) => answers.supervisor.text.includes(world.about.operator))).toBe(true);
});

test("each field of each body is taken or refused by role as the table says", async () => {
  written = await tryBodies(house, routes);
  asLastRead("bodies", bodyTable(written));
});

test("a field that is refused changes nothing and breaks nobody", () => {
  expect(written.flatMap(({ faults }) => faults)).toEqual([]);
});

test("what belongs to another project is taken by nobody who works in this one", () => {
  // An administrator of the installation gives people their projects.
  const taken = written.filter(({ field, route }) => field.endsWith("another project's") && !route.includes("/access/users")).flatMap(({ route, field, verdicts }) => ROLES.filter((role) => verdicts[role] === "yes").map((role) => `${role}: ${route}: ${field}`));
  expect(taken).toEqual([]);
});

test("a department worker gives a ticket to nobody, and puts off no deadline; who sees contacts in part writes over none", () => {
  const row = (field: string) => written.find((one) => one.route === "PATCH /api/tickets/{id}" && one.field === field)!.verdicts.department_worker;
  expect(["ownerId", "department", "priority", "dueAt", "contactPhone", "contactEmail"].map((field) => `${field}: ${row(field)}`).filter((line) => !line.endsWith(": no: named"))).toEqual([]);
});

test("nothing is taken that a body does not declare: owner, project, roles, whom it is about", async () => {
  expect(await tryStrangers(house, routes)).toEqual([]);
});

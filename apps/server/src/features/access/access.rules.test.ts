import { expect, test } from "vitest";
import { roles } from "./access.contract.ts";
import { may, rights, rightsOf, type Asking } from "./access.rules.ts";

const user = (role: string, more: { projects?: string[]; department?: string | null } = {}): Asking =>
  ({ actor: { kind: "user", id: "me", roles: [role], projects: more.projects ?? ["taxi"], department: more.department ?? null } });

test("lets a person do in their own projects what they may not in others (R304)", () => {
  expect(may(user("operator"), "clients.write", { projects: ["taxi", "shop"] })).toBe(true);
  expect(may(user("operator"), "clients.write", { projects: ["shop"] })).toBe(false);
  expect(may(user("operator"), "tickets.read", { projectKey: "shop" })).toBe(false);
  expect(may(user("operator"), "interactions.read", { projectKey: null })).toBe(true);
});

test("lets an operator play only own recordings, and a supervisor those of the project", () => {
  expect(may(user("operator"), "recordings.play", { projectKey: "taxi", ownerId: "me" })).toBe(true);
  expect(may(user("operator"), "recordings.play", { projectKey: "taxi", ownerId: "other" })).toBe(false);
  expect(may(user("supervisor"), "recordings.play", { projectKey: "taxi", ownerId: "other" })).toBe(true);
  expect(may(user("supervisor"), "recordings.play", { projectKey: "shop", ownerId: "me" })).toBe(false);
});

test("keeps a department worker to the tickets of the department", () => {
  const worker = user("department_worker", { department: "network" });
  expect(may(worker, "tickets.move", { projectKey: "taxi", department: "network" })).toBe(true);
  expect(may(worker, "tickets.move", { projectKey: "taxi", department: "billing" })).toBe(false);
  expect(may(worker, "tickets.move", { projectKey: "taxi", department: null })).toBe(false);
  expect(may(worker, "tickets.move", { projectKey: "taxi", department: null, ownerId: "me" })).toBe(true);
  expect(may(user("department_worker"), "tickets.move", { projectKey: "taxi", department: "billing" })).toBe(true);
});

test("gives the administrator the users and the audit trail, not the clients' business", () => {
  expect(rightsOf(["administrator"])).toEqual(expect.arrayContaining(["access.manage", "audit.read"]));
  expect(rightsOf(["administrator"])).not.toEqual(expect.arrayContaining(["clients.write"]));
  for (const role of roles.filter((each) => each !== "administrator")) expect(rightsOf([role])).not.toContain("access.manage");
});

test("R003 management reads its projects and decides, and neither registers, writes, moves, sees contacts nor manages", () => {
  const chief = user("management");
  expect(rightsOf(["management"]).toSorted()).toEqual(["access.colleagues", "clients.history", "clients.read", "floor.read", "forms.read", "handovers.read", "notices.read", "operators.read", "promises.read", "reports.decide", "rules.read", "tickets.approve", "tickets.read"]);
  expect([may(chief, "tickets.approve", { projectKey: "taxi" }), may(chief, "tickets.approve", { projectKey: "shop" }), may(chief, "tickets.read", { projectKey: "taxi", about: ["me"] })]).toEqual([true, false, false]);
});

test("adds up the rights of several roles and gives none to unknown ones", () => {
  expect(rightsOf(["operator", "administrator"])).toEqual(expect.arrayContaining(["calls.take", "access.manage"]));
  expect(rightsOf(["intern"])).toEqual([]);
});

test("lets the system do everything and a client nothing", () => {
  for (const right of rights) {
    expect(may({ actor: { kind: "system" } }, right, { projectKey: "taxi" })).toBe(true);
    expect(may({ actor: { kind: "client" } }, right)).toBe(false);
  }
});

import { digestHa1 } from "@linija/sip";
import { newId } from "../../platform/ids.ts";
import type { RoleName } from "../access/access.contract.ts";
import type { Declarations, Person } from "../projects/index.ts";
import { SIP_REALM } from "../operators/index.ts";

const ROLES: Record<Person["role"], RoleName> = { operator: "operator", supervisor: "supervisor", administrator: "administrator", department: "department_worker", management: "management" };
const daysMs = 86_400_000;

/** One line a role, for the terminal and the sign-in page of the demo. */
export interface SignIn { role: RoleName; login: string; name: string }

export function signInsOf(people: readonly Person[]): SignIn[] {
  const order: Person["role"][] = ["operator", "supervisor", "department", "management", "administrator"];
  return order.flatMap((role) => people.filter((person) => person.role === role).slice(0, 1).map(({ login, name }) => ({ role: ROLES[role], login, name })));
}

/** Everyone's id by sign-in name. */
export type UserIds = ReadonlyMap<string, string>;
export const userIds = (people: readonly Person[], now: Date): UserIds => new Map(people.map(({ login }) => [login, newId(now.getTime() - 200 * daysMs)]));

export const userRows = (people: readonly Person[], ids: UserIds, more: { passwordHash: string; now: Date }) => people.map((person) => ({
  id: ids.get(person.login)!, login: person.login, name: person.name, language: person.language, roles: [ROLES[person.role]], projects: person.projects,
  department: person.department ?? null, password_hash: more.passwordHash, created_at: new Date(more.now.getTime() - 200 * daysMs).toISOString(),
}));

/** Those who speak with clients: their languages, levels and the SIP account of their desk phone. */
const takesCalls = (person: Person): boolean => person.role === "operator" || person.role === "supervisor";

export const operatorRows = (declarations: Declarations, ids: UserIds, password: string) => declarations.people.filter(takesCalls).map((person) => ({
  user_id: ids.get(person.login)!, languages: Object.keys(person.speaks), skills: person.skills, device: "browser",
  queues: declarations.projects.filter(({ project }) => person.projects.includes(project.key)).flatMap(({ project, queues }) => queues.map((queue) => `${project.key}.${queue.key}`)),
  sip_user: person.extension ?? null,
  sip_ha1: person.extension ? { md5: digestHa1("MD5", person.extension, SIP_REALM, password), sha256: digestHa1("SHA-256", person.extension, SIP_REALM, password) } : null,
  wrap_up_s: 60,
}));

export const queueRows = (declarations: Declarations) => declarations.projects.flatMap(({ project, queues }) =>
  queues.map((queue) => ({ id: `${project.key}.${queue.key}`, project_key: project.key, name: queue.name, open: true })));

import { roles as roleNames, type RoleName } from "./access.contract.ts";

/** How far a right reaches: everything, things of one's projects, of one's department within them, or one's own things within them. */
type Reach = "any" | "project" | "department" | "own";
const any = "any", project = "project", department = "department", own = "own", no = null;

/** Who may what. One line a right; the order of columns is that of `COLUMNS`. */
const TABLE = {
  //                        operator  supervisor department_worker administrator  management
  "clients.read":          [project,  project,   project,          project,       project],
  "clients.write":         [project,  project,   no,               no,            no],
  "clients.merge":         [project,  project,   no,               no,            no],
  "clients.archive":       [no,       project,   no,               no,            no],
  "clients.see_contacts":  [project,  project,   no,               no,            no],
  "clients.history":       [no,       project,   no,               project,       project],
  "interactions.read":     [project,  project,   no,               project,       no],
  "calls.take":            [project,  no,        no,               no,            no],
  "calls.dial":            [project,  no,        no,               no,            no],
  "calls.relink":          [own,      project,   no,               no,            no],
  "recordings.play":       [own,      project,   no,               no,            no],
  "tickets.read":          [project,  project,   department,       project,       project],
  "tickets.create":        [project,  project,   department,       no,            no],
  "tickets.write":         [project,  project,   department,       no,            no],
  "tickets.move":          [project,  project,   department,       no,            no],
  "tickets.assign":        [project,  project,   no,               no,            no],
  // Priority and deadline by hand: not for who is measured by them.
  "tickets.plan":          [project,  project,   no,               no,            no],
  "tickets.approve":       [project,  project,   department,       project,       project],
  "tickets.note":          [project,  project,   department,       no,            no],
  // A note alone: also for who was asked for advice about this ticket.
  "tickets.comment":       [project,  project,   department,       no,            no],
  "tickets.attach":        [project,  project,   department,       no,            no],
  // Offering it to another; whoever takes it becomes its owner by the offer alone.
  "tickets.handover":      [project,  project,   department,       no,            no],
  // Taking, or taking back, whatever waits in the project.
  "handovers.lead":        [no,       project,   no,               no,            no],
  // Giving a ticket to whomever, as who answers for how much each has to do.
  "load.give":             [no,       project,   no,               no,            no],
  "handovers.read":        [no,       project,   no,               project,       project],
  "tickets.bulk":          [project,  project,   no,               no,            no],
  "views.share":           [no,       project,   no,               no,            no],
  "promises.read":         [own,      project,   own,              project,       project],
  // A form about a ticket is seen and filled by whom the ticket is; these are for all others besides.
  "forms.read":            [project,  project,   own,              project,       project],
  "forms.fill":            [project,  project,   own,              no,            no],
  "clients.documents":     [project,  project,   no,               no,            no],
  "notices.read":          [project,  project,   department,       project,       project],
  "floor.read":            [no,       project,   no,               project,       project],
  "floor.force":           [no,       project,   no,               no,            no],
  "operators.read":        [own,      project,   no,               any,           project],
  "operators.skills":      [no,       project,   no,               any,           no],
  "operators.phone":       [no,       no,        no,               any,           no],
  "access.colleagues":     [any,      any,       any,              any,           any],
  "access.manage":         [no,       no,        no,               any,           no],
  "audit.read":            [no,       no,        no,               any,           no],
  "outbox.read":           [no,       any,       no,               any,           no],
  "settings.manage":       [no,       no,        no,               any,           no],
  "projects.manage":       [no,       no,        no,               any,           no],
  // Writing down what was decided from a report, which makes a ticket for somebody (R219).
  "reports.decide":        [no,       no,        no,               no,            project],
  "rules.read":            [no,       project,   no,               any,           project],
  // Only with the certificate of the course on rules, which the rules feature looks at.
  "rules.edit":            [no,       no,        no,               any,           no],
  // Doors of the project and what they could not take: whoever answers for its rules has to see why nothing came.
  "webhooks.read":         [no,       project,   no,               any,           no],
  "webhooks.manage":       [no,       no,        no,               any,           no],
} as const satisfies Record<string, readonly [Reach | null, Reach | null, Reach | null, Reach | null, Reach | null]>;

const COLUMNS: readonly RoleName[] = roleNames;
export type Right = keyof typeof TABLE;
export const rights = Object.keys(TABLE) as Right[];

/** The part of a thing that rights look at. What belongs to no project yet is open to all. */
export interface Guarded {
  projectKey?: string | null;
  /** For what belongs to several projects; one in common is enough. Empty: to none yet. */
  projects?: readonly string[];
  ownerId?: string | null;
  department?: string | null;
  /** Colleagues it is about: whatever they may otherwise, this does not exist for them (R129). */
  about?: readonly string[] | null;
  /** Colleagues who were asked for advice about it: they read it and write notes, no more (R214). */
  advisers?: readonly string[] | null;
}

/** The part of `Ctx` that rights look at. */
export interface Asking {
  actor:
    | { kind: "user"; id: string; roles: readonly string[]; projects: readonly string[]; department?: string | null | undefined }
    | { kind: "system" }
    | { kind: "client" };
}

/**
 * May the actor do this, with this thing? Without a thing: might they ever (for lists, which then filter by project).
 * The system may all; a client nothing here: what a client may is said by the service that lets clients in.
 */
export function may(asking: Asking, right: Right, thing?: Guarded): boolean {
  const { actor } = asking;
  if (actor.kind !== "user") return actor.kind === "system";
  return COLUMNS.some((role, column) => actor.roles.includes(role) && reaches(TABLE[right][column] ?? null, actor, thing)) || advises(actor, right, thing);
}

const OF_ADVISERS: ReadonlySet<Right> = new Set<Right>(["tickets.read", "tickets.comment"]);
/** Only what their role may with some ticket, and in projects they work in still; never with one that is about them. */
const advises = (user: User, right: Right, thing: Guarded | undefined): boolean => OF_ADVISERS.has(right) && (thing?.advisers?.includes(user.id) ?? false) && !thing!.about?.includes(user.id)
  && inProjects(user, thing!) && rightsOf(user.roles).includes(right);

/** Every right of these roles, for showing and hiding; the server decides again at every call. */
export const rightsOf = (roles: readonly string[]): Right[] => rights.filter((right) => COLUMNS.some((role, column) => roles.includes(role) && TABLE[right][column] !== null));

type User = Extract<Asking["actor"], { kind: "user" }>;

function reaches(reach: Reach | null, user: User, thing: Guarded | undefined): boolean {
  if (reach === null) return false;
  if (thing?.about?.includes(user.id)) return false;
  if (reach === any || thing === undefined) return true;
  if (!inProjects(user, thing)) return false;
  if (reach === own) return thing.ownerId === user.id;
  return reach === project || inDepartment(user, thing);
}

function inProjects(user: User, thing: Guarded): boolean {
  if (thing.projects && thing.projects.length > 0) return thing.projects.some((key) => user.projects.includes(key));
  return thing.projectKey == null || user.projects.includes(thing.projectKey);
}

/** A worker without a department serves all departments of the projects, but never what was given to none. */
function inDepartment(user: User, thing: Guarded): boolean {
  if (thing.ownerId === user.id) return true;
  return user.department ? thing.department === user.department : thing.department != null;
}

import type { IncomingMessage, Server } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import type { Db } from "../../platform/db.ts";
import { onCommitted, type StoredEvent } from "../../platform/events.ts";
import type { Log } from "../../platform/log.ts";
import { gauge } from "../../platform/metrics.ts";
import type { Rpc } from "../../platform/rpc.ts";
import { actorOfToken, SESSION_COOKIE, toldAtDesk } from "../access/index.ts";
import { contactsBehind, selectAboutOf, type ContactsOf } from "../tickets/index.ts";
import type { Push } from "./realtime.contract.ts";
import { EVERYTHING, hears, placed, type Placed, type Thing } from "./realtime.places.ts";

const GATHER_MS = 40;
const PING_MS = 15_000;
/** Longer than a page takes to read what it shows and to be heard of. */
const RECENT_MS = 30_000;
/** A reload takes a moment; after this without any desk the operator is taken offline. */
const DESK_GONE_MS = 15_000;
/** Of one person on this node: nobody has so many tabs; those that are gone are noticed within two pings. */
const MOST_DESKS = 30;
const sockets = gauge("desk_sockets", "Desks connected to this node");

interface Who { id: string; roles: string[]; projects: string[]; token: string }
interface Desk { socket: WebSocket; token: string; userId: string; /** Who it is now: what they may be told goes by it. */ who: Asking; /** Of these projects, when they supervise. */ alertsOf: string[]; alive: boolean }
export interface RealtimeOptions { db: Db; log: Log; rpc: Rpc; deskGone(userId: string): void; /** Everybody who could have a desk. */ operators(): Promise<string[]> }

/**
 * Tells desks what changed: ids only, gathered for a moment, sent after commit on every node with the web role. A
 * missed push does no harm, for desks fetch again when they connect.
 */
export function startRealtime(server: Server, options: RealtimeOptions): { stop(): void } {
  const { rpc } = options;
  const desks = new Set<Desk>();
  const wss = new WebSocketServer({ noServer: true, maxPayload: 4096 });
  const absence = watchAbsence(desks, options);
  const recent = remember();
  const greet = (desk: Desk): void => send(desk, { kind: "hello", nodeId: rpc.nodeId, at: new Date().toISOString() });
  server.on("upgrade", (request, socket, head) => {
    // Node has taken its own ear off the socket, and a reset while we ask who it is would end the process.
    socket.on("error", () => socket.destroy());
    if (request.url?.split("?")[0] !== "/api/live") { socket.destroy(); return; }
    who(options.db, request).then((user) => {
      if (!user) { socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"); return; }
      if ([...desks].filter((desk) => desk.userId === user.id).length >= MOST_DESKS) { socket.end("HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n"); return; }
      wss.handleUpgrade(request, socket, head, (ws) => welcome(ws, user));
    }, () => socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"));
  });
  const welcome = (socket: WebSocket, user: Who): void => {
    const desk: Desk = { socket, token: user.token, userId: user.id, who: asking(user), alertsOf: alertsOf(user), alive: true };
    desks.add(desk);
    sockets.set(desks.size);
    absence.back(user.id);
    greet(desk);
    socket.on("message", (data: Buffer) => { void catchUp(options.db, desk, recent.since(deafOf(data))); });
    socket.on("pong", () => { desk.alive = true; });
    socket.on("error", (error) => options.log.debug({ error: error.message }, "desk socket"));
    socket.on("close", () => {
      desks.delete(desk);
      sockets.set(desks.size);
      absence.left(user.id);
    });
  };
  rpc.expose("realtime.push", (changes: Changes) => {
    recent.add(changes.things);
    // A call that rings waits for nothing.
    for (const desk of desks) if (changes.lines.includes(desk.userId)) send(desk, { kind: "line" });
    void tellAll(options.db, desks, changes);
    recheck(desks, changes, options);
  });
  const gathering = gather((changes) => { void rpc.broadcast("web", "realtime.push", changes); });
  const ping = setInterval(() => { for (const desk of desks) beat(desk, greet); }, PING_MS);
  return { stop: () => { absence.stop(); clearInterval(ping); gathering(); for (const desk of desks) desk.socket.close(1001); wss.close(); } };
}

/** A ping tells us whether the desk is there; a page does not see pings, so a word tells it that we are. */
function beat(desk: Desk, greet: (desk: Desk) => void): void {
  if (!desk.alive) { desk.socket.terminate(); return; }
  desk.alive = false;
  desk.socket.ping();
  greet(desk);
}

/** How long a desk has been reading without hearing: what it says when it has been let in. */
function deafOf(data: Buffer): number {
  const told = /^\{"deaf":(\d{1,12})\}$/.exec(data.toString("latin1"));
  return told ? Number(told[1]) : 0;
}

/** What is known of what changed is looked up once, on behalf of all desks of this node; where nobody listens nothing is asked. */
async function tellAll(db: Db, desks: ReadonlySet<Desk>, changes: Changes): Promise<void> {
  // Whoever comes later says from when on it has not heard.
  const here = [...desks];
  if (here.length === 0) return;
  const [known, things] = await Promise.all([knownOf(db, changes).catch(() => null), placed(db, changes.things)]);
  const told = known ? changes : { ...changes, alerts: changes.alerts.filter((alert) => subjectOf(alert) === null), reminders: [] };
  for (const desk of here.filter((desk) => desks.has(desk))) {
    for (const message of messagesFor(desk, told, known ?? NOTHING)) send(desk, message);
    tellChanged(desk, things);
  }
}

function tellChanged(desk: Desk, things: readonly Placed[]): void {
  const heard = distinct(things.flatMap((thing) => hears(desk.who.actor, thing) ?? []));
  if (heard.length > 0) send(desk, { kind: "changed", things: heard });
}

/** A call may have rung meanwhile: the desk's own line is read again whatever else has changed. */
async function catchUp(db: Db, desk: Desk, things: Thing[] | null): Promise<void> {
  if (!things) return;
  send(desk, { kind: "line" });
  tellChanged(desk, await placed(db, things));
}

/** More are not named one by one. */
const MOST_THINGS = 500;
const bounded = (things: Thing[]): Thing[] => (things.length > MOST_THINGS ? [EVERYTHING] : things);
const distinct = (things: Thing[]): Thing[] => [...new Map(things.map((thing) => [`${thing.kind}:${thing.id}`, thing])).values()];

/** What changed a short while ago, for whoever read before and hears only now. */
function remember(): { add(things: Thing[]): void; /** Null for who has missed nothing. */ since(deafMs: number): Thing[] | null } {
  const from = performance.now();
  let changes: { at: number; things: Thing[] }[] = [];
  return {
    add: (things) => {
      const now = performance.now();
      changes = changes.filter(({ at }) => now - at < RECENT_MS);
      if (things.length > 0) changes.push({ at: now, things });
    },
    since: (deafMs) => {
      if (deafMs === 0) return null;
      const began = performance.now() - deafMs;
      // Before this process began others told what changed.
      if (deafMs > RECENT_MS || began < from) return [EVERYTHING];
      return bounded(distinct(changes.filter(({ at }) => at >= began).flatMap(({ things }) => things)));
    },
  };
}

/**
 * An operator without a desk on any web node is taken offline: a while after the last socket closed, and a while after
 * this process began, for those whose desks did not come back. When a node does not answer, nobody is judged.
 */
function watchAbsence(desks: Set<Desk>, { rpc, log, deskGone, operators }: RealtimeOptions) {
  const gone = new Map<string, NodeJS.Timeout>();
  rpc.expose("realtime.desks", () => [...new Set([...desks].map((desk) => desk.userId))]);
  const judge = async (userIds: string[]): Promise<void> => {
    const { replies, isComplete } = await rpc.gather<string[]>("web", "realtime.desks", null);
    if (!isComplete) return;
    const here = new Set(replies.flat());
    for (const userId of userIds) if (!here.has(userId)) deskGone(userId);
  };
  const failed = (error: unknown): void => log.debug({ error: String(error) }, "desks not looked at");
  const first = setTimeout(() => { operators().then(judge).catch(failed); }, DESK_GONE_MS);
  return {
    back: (userId: string) => { clearTimeout(gone.get(userId)); gone.delete(userId); },
    left: (userId: string) => {
      if ([...desks].some((desk) => desk.userId === userId)) return;
      gone.set(userId, setTimeout(() => { gone.delete(userId); judge([userId]).catch(failed); }, DESK_GONE_MS));
    },
    stop: () => { clearTimeout(first); for (const timer of gone.values()) clearTimeout(timer); },
  };
}

/** A session that ended, or a user who was blocked, loses the socket too. */
function recheck(desks: Set<Desk>, changes: Changes, { db, log }: RealtimeOptions): void {
  for (const desk of desks) {
    if (!changes.things.some((thing) => thing.kind === "user" && thing.id === desk.userId)) continue;
    actorOfToken(db, desk.token).then((actor) => {
      if (actor) Object.assign(desk, { who: asking(actor), alertsOf: alertsOf(actor) });
      else desk.socket.close(4401);
      return actor;
    }).catch((error: unknown) => log.debug({ error: String(error) }, "session not looked at"));
  }
}

type Alert = Extract<Push, { kind: "alert" }>;
interface Reminder { userId: string; push: Extract<Push, { kind: "reminded" }> }
interface Changes { /** A node of before there were any sends none. */ reminders?: Reminder[]; things: Thing[]; lines: string[]; /** With the project whose supervisors are told, and whom it concerns besides. Without a project: that person alone, or everybody who supervises when it names nobody. */ alerts: Told[] }
interface Told { projectKey: string | null; userId?: string | null; alert: Alert; /** What it is of, where that may be known by a number; a node of before tells of tickets only. */ subjectId?: string | null }
const subjectOf = ({ alert, subjectId }: Told): string | null => subjectId ?? alert.ticketId;

/** Ticket → colleagues it is about: whatever their role, no word about it reaches their desks (R129). */
type About = ReadonlyMap<string, readonly string[]>;
/** What telling takes: whom it is about, and which numbers are people's own in whatever way they are written. */
interface Known { about: About; contacts: ContactsOf }
const NOTHING: Known = { about: new Map(), contacts: () => ({ phone: null, email: null }) };
async function knownOf(db: Db, changes: Changes): Promise<Known> {
  const [tickets, subjects] = [ticketsOf(changes), changes.alerts.flatMap((alert) => subjectOf(alert) ?? [])];
  return { about: tickets.length > 0 ? await selectAboutOf(db, tickets) : NOTHING.about, contacts: subjects.length > 0 ? await contactsBehind(db, subjects) : NOTHING.contacts };
}
const ticketsOf = ({ alerts, reminders = [] }: Changes): string[] =>
  [...new Set([...alerts.map(({ alert }) => alert.ticketId), ...reminders.map(({ push }) => push.ticketId)])].filter((id) => id !== null);

/** Every node gathers its own facts, also one without desks: another node may have them. */
export function gather(tell: (changes: Changes) => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let things = new Map<string, Thing>();
  let lines = new Set<string>();
  let alerts: Changes["alerts"] = [];
  let reminders: Reminder[] = [];
  const flush = (): void => {
    timer = null;
    const changes = { things: bounded([...things.values()]), lines: [...lines], alerts, reminders };
    things = new Map(); lines = new Set(); alerts = []; reminders = [];
    tell(changes);
  };
  return onCommitted((events) => {
    for (const event of events) {
      for (const thing of thingsOf(event)) {
        if (thing.kind === "line") lines.add(thing.id);
        else if (!things.get(`${thing.kind}:${thing.id}`)?.leaves) things.set(`${thing.kind}:${thing.id}`, thing);
      }
      if (event.type === "alert.raised") alerts.push(toAlert(event));
      if (event.type === "ticket.reminded") reminders.push(...toReminders(event));
    }
    timer ??= setTimeout(flush, GATHER_MS);
  });
}

const thingsOf = (event: StoredEvent): Thing[] => {
  const own = event.subject.kind === "operator" ? [{ kind: "line", id: event.subject.id }, { kind: "floor", id: "floor" }] : [];
  const changed = (event.data as { changed?: unknown } | null)?.changed;
  return [Array.isArray(changed) && changed.includes("aboutUserIds") ? { ...event.subject, leaves: true } : event.subject, ...(event.touches ?? []), ...own];
};

function toAlert(event: StoredEvent): Changes["alerts"][number] {
  const data = event.data as { key?: string; params?: Record<string, string>; projectKey?: string; userId?: string | null };
  return { projectKey: data.projectKey ?? null, userId: data.userId ?? null, subjectId: event.subject.id, alert: { kind: "alert", key: data.key ?? event.type, params: data.params ?? {}, ticketId: event.subject.kind === "ticket" ? event.subject.id : null } };
}

/** Nobody is reminded of what they have just done, and what a rule says to somebody is an alert of its own. */
function toReminders({ id, subject, actor, data: given }: StoredEvent): Reminder[] {
  const data = given as { operatorId?: string | null; number?: string; reason?: string; text?: string };
  if (!data.operatorId || data.text !== undefined || (actor.kind === "user" && actor.id === data.operatorId)) return [];
  return [{ userId: data.operatorId, push: { kind: "reminded", id, ticketId: subject.id, number: data.number ?? "", reason: data.reason === "untouched" ? "untouched" : "other" } }];
}

type Asking = Parameters<typeof toldAtDesk>[0];
const asking = ({ id, roles, projects }: Pick<Who, "id" | "roles" | "projects">): Asking => ({ actor: { kind: "user", id, roles, projects } });
const alertsOf = ({ roles, projects }: Pick<Who, "roles" | "projects">): string[] => (roles.some((role) => role === "supervisor" || role === "administrator") ? projects : []);

/** Management is not disturbed by what supervisors see to: only by what waits for its decision. */
const decides = ({ who: { actor } }: Desk, { key }: Alert, projectKey: string | null): boolean =>
  key === "alert_approval_wanted" && projectKey !== null && actor.kind === "user" && actor.roles.includes("management") && actor.projects.includes(projectKey);

function messagesFor(desk: Desk, changes: Changes, { about, contacts }: Known): Push[] {
  const tells = (ticketId: string | null): boolean => ticketId === null || !about.get(ticketId)?.includes(desk.userId);
  const supervises = (projectKey: string | null): boolean => (projectKey === null ? desk.alertsOf.length > 0 : desk.alertsOf.includes(projectKey));
  const alerts = changes.alerts.filter(({ projectKey, userId, alert }) => tells(alert.ticketId) && (userId === desk.userId || ((projectKey !== null || !userId) && (supervises(projectKey) || decides(desk, alert, projectKey))))).map((told) => toldAtDesk(desk.who, told.alert, contacts(subjectOf(told))));
  const reminders = (changes.reminders ?? []).filter(({ userId, push }) => userId === desk.userId && tells(push.ticketId)).map(({ push }) => push);
  return [...alerts, ...reminders];
}

function send(desk: Desk, message: Push): void {
  // A desk that does not read is cut off instead of filling our memory; it fetches everything when it is back.
  if (desk.socket.bufferedAmount > 1_000_000) { desk.socket.terminate(); return; }
  desk.socket.send(JSON.stringify(toldAtDesk(desk.who, message)));
}

/** Null for what cannot be decoded: it is nobody's session. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

async function who(db: Db, request: IncomingMessage): Promise<Who | null> {
  const { origin, host, cookie = "" } = request.headers;
  if (origin && (!URL.canParse(origin) || new URL(origin).host !== host)) return null;
  const kept = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([^;]+)`).exec(cookie)?.[1];
  const token = kept === undefined ? null : decoded(kept);
  const actor = token ? await actorOfToken(db, token) : null;
  return actor && token ? { id: actor.id, roles: actor.roles, projects: actor.projects, token } : null;
}

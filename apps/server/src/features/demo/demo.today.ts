import { isOpen, seededRandom, type Declarations, type DemoClient, type DemoInteraction, type Language, type Person, type ProjectDeclaration, type Random } from "../projects/index.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

export interface StateSpan { login: string; state: "ready" | "offered" | "talking" | "wrap_up"; talkId: string | null; from: number; to: number }
/** Today's calls by project and how each operator spent the day. */
export interface Today { talks: ReadonlyMap<string, DemoInteraction[]>; spans: StateSpan[] }
type Clients = ReadonlyMap<string, readonly DemoClient[]>;
interface Place { declared: ProjectDeclaration; queue: ProjectDeclaration["queues"][number]; language: Language }
interface Making { declarations: Declarations; clients: Clients; random: Random; from: number; now: number; talks: Map<string, DemoInteraction[]>; spans: StateSpan[] }

/** Nobody is in two calls at once: each operator's day is walked from `from` (midnight or nine hours ago) to `now`. */
export function makeToday(declarations: Declarations, clients: Clients, from: Date, now: Date): Today {
  const making: Making = { declarations, clients, random: seededRandom("today"), from: from.getTime(), now: now.getTime(), talks: new Map(declarations.projects.map(({ project }) => [project.key, []])), spans: [] };
  for (const person of declarations.people) if (person.role === "operator") walk(making, person);
  for (const declared of declarations.projects) lose(making, declared);
  return { talks: making.talks, spans: making.spans };
}

function walk(making: Making, person: Person): void {
  const { random, now, spans } = making;
  let at = making.from + random.int(20) * minuteMs;
  for (;;) {
    const ringsAt = at + (4 + random.int(24)) * minuteMs + random.int(60) * secondMs;
    const answeredAt = ringsAt + (2 + random.int(5)) * secondMs;
    const endedAt = answeredAt + (50 + random.int(370)) * secondMs;
    const wrappedAt = endedAt + (12 + random.int(45)) * secondMs;
    if (wrappedAt >= now) return;
    const place = placeFor(making, person, ringsAt);
    if (!place) { at = ringsAt; continue; }
    const talkId = addTalk(making, place, { person, ringsAt, answeredAt, endedAt });
    spans.push(
      { login: person.login, state: "ready", talkId: null, from: at, to: ringsAt }, { login: person.login, state: "offered", talkId, from: ringsAt, to: answeredAt },
      { login: person.login, state: "talking", talkId, from: answeredAt, to: endedAt }, { login: person.login, state: "wrap_up", talkId, from: endedAt, to: wrappedAt },
    );
    at = wrappedAt;
  }
}

/** A queue this person may serve at that hour, in a language they speak well. */
function placeFor({ declarations, random }: Making, person: Person, at: number): Place | null {
  const able = declarations.projects.filter((declared) => person.projects.includes(declared.project.key) && isOpen(declared.calendar, declared.project.time_zone, new Date(at)))
    .flatMap((declared) => declared.queues.map((queue) => ({ declared, queue })))
    .filter(({ queue }) => Object.entries(queue.skills).every(([skill, level]) => (person.skills[skill] ?? 0) >= level))
    .flatMap(({ declared, queue }) => queue.languages.filter((language) => (person.speaks[language] ?? 0) >= 3).map((language) => ({ declared, queue, language })));
  return able.length > 0 ? random.pick(able) : null;
}

function addTalk(making: Making, { declared, queue, language }: Place, { person, ringsAt, answeredAt, endedAt }: { person: Person; ringsAt: number; answeredAt: number; endedAt: number }): string {
  const { random } = making;
  // Most wait seconds, some a minute; the greeting comes before (`talkRows` divides it).
  const waitMs = random.chance(86) ? random.int(10) * secondMs : (15 + random.int(60)) * secondMs;
  const scene = random.pick(declared.scenes.scenes.filter((each) => each.queue === queue.key || declared.queues.length === 1));
  const needsTicket = declared.dispositions.find(({ key }) => key === scene.disposition)?.requires.includes("ticket") ?? true;
  return push(making, declared, {
    clientId: random.pick(speaking(making, declared, language)).id, queue: queue.key, language, startedAt: iso(ringsAt - waitMs - 9 * secondMs), answeredAt: iso(answeredAt), endedAt: iso(endedAt),
    operatorLogin: person.login, disposition: needsTicket ? "consulted" : scene.disposition, reason: scene.reason, notes: scene.notes[person.language],
  });
}

/** Callers who gave up waiting. */
function lose(making: Making, declared: ProjectDeclaration): void {
  const { random, from, now } = making;
  const count = Math.floor((now - from) / (150 * minuteMs));
  for (let index = 0; index < count; index += 1) {
    const startedAt = from + random.int(Math.max(1, now - from - 5 * minuteMs));
    if (!isOpen(declared.calendar, declared.project.time_zone, new Date(startedAt))) continue;
    const client = random.pick(making.clients.get(declared.project.key) ?? []);
    push(making, declared, {
      clientId: client.id, queue: random.pick(declared.queues).key, language: client.language, startedAt: iso(startedAt), answeredAt: null, endedAt: iso(startedAt + (35 + random.int(110)) * secondMs),
      operatorLogin: null, disposition: null, reason: null, notes: null,
    });
  }
}

function push(making: Making, declared: ProjectDeclaration, talk: Omit<DemoInteraction, "id" | "ticketId" | "channel" | "direction">): string {
  const list = making.talks.get(declared.project.key)!;
  const id = `${declared.project.key}-today-${list.length + 1}`;
  list.push({ ...talk, id, ticketId: null, channel: "call", direction: "inbound" });
  return id;
}

function speaking({ clients }: Making, declared: ProjectDeclaration, language: Language): readonly DemoClient[] {
  const all = clients.get(declared.project.key) ?? [];
  const able = all.filter((client) => client.language === language);
  return able.length > 0 ? able : all;
}

const iso = (at: number): string => new Date(at).toISOString();

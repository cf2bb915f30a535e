import { isFor } from "../processes/processes.contract.ts";
import { type DemoActor, type DemoClient, type DemoInteraction, type DemoProject, type DemoStep, type DemoTicket } from "./demo.contract.ts";
import { type Declarations, type Language, type Person, type Priority, type ProjectDeclaration } from "./projects.contract.ts";
import { type Random, seededRandom } from "./random.rules.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const historyDays = 21;

type Scene = ProjectDeclaration["scenes"]["scenes"][number];
interface Making { declared: ProjectDeclaration; declarations: Declarations; random: Random; now: number; operators: Person[] }

/** Clients and history of one project up to `now`: always the same for the same declarations and `now`. */
export function makeDemo(declarations: Declarations, projectKey: string, now: Date): DemoProject {
  const declared = declarations.projects.find(({ project }) => project.key === projectKey);
  if (!declared) throw new Error(`no project "${projectKey}"`);
  const operators = declarations.people.filter((person) => person.role === "operator" && person.projects.includes(projectKey));
  const making: Making = { declared, declarations, random: seededRandom(projectKey), now: now.getTime(), operators };
  const clients = Array.from({ length: declared.scenes.clients }, (_, index) => makeClient(making, index));
  const tickets: DemoTicket[] = [];
  const interactions: DemoInteraction[] = [];
  for (let index = 0; index < declared.scenes.tickets; index += 1) {
    const told = makeStory(making, clients, index);
    tickets.push(told.ticket);
    interactions.push(told.interaction);
  }
  for (let index = tickets.length; index < declared.scenes.calls; index += 1) interactions.push(makeCall(making, clients, index));
  return { clients, tickets, interactions: interactions.sort((a, b) => a.startedAt.localeCompare(b.startedAt)) };
}

const iso = (at: number) => new Date(at).toISOString();
const idOf = (making: Making, kind: string, index: number) => `${making.declared.project.key}-${kind}-${index + 1}`;

function makeClient(making: Making, index: number): DemoClient {
  const { random, declared, declarations } = making;
  const language = languageAt(declared.scenes.share, (index * 37) % 100);
  const words = declarations.names[language];
  const woman = random.chance(55);
  const first = random.pick(woman ? words.women : words.men);
  const [womans = "", mans = womans] = random.pick(words.surnames).split("|");
  const last = woman ? womans : mans;
  const [phone, second] = phonesOf(language, declarations.projects.indexOf(declared), index);
  const house = 1 + random.int(120);
  const street = random.pick(words.streets);
  const town = random.pick(words.towns);
  return {
    id: idOf(making, "client", index), name: `${first} ${last}`, language,
    phones: random.chance(15) ? [phone, second] : [phone],
    email: random.chance(88) ? `${latin(first)}.${latin(last)}${index + 1}@${random.pick(["example.com", "example.org", "example.net"])}` : null,
    address: addressOf(language, { street, house, town, flat: 1 + random.int(90) }),
    pinned: random.chance(15) ? random.pick(declared.scenes.pinned)[language] : null,
  };
}

function languageAt(share: Record<Language, number>, place: number): Language {
  if (place < share.ru) return "ru";
  return place < share.ru + share.sl ? "sl" : "en";
}

/** 555 numbers; the British ones come from Ofcom's ranges for drama (07700 900000-900999, 01632 960000-960999). Four projects share a thousand of them each way, five a British range. */
function phonesOf(language: Language, project: number, index: number): [string, string] {
  const [block, place] = project < 4 ? ["555", project] : ["556", project - 4];
  const second = `+3861${block}${(place + 6) * 1_000 + index}`;
  if (language === "ru") return [`+7495555${(project + 1) * 1_000 + index}`, second];
  if (language === "sl") return [`+3861${block}${(place + 1) * 1_000 + index}`, second];
  const [range, nth] = project < 5 ? ["7700900", project] : ["1632960", project - 5];
  return [`+44${range}${String(nth * 200 + index).padStart(3, "0")}`, second];
}

function addressOf(language: Language, at: { street: string; house: number; town: string; flat: number }): string {
  if (language === "ru") return `г. ${at.town}, ${at.street}, д. ${at.house}, кв. ${at.flat}`;
  if (language === "sl") return `${at.street} ${at.house}, ${at.town}`;
  return `${at.house} ${at.street}, ${at.town}`;
}

const cyrillic: Record<string, string> = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "j", к: "k", л: "l", м: "m", н: "n", о: "o", п: "p",
  р: "r", с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "c", ч: "ch", ш: "sh", щ: "sch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};

/** A name as people write it in their address: without diacritics and in Latin letters. */
const latin = (name: string) => Array.from(name.toLowerCase(), (letter) => cyrillic[letter] ?? letter).join("")
  .normalize("NFD").replaceAll(/[^a-z]/g, "");

/** A call and the ticket that came of it, at a stage that suits its age. */
function makeStory(making: Making, clients: DemoClient[], index: number): { ticket: DemoTicket; interaction: DemoInteraction } {
  const { random, declared } = making;
  // The one that will go to a department is what the project is most about: the first scene.
  const place = index === declared.scenes.tickets - 3 ? 0 : index % declared.scenes.scenes.length;
  const scene = sceneAt(declared, place, index) ?? random.pick(declared.scenes.scenes);
  const client = clients[(index * 5 + random.int(4)) % clients.length] ?? random.pick(clients);
  const operator = operatorFor(making, client.language);
  // The first tickets are the oldest; the last few are still being worked on.
  const age = Math.round(((declared.scenes.tickets - index) / declared.scenes.tickets) * historyDays * dayMs) - random.int(6) * hourMs;
  const registered = making.now - Math.max(age, 40 * minuteMs);
  const ticket: DemoTicket = {
    id: idOf(making, "ticket", index), clientId: client.id, type: scene.type, language: client.language,
    subject: scene.subject[client.language], description: scene.description[client.language],
    priority: priorityOf(declared, scene), registeredAt: iso(registered), registeredBy: operator.login,
    steps: makeSteps(making, { scene, operator, client, registered, index }),
  };
  const interaction = makeInteraction(making, { index, client, scene, operator, startedAt: registered - (2 + random.int(5)) * minuteMs });
  return { ticket, interaction: { ...interaction, ticketId: ticket.id, disposition: "ticket", endedAt: iso(registered + random.int(3) * minuteMs) } };
}

const priorityOf = (declared: ProjectDeclaration, scene: Scene): Priority =>
  declared.types.find((type) => type.key === scene.type)?.priority ?? "normal";

/** What an operator alone cannot end would be taken back each time: of the old ones, three in four are about something else. */
function sceneAt(declared: ProjectDeclaration, place: number, index: number): Scene | undefined {
  const { scenes, tickets } = declared.scenes;
  const fits = (scene: Scene): boolean => index % 4 === 0 || tickets - 1 - index < 4 || wayToDone(declared, scene).length > 0;
  return [...scenes.slice(place), ...scenes.slice(0, place)].find(fits);
}

/** Prefers who speaks the client's language best; sometimes a colleague helps out. */
function operatorFor({ operators, random }: Making, language: Language): Person {
  const able = operators.filter((person) => (person.speaks[language] ?? 0) >= 3);
  return random.pick(able.length > 0 ? able : operators);
}

interface Story { scene: Scene; operator: Person; client: DemoClient; registered: number; index: number }

/** The steps from the process itself: the way to `done` and what the client said, as far as time allows. */
function makeSteps(making: Making, story: Story): DemoStep[] {
  const { random, now, declared } = making;
  const { scene, client, registered } = story;
  const byOperator: DemoActor = { role: "operator", login: story.operator.login };
  const steps: DemoStep[] = [];
  let at = registered;
  const go: Go = (transition, afterMs, by = byOperator, fields = {}) => {
    at += afterMs;
    if (at < now) steps.push({ transition, at: iso(at), by, fields });
    else at = Number.POSITIVE_INFINITY;
  };
  // The newest are left where they are, so that a new operator finds work waiting.
  const younger = declared.scenes.tickets - 1 - story.index;
  const canTake = processOf(declared, scene)?.transitions.take !== undefined;
  const canAsk = mayAsk(declared, scene);
  if (younger === 0 || (!canTake && younger < 4)) return steps;
  if (canTake) go("take", (5 + random.int(50)) * minuteMs);
  if (younger === 1 && canAsk) go("ask_client", 10 * minuteMs, byOperator, { question: questions[client.language] });
  if (younger < 4) return steps;
  if (canAsk && story.index % 5 === 3) {
    go("ask_client", hourMs, byOperator, { question: questions[client.language] });
    go("client_answered", (2 + random.int(20)) * hourMs, { role: "client" }, { answer: answers[client.language] });
  }
  // The next ones are done within the last two days and wait for the client's yes.
  endIt(making, story, { go, untilMs: younger < 7 ? now - at : null });
  return steps;
}

/** Not every process asks the client anything on the way. */
function mayAsk(declared: ProjectDeclaration, scene: Scene): boolean {
  const { take, ask_client: ask } = processOf(declared, scene)?.transitions ?? {};
  return take !== undefined && ask?.from.includes(take.to) === true;
}

type Go = (transition: string, afterMs: number, by?: DemoActor, fields?: DemoStep["fields"]) => void;

function endIt({ random, declared }: Making, { scene, client, index }: Story, { go, untilMs }: { go: Go; untilMs: number | null }): void {
  const way = wayToDone(declared, scene);
  // Where an operator alone cannot end it (a checklist, an approval), the client was content with the talk and took it back.
  if (way.length === 0) return go("cancel", (1 + random.int(9)) * hourMs, undefined, { reason: settled[client.language] });
  const finish = (after: number): void => { for (const [place, step] of way.entries()) go(step, place === 0 ? after : (10 + random.int(50)) * minuteMs, undefined, fieldsOf(declared, scene, step, client.language)); };
  finish(untilMs === null ? (1 + random.int(9)) * hourMs : untilMs - (6 + random.int(40)) * hourMs);
  if (untilMs !== null) return;
  if (index % 7 === 2) {
    go("reopen", (3 + random.int(20)) * hourMs, { role: "client" }, { reason: complaints[client.language] });
    go("take", (4 + random.int(20)) * minuteMs);
    finish((1 + random.int(3)) * hourMs);
  }
  if (index % 6 === 4) go("close_unconfirmed", 72 * hourMs, { role: "system" });
  else go("confirm", (1 + random.int(30)) * hourMs, { role: "client" }, { score: random.chance(70) ? 5 : 2 + random.int(3) });
}

const questions: Record<Language, string> = {
  en: "When is it best to reach you?", ru: "Когда Вам удобнее ответить на звонок?", sl: "Kdaj vas lahko najlažje pokličemo?",
};
const answers: Record<Language, string> = { en: "After five, please.", ru: "После пяти, пожалуйста.", sl: "Po peti uri, prosim." };
const asked: Record<Language, string> = {
  en: "Asked how an earlier request stands; told.", ru: "Спрашивали о состоянии обращения, сообщили.", sl: "Vprašanje o stanju zahtevka; pojasnjeno.",
};
const complaints: Record<Language, string> = { en: "It has happened again.", ru: "Всё повторилось снова.", sl: "Težava se je ponovila." };

const settled: Record<Language, string> = { en: "It was settled in the conversation.", ru: "Вопрос решён в разговоре.", sl: "Zadeva je bila rešena v pogovoru." };

/** The shortest way an operator alone can bring a ticket in work to where the client is asked: nothing held, checked or handed on, and only words asked for. */
function wayToDone(declared: ProjectDeclaration, scene: Scene): string[] {
  const process = processOf(declared, scene);
  const from = process?.transitions.take?.to;
  if (!process || from === undefined) return [];
  const isWritten = ({ field }: { field: string }): boolean => ["text", "choice"].includes(process.fields[field]?.kind ?? "");
  const plain = Object.entries(process.transitions).filter(([, each]) => isFor(each, "operator") && !each.checklist && !each.approval && each.guards.length === 0 && each.subtasks.length === 0 && each.requires.every(isWritten));
  const ways = new Map<string, string[]>([[from, []]]);
  for (const [stage, way] of ways) {
    if (process.stages[stage]?.client_sees === "done") return way;
    for (const [key, { to }] of plain.filter(([, each]) => each.from.includes(stage) && !ways.has(each.to))) ways.set(to, [...way, key]);
  }
  return [];
}

const processOf = (declared: ProjectDeclaration, scene: Scene) => declared.processes[declared.types.find((each) => each.key === scene.type)?.process ?? ""];

/** Fills what a transition asks for: words from the scene, the first option of a choice. */
function fieldsOf(declared: ProjectDeclaration, scene: Scene, key: string, language: Language): DemoStep["fields"] {
  const process = processOf(declared, scene);
  const wanted = process?.transitions[key]?.requires.filter((each) => !each.when) ?? [];
  return Object.fromEntries(wanted.map(({ field }) => {
    const kind = process?.fields[field];
    return [field, kind?.kind === "choice" ? Object.keys(kind.options)[0] ?? "" : scene.resolution[language]];
  }));
}

/** A conversation that needed no ticket, a mail, or a caller who gave up waiting. */
function makeCall(making: Making, clients: DemoClient[], index: number): DemoInteraction {
  const { random, declared, now } = making;
  const client = random.pick(clients);
  const scene = random.pick(declared.scenes.scenes);
  const startedAt = now - hourMs - random.int(historyDays * 24 * 60) * minuteMs;
  const made = makeInteraction(making, { index, client, scene, operator: operatorFor(making, client.language), startedAt });
  if (!random.chance(18)) return scene.disposition === "ticket" ? { ...made, disposition: "consulted", notes: asked[screenLanguage(making, made.operatorLogin)] } : made;
  return { ...made, channel: "call", direction: "inbound", answeredAt: null, endedAt: iso(startedAt + (20 + random.int(120)) * 1_000), operatorLogin: null, disposition: null, reason: null, notes: null };
}

/** Operators note in the language of their own screen. */
const screenLanguage = ({ operators }: Making, login: string | null): Language => operators.find((each) => each.login === login)?.language ?? "en";

interface Spoken { index: number; client: DemoClient; scene: Scene; operator: Person; startedAt: number }

function makeInteraction(making: Making, { index, client, scene, operator, startedAt }: Spoken): DemoInteraction {
  const { random } = making;
  const channel = random.chance(80) ? "call" as const : random.pick(["mail", "chat"] as const);
  const answered = startedAt + (3 + random.int(30)) * 1_000;
  return {
    id: idOf(making, "talk", index), clientId: client.id, ticketId: null,
    channel, direction: channel === "chat" || random.chance(85) ? "inbound" : "outbound",
    queue: scene.queue, language: client.language, startedAt: iso(startedAt), answeredAt: iso(answered),
    endedAt: iso(answered + (50 + random.int(400)) * 1_000), operatorLogin: operator.login,
    disposition: scene.disposition, reason: scene.reason, notes: scene.notes[operator.language],
  };
}

import { inAll, isOpen, nextOpening, seededRandom, type Declarations, type DemoActor, type DemoProject, type DemoTicket, type ProjectDeclaration } from "../projects/index.ts";
import type { FieldValues, Process } from "../processes/index.ts";
import { translate } from "../../platform/messages.ts";
import { priorityNumber, type ProjectInUse } from "../tickets/index.ts";
import type { UserIds } from "./demo.people.ts";
import type { InteractionRow, Talks } from "./demo.talks.ts";
import type { Doer, Story, StorySteps } from "./demo.tickets.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface Told {
  declarations: Declarations; declared: ProjectDeclaration; demo: DemoProject; users: UserIds; project: ProjectInUse; processes: Map<string, Process>;
  talks: Talks; clientIds: ReadonlyMap<string, string>; now: Date;
}
export interface TicketStory { story: Story; note: { at: Date; authorId: string; text: string } | null; /** The conversation it came from. */ talk: InteractionRow | null; /** What its form says, of a review. */ review?: Record<string, unknown> }

/** The made tickets as stories; the newest that are in work and may be are with the project's department. */
export function ticketStories(told: Told): TicketStory[] {
  const talkOf = new Map(told.demo.interactions.flatMap((talk) => (talk.ticketId ? [[talk.ticketId, told.talks.byId.get(talk.id)!] as const] : [])));
  return told.demo.tickets.map((ticket) => {
    const talk = talkOf.get(ticket.id) ?? null;
    const story = storyOf(told, ticket, talk);
    const taken = story.steps.find((step) => step.by.kind === "user");
    const note = taken && talk?.notes ? { at: new Date(taken.at.getTime() + 90_000), authorId: taken.by.actor.id!, text: talk.notes } : null;
    return { story, talk, note: note && note.at < told.now ? note : null };
  });
}

function storyOf(told: Told, ticket: DemoTicket, talk: InteractionRow | null): Story {
  const type = told.project.types.find(({ key }) => key === ticket.type)!;
  const process = told.processes.get(type.process)!;
  const client = told.demo.clients.find(({ id }) => id === ticket.clientId)!;
  const steps = ticket.steps.map((step) => ({ transition: step.transition, at: new Date(step.at), by: doer(told, step.by, client.name), fields: step.fields }));
  return {
    project: told.project, process, type, subject: ticket.subject, description: ticket.description, fields: {}, priority: priorityNumber(ticket.priority), language: ticket.language,
    channel: talk?.channel ?? "voice", clientId: told.clientIds.get(client.id)!, interactionId: talk?.id ?? null, phone: client.phones[0] ?? null, email: client.email,
    registeredAt: new Date(ticket.registeredAt), registeredBy: doer(told, { role: "operator", login: ticket.registeredBy }, client.name), dueAt: null,
    steps: withDepartment(told, { process, type: type.key }, steps),
  };
}

export function doer({ users, declarations }: Told, by: DemoActor, clientName: string): Doer {
  if ("login" in by) return { actor: { id: users.get(by.login)!, roles: [by.role] }, kind: "user", name: declarations.people.find(({ login }) => login === by.login)!.name };
  return { actor: { id: null, roles: [by.role] }, kind: by.role, name: by.role === "client" ? clientName : "timer" };
}

const tasks = { en: "Please look at it on site and tell us what you find.", ru: "Посмотрите, пожалуйста, на месте и сообщите, что нашли.", sl: "Prosimo, poglejte na kraju samem in sporočite, kaj ste ugotovili." };

const questions = { en: "Please find out and tell us what to answer the client.", ru: "Уточните, пожалуйста, и сообщите, что ответить клиенту.", sl: "Prosimo, preverite in sporočite, kaj naj odgovorimo stranki." };

/** What somebody has to look at; about anything else a department is asked a question. */
const onSite = new Set(["fault", "connection", "delivery-problem"]);

/** What was only just taken goes to the department of the project, so that its people find work. */
function withDepartment({ declarations, declared, now }: Told, { process, type }: { process: Process; type: string }, steps: StorySteps[]): StorySteps[] {
  const last = steps.at(-1);
  const ask = process.transitions.ask_department;
  const worker = declarations.people.find((person) => person.role === "department" && person.department && person.projects.includes(declared.project.key));
  if (steps.length !== 1 || last?.transition !== "take" || !ask?.from.includes(process.transitions.take!.to) || !worker) return steps;
  const at = new Date(last.at.getTime() + 6 * minuteMs);
  const fields: FieldValues = { department: worker.department!, task: (onSite.has(type) ? tasks : questions)[worker.language] };
  const asks = ask.requires.every(({ field, when }) => when || field in fields);
  return at < now && asks ? [...steps, { transition: "ask_department", at, by: last.by, fields }] : steps;
}

/** Everyone who gave up waiting is called back: the old ones were reached, a few were not, the last still wait. */
export function callbackStories(told: Told): TicketStory[] {
  const type = told.project.types.find(({ key }) => key === "callback");
  const process = type && told.processes.get(type.process);
  if (!type || !process) return [];
  const random = seededRandom(`${told.declared.project.key} callbacks`);
  const given = told.talks.interactions.filter((row) => row.outcome === "abandoned");
  return given.map((talk) => {
    const registeredAt = new Date(talk.ended_at);
    const language = talk.language as Story["language"];
    const story: Story = {
      project: told.project, process, type, subject: translate(language as never, "callback_subject"), texts: { subject: inAll((each) => translate(each, "callback_subject")) }, description: "", fields: { queueId: talk.queue_id, cause: "abandoned" },
      priority: priorityNumber(type.priority), language, channel: "voice", clientId: talk.client_id, interactionId: talk.id, phone: talk.from_number, email: null,
      registeredAt, registeredBy: { actor: { id: null, roles: ["system"] }, kind: "system", name: "voice" }, dueAt: callbackDue(told, talk, registeredAt), steps: [],
    };
    return { story: { ...story, steps: callSteps(told, story, random.int(100)) }, note: null, talk };
  });
}

function callSteps(told: Told, story: Story, chance: number): StorySteps[] {
  const ageMs = told.now.getTime() - story.registeredAt.getTime();
  if (ageMs < hourMs) return [];
  const able = told.declarations.people.filter((person) => person.role === "operator" && person.projects.includes(told.declared.project.key));
  const person = able[chance % able.length]!;
  const by = doer(told, { role: "operator", login: person.login }, "");
  const at = (minutes: number) => new Date(story.registeredAt.getTime() + minutes * minuteMs);
  const call: StorySteps = { transition: "call", at: at(4 + (chance % 9)), by, fields: {} };
  const missed: StorySteps = { transition: "missed", at: at(15 + (chance % 9)), by, fields: {} };
  // Who was not reached the first time is by the next day; a callback weeks late would be a bad example.
  if (chance < 20) return ageMs < 26 * hourMs ? [call, missed] : [call, missed, { transition: "call", at: at(24 * 60 + chance), by, fields: {} }, { transition: "reached", at: at(24 * 60 + chance + 6), by, fields: {} }];
  return [call, { transition: "reached", at: at(17 + (chance % 30)), by, fields: {} }];
}

function callbackDue({ declared }: Told, talk: InteractionRow, at: Date): Date {
  const { calendar, project, queues } = declared;
  const from = isOpen(calendar, project.time_zone, at) ? at : nextOpening(calendar, project.time_zone, at) ?? at;
  const queue = queues.find(({ key }) => `${project.key}.${key}` === talk.queue_id);
  return new Date(from.getTime() + (queue?.callback_due_min ?? 15) * minuteMs);
}

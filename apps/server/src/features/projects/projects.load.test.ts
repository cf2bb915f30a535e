import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { apply, type ProcessActor, start } from "../processes/index.ts";
import { type Declarations, type DemoTicket, describeProblems, loadDeclarations, makeDemo, type ProjectDeclaration, readDeclarations, readFolder, renderNotice, type Texts, workingClock } from "./index.ts";

const root = fileURLToPath(new URL("../../../../../projects", import.meta.url));
const now = new Date("2026-11-22T14:00:00Z");
let declared: Declarations;
let texts: Texts;

beforeAll(async () => {
  const loaded = await loadDeclarations(root);
  if (!loaded.ok) throw new Error(describeProblems(loaded));
  declared = loaded.declarations;
  ({ texts } = await readFolder(root));
});

test("the three projects of the demo company load without a problem", () => {
  expect(declared.projects.map(({ project }) => [project.key, project.ticket_prefix, project.default_language])).toEqual([["internet", "INT", "ru"], ["shop", "SHP", "sl"], ["taxi", "TAX", "ru"]]);
  const count = (role: string) => declared.people.filter((person) => person.role === role).length;
  expect([count("operator"), count("supervisor"), count("administrator"), count("department"), count("management")]).toEqual([8, 2, 1, 6, 1]);
});

test("every queue has at least two operators who are able and speak each of its languages", () => {
  for (const { project, queues } of declared.projects) for (const queue of queues) for (const language of queue.languages) {
    const able = declared.people.filter((person) => person.role === "operator" && person.projects.includes(project.key) && person.speaks[language]
      && Object.entries(queue.skills).every(([skill, level]) => (person.skills[skill] ?? 0) >= level));
    expect(able.length, `${queue.key} in ${language}`).toBeGreaterThanOrEqual(2);
  }
});

describe("mistakes are all told at once, with file, line and remedy", () => {
  function spoil(changes: Record<string, (text: string) => string>) {
    const loaded = readDeclarations(new Map([...texts].map(([file, text]) => [file, changes[file]?.(text) ?? text])));
    return loaded.ok ? [] : loaded.problems;
  }
  test.each<[string, string, (text: string) => string, string]>([
    ["broken YAML", "shop/queues.yaml", (text) => `${text}\n  - [`, ""],
    ["an unknown word", "shop/project.yaml", (text) => `${text}\ncolor: red\n`, "color is not known here"],
    ["a missing translation", "taxi/types.yaml", (text) => text.replace(", sl: Vprašanje", ""), "Not given; expected: text"],
    ["a number of another project", "taxi/project.yaml", (text) => text.replace('"300"', '"200"'), "200 already belongs to shop"],
    ["a prefix of another project", "taxi/project.yaml", (text) => text.replace("TAX", "INT"), "INT is the prefix of internet"],
    ["a process that is not there", "taxi/types.yaml", (text) => text.replace("process: ride-complaint", "process: rides"), 'there is no process "rides"'],
    ["a skill that has no name", "internet/queues.yaml", (text) => text.replace("modem: 1", "modam: 1"), 'there is no skill "modam"'],
    ["a notice that is not there", "internet/processes/fault.yaml", (text) => text.replace("notice: outage", "notice: storm"), 'there is no notice "storm"'],
    ["a notice that says less in one language", "internet/notices.yaml", (text) => text.replace("Predvideni rok: {{deadline}}", ""), "{{deadline}} is in another language but not here"],
    ["an unknown variable", "common/notices.yaml", (text) => text.replaceAll("{{operator}}", "{{oparetor}}"), "there is no variable {{oparetor}}"],
    ["a field that a process which tells it does not have", "internet/notices.yaml", (text) => text.replaceAll("fields.visit_at", "fields.visit"), 'there is no field "visit"'],
    ["a queue that is not there", "shop/ivr.yaml", (text) => text.replace("queue: shop-orders", "queue: orders"), 'there is no queue "orders"'],
    ["overlapping hours", "shop/calendar.yaml", (text) => text.replace('["06:00-23:59"]', '["06:00-12:00", "11:00-14:00"]'), "hours of a day must be in order"],
    ["an operator of no project", "demo/people.yaml", (text) => text.replace("projects: [taxi, internet]", "projects: [bank]"), 'there is no project "bank"'],
    ["a zero written as an escape", "shop/types.yaml", (text) => text.replace("{ en: Question,", '{ en: "Quest\\0ion",'), "holds a sign that no text can keep"],
    ["half of a sign written as an escape", "shop/types.yaml", (text) => text.replace("{ en: Question,", '{ en: "Quest\\uD83Dion",'), "holds a sign that no text can keep"],
    ["a time zone that is not one", "company.yaml", (text) => text.replace("Europe/Ljubljana", "Europe/Lubljana"), "not a time zone"],
  ])("%s", (_title, file, change, message) => {
    const problems = spoil({ [file]: change });
    const problem = problems.find((each) => each.file === file && each.message.includes(message));
    expect(problem, JSON.stringify(problems)).toBeDefined();
    expect(problem?.line).toBeGreaterThan(0);
    expect(problem?.remedy).not.toBe("");
  });
  test("two mistakes in two projects are two lines", () => {
    const problems = spoil({ "shop/types.yaml": (text) => text.replace("process: request", "process: x"), "taxi/ivr.yaml": (text) => text.replace("next: hours", "next: there") });
    expect(problems.map((each) => each.file).sort()).toEqual(["shop/types.yaml", "taxi/ivr.yaml"]);
  });
  test("a process that cannot be read is told once, and not again by all that name it", () => {
    const problems = spoil({ "common/processes/request.yaml": (text) => text.replace("client_sees: received", "client_sees: nothing") });
    expect(problems.map((each) => each.file)).toEqual(["common/processes/request.yaml"]);
  });
  test("a folder without projects says so", async () => {
    const loaded = await loadDeclarations(join(root, "nothing"));
    expect(loaded.ok || loaded.problems.map((each) => each.message)).toContain("no folder here has a project.yaml");
  });
});

describe("notices", () => {
  const values = { client_name: "Мария Иванова", project: "Звезда Net", ticket_number: "INT-1", subject: "Нет интернета", ticket_type: "Неисправность", status_link: "https://x.example/s", phone: "+386 1 555 01 00" };
  test("leave out the lines that have nothing to say", () => {
    const { body, subject } = renderNotice(declared.projects[0]!.notices.received!, "ru", values);
    expect(subject).toBe("INT-1: Ваша заявка принята");
    expect(body).toContain("Здравствуйте, Мария Иванова!");
    expect(body).not.toContain("Планируем");
    expect(body).not.toMatch(/\{\{|\n\n\n/);
  });
  test("cannot be made to carry another header by a client's subject", () => {
    const notice = { subject: { en: "{{subject}}", ru: "-", sl: "-" }, body: { en: "x", ru: "-", sl: "-" } };
    expect(renderNotice(notice, "en", { subject: "Hi\r\nBcc: all@example.com" }).subject).toBe("Hi Bcc: all@example.com");
  });
  test("Slovenian has no letters of other languages, Russian no Latin words but variables", () => {
    for (const { notices } of declared.projects) for (const notice of Object.values(notices)) {
      const bare = (text: string) => text.replaceAll(/\{\{[\w.]+\}\}/g, "");
      expect(bare(notice.body.ru)).not.toMatch(/[a-z]/i);
      expect(bare(notice.body.sl)).not.toMatch(/[а-яёћđqwxy]/i);
    }
  });
});

/** Takes a ticket through its process and says where it ends. */
function replay({ project, calendar, types, processes }: ProjectDeclaration, ticket: DemoTicket): string {
  const clock = workingClock(calendar, project.time_zone);
  const type = types.find((each) => each.key === ticket.type)!;
  const process = processes[type.process]!;
  let current = start(process, { priority: ticket.priority, deadlineHours: type.deadline_hours }, { now: new Date(ticket.registeredAt), clock }).ticket;
  for (const step of ticket.steps) {
    const actor: ProcessActor = { id: "login" in step.by ? step.by.login : null, roles: [step.by.role] };
    const outcome = apply(process, current, step.transition, { actor, fields: step.fields, now: new Date(step.at), clock });
    if (!outcome.ok) throw new Error(`${ticket.id} ${step.transition}: ${JSON.stringify(outcome.problems)}`);
    current = outcome.ticket;
    expect(new Date(step.at) < now).toBe(true);
  }
  return current.stage;
}

describe("the demo", () => {
  const made = () => declared.projects.map(({ project }) => makeDemo(declared, project.key, now));
  test("is the same every time", () => {
    expect(makeDemo(declared, "shop", now)).toEqual(makeDemo(declared, "shop", now));
  });
  test("has sixty clients and more a project, sixty tickets and a hundred conversations in all", () => {
    for (const demo of made()) expect(demo.clients.length).toBeGreaterThan(60);
    expect(made().flatMap((demo) => demo.tickets).length).toBeGreaterThanOrEqual(60);
    expect(made().flatMap((demo) => demo.interactions).length).toBeGreaterThanOrEqual(100);
  });
  test("gives every client a number and an address of their own that reach nobody real", () => {
    const clients = made().flatMap((demo) => demo.clients);
    const phones = clients.flatMap((client) => client.phones);
    expect(new Set(phones).size).toBe(phones.length);
    for (const phone of phones) expect(phone).toMatch(/^\+(7495555\d{4}|3861555\d{4}|447700900\d{3})$/);
    const taken = declared.projects.flatMap(({ project }) => project.numbers);
    expect(phones.filter((phone) => taken.includes(phone))).toEqual([]);
    const mails = made().map((demo) => demo.clients.flatMap((client) => client.email ?? []));
    for (const each of mails) {
      expect(new Set(each).size).toBe(each.length);
      for (const mail of each) expect(mail).toMatch(/^[a-z]+\.[a-z]+\d+@example\.(com|org|net)$/);
    }
  });
  test("every step of every ticket is one that its process allows, in the past", () => {
    const stages = new Set(declared.projects.flatMap((each) => makeDemo(declared, each.project.key, now).tickets.map((ticket) => replay(each, ticket))));
    expect([...stages]).toEqual(expect.arrayContaining(["closed", "done", "closed_unconfirmed", "in_work", "waiting_client", "registered"]));
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { newId } from "../../platform/ids.ts";
import { templatesInUse } from "../../testing/templates.ts";
import { testHttp } from "../../testing/http.ts";
import { buildClient } from "../clients/clients.factory.ts";
import { formsRoutes, ticketForms } from "../forms/index.ts";
import { ticketsRoutes } from "../tickets/index.ts";
import type { DocumentDeclaration } from "./documents.declaration.contract.ts";
import { documentsRoutes } from "./documents.routes.ts";
import type { PrintedBlock, PrintedDocument } from "./documents.rules.ts";

const { database, texts, projects } = await templatesInUse();
const folder = mkdtempSync(join(tmpdir(), "linija-papers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let last: PrintedDocument;
/** What would be printed is looked at as words; how pages are laid out is another test's matter. */
const printer = { print: (printed: PrintedDocument) => { last = printed; return Promise.resolve({ pdf: Buffer.from("%PDF-"), pages: 1 }); }, stop: () => Promise.resolve() };
const http = await testHttp(database, (app) => ticketsRoutes(app, { files: { folder }, forms: ticketForms }), (app) => formsRoutes(app, { files: { folder } }), (app) => documentsRoutes(app, { folder, printer }));
const operator = await http.signIn({ projects: projects.map(({ project }) => project.key) });

const languages = ["en", "ru", "sl"] as const;
const name = { surname: "Žagar", given: "Špela" };
const place = { country: "SI", city: "Ljubljana", cityKey: "ljubljana", street: "Dunajska cesta", house: "5" };
const agreed = { given: true, language: "sl", at: "2026-11-20T10:00:00Z" };
/** As the form has it: what a browser says was read does not count. */
const readOut = (project: string, form: string): string =>
  (projects.find((each) => each.project.key === project)!.more["forms"]![form] as { schema: { properties: Record<string, { "x-text": { sl: string } }> } }).schema.properties["consent"]!["x-text"].sl;
const eur = (amount: string) => ({ amount, currency: "EUR" });

interface Paper { data?: Record<string, unknown>; fields?: Record<string, unknown>; /** Words that must stand on the paper, by language. */ words: Record<(typeof languages)[number], string[]> }
/** Of each project's own papers; those of all projects are made with what these tickets have. */
const PAPERS: Record<string, { type: string } & Paper> = {
  "internet/connection-order": { type: "connection", data: { subscriber: name, phone: "+38640123456", place, building: "house", tariff: "home", issue_on: "2026-12-01", consent: agreed },
    words: { en: ["Application", "Špela Žagar", "1 December 2026"], ru: ["Абонент", "1 декабря 2026", readOut("internet", "connection")], sl: ["Naročnik", "Ljubljana", "1. december 2026"] } },
  "shop/return-slip": { type: "return", data: { order: "10018", received_on: "2026-11-18", why: "mind", returned: [{ what: "Stol", count: 2, price: eur("20.00") }], account: "SI56012345678" },
    words: { en: ["10018", "Stol", "2"], ru: ["Заказ", "10018"], sl: ["Naročilo", "Količina"] } },
  "energy/outage-notice": { type: "planned-outage", data: { object: "TP 5", area: "Dunajska cesta 1–40", from_at: "2026-12-01T07:00:00Z", to_at: "2026-12-01T10:00:00Z", consumers: 300, work: "Nov transformator" },
    words: { en: ["1 December 2026", "Dunajska cesta 1–40"], ru: ["1 декабря 2026", "Считайте сеть"], sl: ["Nov transformator", "1. december 2026"] } },
  "bank/loan-application": { type: "loan", data: { applicant: name, born_on: "1990-05-05", document: { series: "PB", number: "1234567" }, phone: "+38640123456", address: { ...place, postcode: "1000" }, employment: "employed", employer: "Lipa d.o.o.", income: eur("1900.00"), amount: eur("8000.00"), months: 60, purpose: "home", consent: agreed },
    words: { en: ["Špela Žagar", "PB1234567", "€8,000.00", "Employed", "Home and renovation", "5 May 1990", readOut("bank", "loan")], ru: ["8 000,00 €", "Žagar Špela", "По найму", "Жильё и ремонт", "5 мая 1990", "Dunajska cesta 5, 1000 Ljubljana"], sl: ["8.000,00 €", "Špela Žagar", "Zaposlen", "Dom in prenova", "5. maj 1990", "20. november 2026"] } },
  "bank/claim-letter": { type: "claim", data: { claimant: name, about: "payment", happened_on: "2026-11-15", circumstances: "Neznana bremenitev ponoči", demand: "refund", amount: eur("64.90") }, fields: { verdict: "granted", amount: "64.90", payment: "P-12", resolution: "The charge was not yours" },
    words: { en: ["Dear Špela Žagar,", "Granted", "€64.90", "P-12", "Money back"], ru: ["Здравствуйте, Špela!", "Удовлетворить", "64,90 €", "Возврат денег", "15 ноября 2026"], sl: ["Pozdravljeni, Špela Žagar,", "Ugodeno", "Vračilo denarja", "64,90 €", "petnajstih delovnih dneh"] } },
  "bank/deposit-reminder": { type: "payment-reminder", data: { account: "SI56012345678", due_on: "2026-12-05", sum: eur("200.00"), reached: true, warned: true, promised_on: "2026-12-03" },
    words: { en: ["€200.00", "5 December 2026", "3 December 2026"], ru: ["200,00 €", "внесёте деньги 3 декабря 2026"], sl: ["200,00 €", "5. december 2026", "navedli: 3. december 2026"] } },
  "taxi/lost-thing-act": { type: "lost-thing", data: { ride_at: "2026-11-20T18:00:00Z", car: "Škoda, А123ВС", what: "Чёрный рюкзак", marks: "Rdeč trak", hand_over: "office" },
    words: { en: ["Чёрный рюкзак", "At the office", "Škoda, А123ВС", "Received by"], ru: ["В офисе", "Приметы: Rdeč trak", "Вещь получил"], sl: ["V pisarni", "Prepoznavni znaki", "Stvar prejel"] } },
  "taxi/trip-certificate": { type: "taxi-order", data: { phone: "+79261234567", from: { country: "RU", city: "Подольск", cityKey: "podolsk", street: "Советская улица", house: "3" }, to: { country: "RU", city: "Москва", cityKey: "moscow", street: "Тверская улица", house: "1" }, passengers: 2, class: "comfort", read_back: true }, fields: { car: "Škoda, А123ВС", price: "640.00" },
    words: { en: ["Подольск, Советская улица 3", "Comfort", "640.00", "no proof of a ride"], ru: ["Москва, Тверская улица 1", "Комфорт", "640,00 ₽"], sl: ["Udobni", "Škoda, А123ВС", "Cena vožnje"] } },
  "production/reaction-order": { type: "alarm", data: { equipment: "Stiskalnica 4", line: "L2", parameter: "temperature", value: 91.5, limit: 80, at: "2026-11-22T05:00:00Z", line_stands: true, people_in_danger: true }, fields: { department: "maintenance", task: "Look at the cooling" },
    words: { en: ["People are in danger", "Temperature", "91.5", "Maintenance", "Look at the cooling"], ru: ["Люди в опасности", "Температура", "91,5", "Служба ремонта"], sl: ["Ljudje so v nevarnosti", "Temperatura", "Vzdrževanje", "Stiskalnica 4"] } },
  "production/defect-act": { type: "alarm", data: { equipment: "Stiskalnica 4", line: "L2", parameter: "leak", value: 91.5, limit: 80, at: "2026-11-22T05:00:00Z", line_stands: true }, fields: { cause: "wear", report: "Pump replaced", resolution: "The pump was worn" },
    words: { en: ["Wear", "Leak", "Pump replaced", "The pump was worn"], ru: ["Износ", "Утечка", "Отчёт бригады: Pump replaced"], sl: ["Obraba", "Puščanje", "Vodja izmene"] } },
  "transport/delay-certificate": { type: "delay", data: { route: "24, 07:40", minutes: 25, vehicle: "LJ 12-345", stop: "Šiška", cause: "traffic", people: 12, connection: true }, fields: { expected_at: "2026-11-22T07:05:00Z", replacement: true },
    words: { en: ["24, 07:40", "25", "Traffic", "Another vehicle was sent."], ru: ["Движение на дороге", "не успели на пересадку"], sl: ["Promet", "Šiška", "Potniki so zaradi zamude"] } },
  "transport/accident-report": { type: "breakdown", fields: { resolution: "Towed away" }, words: { en: ["Towed away", "Hurt, number and names", "urgent"], ru: ["Пострадавшие", "срочный"], sl: ["Poškodovani", "nujna"] } },
  "support/work-order": { type: "incident", data: { device: "Prenosnik 7", system: "windows", program: "Pošta", message: "0x800CCC0E", people: 3, stops_work: true }, fields: { task: "Renew the certificate" },
    words: { en: ["Prenosnik 7", "Windows", "Renew the certificate", "0x800CCC0E"], ru: ["Операционная система", "Текст ошибки: 0x800CCC0E"], sl: ["Delovni nalog", "Besedilo napake"] } },
  "support/incident-report": { type: "incident", data: { device: "Prenosnik 7", system: "phone", program: "Pošta", since: "2026-11-22T05:00:00Z", people: 3 }, fields: { cause: "network", finding: "A cable was cut", resolution: "Laid anew" },
    words: { en: ["Phone or tablet", "Network", "A cable was cut", "Laid anew"], ru: ["Телефон или планшет", "Сеть", "Заключение экспертов"], sl: ["Telefon ali tablica", "Omrežje", "Ugotovitev strokovnjakov"] } },
  "support/remote-access-consent": { type: "remote-help", data: { device: "Prenosnik 7", what: "Nastavi tiskalnik", session: "123 456 789", closed_private: true, consent: agreed },
    words: { en: [readOut("support", "remote-help"), "123 456 789", "20 November 2026"], ru: ["Nastavi tiskalnik", "Согласие дано 20 ноября 2026"], sl: [`»${readOut("support", "remote-help")}«`, "Soglasje je dano: 20. november 2026"] } },
};

/** What a kind of ticket with a common paper cannot be registered without. */
const NEEDED: Record<string, Record<string, unknown>> = { claim: { claimant: name, about: "service", circumstances: "Deset dni brez povezave", demand: "explanation" } };

/** Empty on the paper on purpose: nobody is there yet, or it is not asked for. */
const MAY_BE_EMPTY = ["form.ride.name", "form.instalments", "ticket.owner.name", "form.address.flat", "form.issued_number", "form.monthly"];

async function sent<T>(method: "GET" | "POST" | "PATCH", url: string, body?: unknown): Promise<T> {
  const reply = await operator.send(method, `/api${url}`, body);
  expect(reply.statusCode, `${method} ${url} ${reply.body.slice(0, 600)}`).toBe(200);
  return reply.json<T>();
}

/** Registered through the API with its form filled; what its process asks on the way is put in place. */
async function register(projectKey: string, { type, data, fields }: { type: string } & Omit<Paper, "words">): Promise<string> {
  const client = await buildClient(database.ctx(), { projects: [projectKey] });
  const form = projects.find(({ project }) => project.key === projectKey)!.types.find(({ key }) => key === type)!.form;
  const record = data && form ? await sent<{ id: string }>("POST", "/forms/records", { id: newId(), projectKey, formKey: form, data }) : null;
  const { id } = await sent<{ id: string }>("POST", "/tickets", { projectKey, type, subject: "Čudna težava / Странное дело", description: "Žaga škripi, Щука молчит", clientId: client.id, contactPhone: "+38640123456", contactEmail: "s@example.test", fields: { address: "Dunajska cesta 5" }, ...(record && { formRecordId: record.id }) });
  if (fields) await sql`update tickets set fields = fields || ${JSON.stringify(fields)}::jsonb where id = ${id}::uuid`.execute(database.db);
  return id;
}

const wordsOf = (block: PrintedBlock): string[] => {
  if ("text" in block) return [block.text];
  if ("facts" in block) return block.facts.flat();
  if ("items" in block) return block.items;
  if ("names" in block) return block.names;
  return "rows" in block ? [...block.columns.map((column) => column.name), ...block.rows.flat()] : [];
};
const onPaper = (printed: PrintedDocument): string => [printed.title, printed.footer, ...printed.content.flatMap(wordsOf)].join("\n").replaceAll(/[\u00A0\u202F]/g, " ");

const own = projects.flatMap(({ project, more }) => Object.values((more["documents"] ?? {}) as Record<string, DocumentDeclaration>).map((declared) => ({ project: project.key, declared })));

test("R118 every project gives its clients and staff papers of its own, and each is tried here", () => {
  const named = [...texts.keys()].filter((file) => /^(?!common\/)[^/]+\/documents\//.test(file)).map((file) => file.replace("/documents", "").replace(/\.yaml$/, ""));
  expect(Object.keys(PAPERS).sort()).toEqual(named.sort());
  expect(new Set(named.map((file) => file.split("/")[0]))).toEqual(new Set(projects.map(({ project }) => project.key)));
});

test.each(own.map(({ project, declared }) => [`${project}/${declared.key}`, project, declared] as const))("R118 %s is made of a ticket in each language", async (at, project, declared) => {
  const paper: ({ type: string } & Paper) | undefined = PAPERS[at];
  const type = paper?.type ?? declared.types[0] ?? "question";
  const id = await register(project, paper ?? { type, ...(NEEDED[type] && { data: NEEDED[type] }) });
  for (const language of declared.languages) {
    const made = await sent<{ name: string; language: string }>("POST", `/tickets/${id}/documents`, { key: declared.key, language });
    expect(made).toMatchObject({ language, name: declared.name[language] });
    const said = onPaper(last);
    for (const word of paper?.words[language] ?? []) expect(said, `${at} in ${language}`).toContain(word);
    expect(said, `${at} in ${language}`).not.toMatch(/\{\{|undefined|\[object|NaN/);
    if (language === "ru") expect(said).toMatch(/[а-яё]{4}/i);
    if (paper) expect(emptyFacts(declared, said), `${at} in ${language}`).toBe(0);
  }
});

/** Facts that stand empty although the ticket has everything. */
function emptyFacts(declared: DocumentDeclaration, said: string): number {
  const allowed = declared.content.flatMap((block) => ("facts" in block ? block.facts : [])).filter(({ value }) => MAY_BE_EMPTY.includes(value)).length;
  return Math.max(0, said.split("\n").filter((line) => line === "–").length - allowed);
}

test("a choice stands on paper by its name, and what nobody filled in as a dash", async () => {
  const id = await register("support", { type: "incident", fields: { cause: "malware" } });
  await sent("POST", `/tickets/${id}/documents`, { key: "incident-report", language: "sl" });
  expect(onPaper(last)).toContain("Zlonamerna koda");
  expect(onPaper(last)).toContain("\n–\n");
});

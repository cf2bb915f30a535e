import { randomUUID } from "node:crypto";
import { fill, type Route, type Shape } from "./access.shapes.ts";
import { folded } from "./fields.forms.ts";
import { DEPARTMENT, type FieldsHouse, OWN, type Role, ROLES, sideBySide } from "./fields.house.ts";

/** Values that are found again wherever they come out. */
export const MARKS = { phone: "+38640777123", email: "marked.client@example.test", document: "PB7654321", /** Of somebody else, whom no card and no ticket names. */ otherPhone: "+38640555777", otherEmail: "kos.other@mail.example.test", reason: "marked reason" } as const;
/** What people write into any text. */
export const INNER = `Call +386 40 777 123 or ${MARKS.otherPhone}, write to ${MARKS.email} or ${MARKS.otherEmail}`;
/** Which of the marked contacts a text tells whole. */
export function contactsTold(text: string): string[] {
  const digits = text.replaceAll(/[\s()+-]/g, "");
  return [...[MARKS.phone, MARKS.otherPhone].filter((phone) => digits.includes(phone.slice(1))), ...[MARKS.email, MARKS.otherEmail].filter((email) => text.includes(email.split("@", 1)[0]!))];
}

export interface World { client: string; ticket: string; call: string; record: string; run: string; bulk: string; user: string; merged: string; formId: string; complaintForm: string; mergedNumber: string; /** Of each role, the ticket that is about its reader. */ about: Record<Role, string> }

/** One of everything a reply tells of, in the readers' project and their department. */
export async function buildWorld(house: FieldsHouse): Promise<World> {
  const send = async (login: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const reply = await house.ask(login, method, path, body);
    if (reply.status !== 200) throw new Error(`${login}: ${method} ${path}: ${reply.status} ${reply.text.slice(0, 400)}`);
    return reply.body as Record<string, unknown>;
  };
  const colleague = house.desk("colleague").userId;
  const client = await send("matrix.operator", "POST", "/api/clients", {
    kind: "person", familyName: "Kennzeichen", givenName: "Markus", middleName: "M.", language: "sl", phones: [MARKS.phone], emails: [MARKS.email], projects: [OWN], pinnedNote: "Call after five", flags: ["marked"], force: true,
    address: { city: "Ljubljana", street: "Dunajska cesta", house: "5", flat: "7", postcode: "1000", country: "SI" },
  });
  const call = randomUUID();
  await house.rows(`insert into interactions (id, channel, direction, project_key, queue_id, client_id, operator_id, language, state, outcome, from_number, to_number, caller_name, started_at, queued_at, answered_at, ended_at, wrapped_at, disposition, notes)
    values ($1, 'voice', 'in', $2, (select id from queues where project_key = $2 order by id limit 1), $3, $4, 'sl', 'ended', 'answered', $5, '+38615550100', 'Markus', now() - interval '9 minutes', now() - interval '8 minutes', now() - interval '7 minutes', now() - interval '2 minutes', now(), 'solved', 'He was content: ' || $5)`, [call, OWN, client.id, colleague, MARKS.phone]);
  const made = await send("matrix.operator", "POST", "/api/tickets", { projectKey: OWN, type: "question", subject: `About ${INNER}`, description: INNER, clientId: client.id, interactionId: call, fields: {} });
  const ticket = made.id as string;
  const other = await send("matrix.operator", "POST", "/api/tickets", { projectKey: OWN, type: "question", subject: `Again ${INNER}`, description: INNER, clientId: client.id }) as { id: string; number: string };
  await house.rows("update tickets set owner_id = null, department = $2 where id = $1", [other.id, DEPARTMENT]);
  await house.rows("update tickets set owner_id = null, department = $2 where id = $1", [ticket, DEPARTMENT]);
  await send("colleague", "POST", `/api/tickets/${ticket}/notes`, { text: `He calls often. ${INNER}` });
  await send("colleague", "POST", `/api/tickets/${ticket}/variants`, { title: `A new modem. ${INNER}`, pros: INNER, cons: "Dear", price: "20 EUR", duration: "a day" });
  await send("colleague", "POST", `/api/tickets/${ticket}/messages`, { id: randomUUID(), text: `We are looking at it. ${INNER}` });
  await send("colleague", "POST", `/api/tickets/${ticket}/relations`, { side: "related", number: other.number });
  const about = {} as World["about"];
  for (const role of ROLES) about[role] = await complaintAbout(house, send, { role, client: client.id as string, ticket });
  await askForApproval(send, client.id as string);
  await send("matrix.operator", "POST", "/api/promises", { ticketId: ticket, clientId: client.id, projectKey: OWN, text: `A call back. ${INNER}`, dueAt: new Date(Date.now() + 86_400_000).toISOString() });
  await house.rows("insert into attachments (id, ticket_id, name, media_type, bytes, sha256, path, uploaded_by, at) select $1, $2, $4, 'image/png', 1, '', '', $3, now()", [randomUUID(), ticket, colleague, `${INNER}.png`]);
  await house.rows("insert into notices (id, ticket_id, cause, key, language, recipient, subject, body_text, body_html, state, message_id, created_at, sent_at) values ($1, $2, $1::uuid::text, 'received', 'sl', $3, 'Received', $4, '', 'sent', 'm', now(), now())", [randomUUID(), ticket, MARKS.email, INNER]);
  const { items } = await send("matrix.operator", "GET", `/api/forms?projectKey=${OWN}`) as { items: { key: string; id: string }[] };
  const formId = items.find(({ key }) => key === "connection")!.id;
  const record = randomUUID();
  await send("colleague", "POST", "/api/forms/records", { id: record, projectKey: OWN, formKey: "connection", subject: { kind: "ticket", id: ticket }, data: { subscriber: { surname: "Kennzeichen", given: "Markus" }, phone: MARKS.phone, email: MARKS.email, passport: { number: MARKS.document } } });
  const run = randomUUID();
  await house.rows("insert into automation_runs (id, at, project_key, rule_key, version_id, ticket_id, cause, woken_by, state, changes, trace) values ($1, now(), $2, 'slow-wifi', 'v', $3, $1::uuid::text, 'event', 'fired', '[]', '{}')", [run, OWN, ticket]);
  const bulk = await house.ask("matrix.supervisor", "POST", "/api/tickets/bulk", { selection: { ids: [ticket, other.id] }, action: { kind: "change", priority: 2 } });
  await house.ask("matrix.administrator", "POST", `/api/webhooks/${OWN}`, { key: "marked", name: "Marked", url: "https://example.test/hook", enabled: true });
  await send("matrix.supervisor", "POST", "/api/tickets/views", { name: "Marked", filter: {}, shared: { projectKey: OWN, role: null } });
  await house.rows("insert into operators (user_id, languages, sip_user) values ($1, '{en}', '7771') on conflict do nothing", [house.desk("matrix.operator").userId]);
  await house.heard();
  return { client: client.id as string, ticket, call, record, run, bulk: ((bulk.body ?? {}) as { id?: string }).id ?? randomUUID(), user: house.desk("matrix.operator").userId, merged: other.id, mergedNumber: other.number, formId, complaintForm: items.find(({ key }) => key === "complaint")!.id, about };
}

type Send = (login: string, method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** Beside everything the reader sees: of the same client, department and call, promised about, noted on and related. */
async function complaintAbout(house: FieldsHouse, send: Send, { role, client, ticket }: { role: Role; client: string; ticket: string }): Promise<string> {
  const made = await send("colleague", "POST", "/api/tickets", { projectKey: OWN, type: "question", subject: `Complaint about ${role}`, description: "Rude", clientId: client }) as { id: string; number: string };
  await send("colleague", "POST", `/api/tickets/${made.id}/notes`, { text: `Noted about ${role}` });
  await send("colleague", "POST", "/api/promises", { ticketId: made.id, text: `Promised about ${role}`, dueAt: new Date(Date.now() + 86_400_000).toISOString() });
  await send("colleague", "POST", `/api/tickets/${ticket}/relations`, { side: "related", number: made.number });
  await house.rows("update tickets set owner_id = $2, department = $3, about_user_ids = array[$2]::uuid[] where id = $1", [made.id, house.desk(`matrix.${role}`).userId, DEPARTMENT]);
  return made.id;
}

/** Above what an operator may decide alone. */
async function askForApproval(send: Send, clientId: string): Promise<void> {
  const form = await send("matrix.operator", "POST", "/api/forms/records", { id: randomUUID(), projectKey: OWN, formKey: "claim", data: { claimant: { surname: "Kennzeichen", given: "Markus" }, about: "service", circumstances: INNER, demand: "refund", amount: { amount: "150.00", currency: "EUR" } } });
  let ticket = await send("matrix.operator", "POST", "/api/tickets", { projectKey: OWN, type: "claim", subject: `Claim ${INNER}`, description: INNER, clientId, formRecordId: form.id });
  for (const [transition, input] of [["take", {}], ["decide", { verdict: "granted", amount: "150.00", resolution: INNER, contacted: true, cause: "service" }]]) ticket = await send("matrix.operator", "POST", `/api/tickets/${String(ticket.id)}/transitions`, { version: ticket.version, transition, input });
}

const idFor = (path: string, world: World): string => {
  const kinds: [RegExp, string][] = [[/^\/api\/clients\//, world.client], [/^\/api\/tickets\/bulk\//, world.bulk], [/^\/api\/tickets\//, world.ticket], [/^\/api\/calls\//, world.call], [/^\/api\/forms\/records\//, world.record], [/^\/api\/automation\/runs\//, world.run], [/^\/api\/operators\//, world.user]];
  return kinds.find(([at]) => at.test(path))?.[1] ?? "00000000-0000-7000-8000-000000000000";
};

export function addressOf(route: Route, world: World): string {
  const from = new Date(Date.now() - 86_400_000).toISOString();
  const known: Record<string, unknown> = { project: OWN, projectKey: OWN, phone: MARKS.phone, subjectKind: "ticket", subjectId: world.ticket, formId: world.formId, id: world.formId, q: "Ljub", cityKey: "ljubljana", path: "project.yaml", process: "request", from, to: new Date().toISOString(), otherId: world.merged, goneId: world.merged, words: "wifi", text: "Kennzeichen" };
  const path = route.path.replace("{id}", idFor(route.path, world)).replace("{project}", OWN).replace("{process}", "request").replace("{key}", route.path.startsWith("/api/projects/") ? OWN : "slow-wifi").replaceAll(/\{\w+\}/g, "00000000-0000-7000-8000-000000000000");
  const query = route.query.filter(({ required, name }) => required || ["project", "words"].includes(name)).map(({ name, schema }) => `${name}=${encodeURIComponent(String(fill(schema, known, name)))}`);
  return query.length > 0 ? `${path}?${query.join("&")}` : path;
}

/** Places of a reply that hold a value; rows of a list are one place, keys of people's own one too. */
export function placesOf(shape: Shape, at = ""): string[] {
  const choices = shape.anyOf ?? shape.oneOf ?? shape.allOf;
  if (choices) return [...new Set(choices.filter(({ type }) => type !== "null").flatMap((one) => placesOf(one, at)))];
  if (shape.type === "array") return placesOf(shape.items ?? {}, `${at}[]`);
  const parts = Object.entries(shape.properties ?? {});
  return parts.length > 0 ? parts.flatMap(([key, part]) => placesOf(part, at === "" ? key : `${at}.${key}`)) : [at];
}

/** What stands at a place, in all rows together; nothing that says nothing. */
function valuesAt(value: unknown, place: string): string[] {
  const walk = (one: unknown, [head, ...rest]: string[]): unknown[] => {
    if (head === undefined) return [one];
    if (head === "[]") return Array.isArray(one) ? one.flatMap((row) => walk(row, rest)) : [];
    return typeof one === "object" && one !== null ? walk((one as Record<string, unknown>)[head], rest) : [];
  };
  return walk(value, place.split(/\.|(?=\[\])/).filter(Boolean)).filter((one) => one !== null && one !== undefined && one !== "" && !(typeof one === "object" && Object.keys(one).length === 0)).map((one) => JSON.stringify(one));
}

/** Of a role: whether any of the addresses let it in, what those answered with, and all that was said. */
export interface Reply { route: string; places: string[]; answers: Record<Role, { status: number; bodies: unknown[]; text: string }> }

export async function askReplies(house: FieldsHouse, routes: readonly Route[], { world, more }: { world: World; more: Record<string, string[]> }): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const route of routes) {
    const plain = addressOf(route, world);
    // A page of one: only so is there a next one.
    const paged = route.query.some(({ name }) => name === "limit") ? [`${plain}${plain.includes("?") ? "&" : "?"}limit=1`] : [];
    const addresses = [plain, ...paged, ...more[route.path] ?? []];
    const answers = {} as Reply["answers"];
    for (const role of ROLES) {
      const all = await sideBySide(addresses, 4, (address) => house.ask(`matrix.${role}`, "GET", address));
      const inside = all.filter(({ status }) => status === 200);
      answers[role] = { status: inside.length > 0 ? 200 : all.at(-1)!.status, bodies: inside.map(({ body }) => body), text: all.map(({ text }) => text).join("\n") };
    }
    replies.push({ route: `GET ${route.path}`, places: route.reply ? placesOf(route.reply) : [], answers });
  }
  return replies;
}

type Lot = "whole" | "in part" | "left out";
const lotOf = (values: string[], others: string[]): Lot => (values.length === 0 ? "left out" : values.some((one) => one.includes("•")) && !values.every((one) => others.includes(one)) ? "in part" : "whole");

/** Places that no answer to anybody has filled, with their routes. */
export const emptyPlaces = (replies: readonly Reply[]): string[] => replies.flatMap(({ route, places, answers }) => places
  .filter((place) => ROLES.every((role) => answers[role].bodies.every((body) => valuesAt(body, place).length === 0))).map((place) => `${route} ${place}`));

/** What each role who comes in is given of each place that is filled for anybody. */
export function replyTable(replies: readonly Reply[]): string {
  const lines = ["What a reply holds, by role: fields given whole to all who come in stand together, others by themselves. \"Not filled here\" is what nothing in this test's world fills."];
  for (const { route, places, answers } of replies) {
    const inside = ROLES.filter((role) => answers[role].status === 200);
    lines.push("", `${route}   ${inside.length === ROLES.length ? "all" : inside.length === 0 ? `nobody: ${ROLES.map((role) => answers[role].status).join(" ")}` : inside.join(", ")}`);
    if (inside.length === 0) continue;
    const whole: string[] = [];
    const empty: string[] = [];
    for (const place of places) {
      const values = new Map(inside.map((role) => [role, answers[role].bodies.flatMap((body) => valuesAt(body, place))]));
      const clear = [...values.values()].flat().filter((one) => !one.includes("•"));
      const lots = inside.map((role) => lotOf(values.get(role)!, clear));
      if (lots.every((lot) => lot === "left out")) empty.push(place);
      else if (lots.every((lot) => lot === "whole")) whole.push(place);
      else lines.push(`  ${place}: ${inside.map((role, at) => `${role} ${lots[at]}`).join(", ")}`);
    }
    if (whole.length > 0) lines.push("  whole:", ...folded(whole).map((line) => `    ${line}`));
    if (empty.length > 0) lines.push("  not filled here:", ...folded(empty).map((line) => `    ${line}`));
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

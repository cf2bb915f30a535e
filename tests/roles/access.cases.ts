import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Maker, soon, type Variant } from "./access.maker.ts";
import { INNER, MARKS } from "./fields.replies.ts";

/** What one request is: values of its path by name, of its query, a body that is good, a file that is sent. */
export interface Asked { [param: string]: unknown; query?: Record<string, string>; body?: unknown; file?: { name: string; bytes: Uint8Array } }
export interface Case { variants: readonly Variant[]; make: (at: Maker) => Asked | Promise<Asked> }
type Make = Case["make"];
const of = (variants: string) => (make: Make = () => ({})): Case => ({ variants: variants.split("") as Variant[], make });

/** Of nobody's thing: asked once. */
const plain = of("p");
/** Of a project as such. */
const project = of("pon");
/** Of a ticket, or of what hangs on one. */
const ticket = of("mdpona");
/** Of a thing below a ticket that is named in the path. */
const below = of("mdponaxi");
/** Of what is somebody's, without departments. */
const owned = of("mpon");

/** Only the ticket's id, and this body. */
const onTicket = (body?: (at: Maker) => unknown): Case => ticket(async (at) => ({ id: await at.ticket(), ...(body && { body: await body(at) }) }));
const onRecord = (body?: unknown): Case => ticket(async (at) => ({ id: await at.recordOnTicket(), ...(body !== undefined && { body }) }));
const onClient = (body?: (at: Maker) => unknown): Case => project(async (at) => ({ id: await at.client(), ...(body && { body: await body(at) }) }));
const onProject = (more: Make = () => ({})): Case => project(async (at) => ({ project: at.project, ...await more(at) }));
const onTexts = (more: Make = () => ({})): Case => project(async (at) => ({ key: at.project, ...await more(at) }));
const inQuery = (query: (at: Maker) => Record<string, string>): Case => project((at) => ({ query: at.variant === "n" ? Object.fromEntries(Object.entries(query(at)).map(([key, value]) => [key, value === at.project ? "nowhere" : value])) : query(at) }));

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const photo = { name: "photo.png", bytes: PNG };
const article = (key: string): string => `key: ${key}\nkind: troubleshooting\ntitle: { en: Matrix, ru: Матрица, sl: Matrika }\nbody: { en: Words, ru: Слова, sl: Besede }\n`;
const ruleText = (at: Maker): string => readFileSync(new URL(`../../projects/${at.project}/rules/${at.rule.replaceAll("_", "-")}.yaml`, import.meta.url), "utf8");
/** A rule that reads out what a ticket says. */
const PEEK = "key: peek\nname: { en: Peek, ru: Peek, sl: Peek }\non: { event: ticket.registered }\nsteps:\n  - let: { x: ticket.description }\n  - do: add_note\n    with: { text: 'ticket.subject + x' }\n";
const period = (): Record<string, string> => ({ from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date().toISOString() });

interface Text { path: string; number: number; text: string }
const keptTexts = new Map<string, Promise<Text>>();
/** A text changed so often. Those who are refused share one: saving is counted by the minute. */
function textOf(at: Maker, changes: number): Promise<Text> {
  const name = `${at.project} ${changes} ${at.role === "administrator" ? randomUUID() : "any"}`;
  const made = keptTexts.get(name) ?? makeText(at, changes);
  keptTexts.set(name, made);
  return made;
}
async function makeText(at: Maker, changes: number): Promise<Text> {
  const key = `matrix-${randomUUID().slice(0, 8)}`;
  const path = `articles/${key}.yaml`;
  for (let number = 0; number < changes; number++) await at.send("PUT", `/api/projects/${at.project}/text`, { path, text: `${article(key)}# ${number}\n`, number }, "wide.administrator");
  return { path, number: changes, text: article(key) };
}

/** A project of its own, for what would take one away from everybody; those who are refused share one. */
let spares = 0;
const kept = new Map<string, Promise<string>>();
function spare(at: Maker, { retired }: { retired: boolean }): Promise<string> {
  const name = `${retired} ${at.role === "administrator" ? randomUUID() : "any"}`;
  const made = kept.get(name) ?? makeSpare(at, retired);
  kept.set(name, made);
  return made;
}
async function makeSpare(at: Maker, retired: boolean): Promise<string> {
  const project = newProject(spares++);
  await at.send("POST", "/api/projects", project, "wide.administrator");
  if (retired) await at.send("POST", `/api/projects/${project.key}/retire`, {}, "wide.administrator");
  return project.key;
}
function newProject(n: number) {
  const [key, number] = [`spare${n}`, `+3861555${1_000 + n}`];
  return { template: "taxi", key, name: { en: key, ru: key, sl: key }, languages: ["en"], defaultLanguage: "en", numbers: [number], callerId: number, ticketPrefix: `Z${String.fromCodePoint(65 + Math.floor(n / 26), 65 + n % 26)}`, mailFrom: `${key}@example.test` };
}

let extensions = 0;
const newUser = (at: Maker): Record<string, unknown> => ({ name: "Matrix", language: "en", roles: ["operator"], projects: [at.project], department: null });

async function merged(at: Maker): Promise<string> {
  const [kept, gone] = [await at.ticket(), await at.ticket()];
  const { id } = await at.send("POST", `/api/tickets/${kept}/merge`, { goneId: gone, keptVersion: 1, goneVersion: 1 });
  return id as string;
}

const PEOPLE: Record<string, Case> = {
  "GET /api/access/colleagues": plain(),
  "GET /api/access/me": plain(),
  "PUT /api/access/me/language": plain(() => ({ body: { language: "en" } })),
  "GET /api/access/users": plain(),
  "POST /api/access/users": plain((at) => ({ body: { ...newUser(at), login: `made.${randomUUID().slice(0, 8)}`, password: "a-password-nobody-guesses" } })),
  "PUT /api/access/users/{id}": project(async (at) => ({ id: await at.user(), body: { ...newUser(at), disabled: false, version: 1 } })),
  "GET /api/audit": plain(),
  "GET /api/audit/verification": plain(),
  "GET /api/floor": plain(),
  "PUT /api/floor/operators/{id}/state": project(async (at) => ({ id: await at.operator(), body: { state: "offline" } })),
  "GET /api/health": plain(),
  "GET /api/health/ready": plain(),
  "GET /api/operators": plain(),
  "GET /api/operators/choices": plain(),
  "GET /api/operators/{id}": project(async (at) => ({ id: await at.user() })),
  "GET /api/operators/{id}/history": project(async (at) => ({ id: await at.user() })),
  "PATCH /api/operators/{id}": project(async (at) => ({ id: await at.user(), body: { version: 1, languages: ["en"] } })),
  "POST /api/operators/{id}/phone": project(async (at) => ({ id: await at.user(), body: { version: 1, extension: String(10_000 + extensions++) } })),
  "DELETE /api/operators/{id}/phone": project(async (at) => {
    const id = await at.user();
    const { operator } = await at.send("POST", `/api/operators/${id}/phone`, { version: 1, extension: String(10_000 + extensions++) }, "wide.administrator") as { operator: { version: number } };
    return { id, query: { version: String(operator.version) } };
  }),
};

const CALLS: Record<string, Case> = {
  "GET /api/calls": plain(),
  "GET /api/calls/{id}": owned(async (at) => ({ id: await at.call() })),
  "PUT /api/calls/{id}/client": owned(async (at) => ({ id: await at.call(), body: { clientId: await at.client() } })),
  "GET /api/calls/line": plain(),
  "PUT /api/calls/line/device": plain(() => ({ body: { device: "browser" } })),
  "PUT /api/calls/line/state": plain(() => ({ body: { state: "offline" } })),
  "GET /api/recordings/{id}": owned(async (at) => ({ id: await at.recording() })),
  "GET /api/recordings/{id}/audio": owned(async (at) => ({ id: await at.recording() })),
};

const CLIENTS: Record<string, Case> = {
  "GET /api/clients": inQuery((at) => ({ project: at.project })),
  "POST /api/clients": project((at) => ({ body: { kind: "person", familyName: "Matrix", projects: [at.variant === "n" ? "nowhere" : at.project], force: true } })),
  "GET /api/clients/by-phone": plain(() => ({ query: { phone: MARKS.phone } })),
  "GET /api/clients/{id}": onClient(),
  "PATCH /api/clients/{id}": onClient(() => ({ version: 1, pinnedNote: "Matrix" })),
  "POST /api/clients/{id}/archive": onClient(() => ({ archived: true, version: 1 })),
  "POST /api/clients/{id}/confirm": onClient(() => ({ version: 1 })),
  "GET /api/clients/{id}/handovers": onClient(),
  "GET /api/clients/{id}/history": onClient(),
  "POST /api/clients/{id}/merge": onClient(async (at) => ({ otherId: await at.client(), version: 1 })),
  "GET /api/clients/{id}/promises": onClient(),
  "GET /api/clients/{id}/timeline": onClient(),
};

const FORMS: Record<string, Case> = {
  "GET /api/forms": inQuery((at) => ({ projectKey: at.project })),
  "GET /api/forms/addresses/cities": inQuery((at) => ({ projectKey: at.project, q: "Ljub" })),
  "GET /api/forms/addresses/streets": inQuery((at) => ({ projectKey: at.project, q: "Duna", cityKey: "ljubljana" })),
  "GET /api/forms/lookups": project(async (at) => ({ query: { formId: await formId(at, "complaint"), path: "employee", q: "matrix" } })),
  "GET /api/forms/version": project(async (at) => ({ query: { id: await formId(at, "claim") } })),
  "GET /api/forms/records": ticket(async (at) => {
    const id = await at.ticket();
    await at.record({ kind: "ticket", id });
    return { query: { subjectKind: "ticket", subjectId: at.variant === "n" ? randomUUID() : id } };
  }),
  "POST /api/forms/records": ticket(async (at) => ({ body: { id: randomUUID(), projectKey: "internet", formKey: "claim", subject: { kind: "ticket", id: at.variant === "n" ? randomUUID() : await at.ticket() } } })),
  "GET /api/forms/records/{id}": onRecord(),
  "PATCH /api/forms/records/{id}": onRecord({ version: 1, changes: [{ path: "happened_on", value: "2026-03-03" }] }),
  "POST /api/forms/records/{id}/attach": of("mdpoa")(async (at) => ({ id: await at.record(undefined, { owner_id: at.variant === "p" || at.variant === "o" ? at.colleague : at.reader }), body: { kind: "ticket", id: await at.ticket() } })),
  "POST /api/forms/records/{id}/files": ticket(async (at) => ({ id: await at.recordOnTicket(), query: { id: randomUUID() }, file: photo })),
  "GET /api/forms/records/{id}/files/{fileId}": below(async (at) => {
    const id = await at.recordOnTicket();
    const owner = at.variant === "x" ? await at.inner.recordOnTicket() : id;
    return { id, fileId: await at.insert("form_files", { record_id: owner, name: "photo.png", media_type: "image/png", bytes: 1644, sha256: "", path: "matrix.bin", by_kind: "operator", by_name: "any", at: new Date() }) };
  }),
  "GET /api/forms/records/{id}/history": onRecord(),
  "POST /api/forms/records/{id}/link": ticket(async (at) => ({ id: await at.recordOnTicket({ form_key: at.project === "internet" ? "connection" : "return", data: "{}" }), body: { hours: 2 } })),
  "DELETE /api/forms/records/{id}/link": onRecord(),
  "POST /api/forms/records/{id}/reveal": ticket(async (at) => ({
    id: await at.recordOnTicket(at.project === "internet" ? { form_key: "connection", data: JSON.stringify({ passport: { number: MARKS.document } }) } : {}), body: { path: at.project === "internet" ? "passport" : "circumstances", reason: "The client asked" },
  })),
  "POST /api/forms/records/{id}/submit": onRecord({ version: 1 }),
  "POST /api/forms/records/{id}/typing": onRecord({ path: "circumstances" }),
  "GET /api/duties": plain(),
};
const formId = async (at: Maker, key: string): Promise<string> => (at.variant === "n" ? "nowhere" : at.form(key));

const TICKETS: Record<string, Case> = {
  "GET /api/approvals": plain(),
  "GET /api/tickets": inQuery((at) => ({ project: at.project })),
  "POST /api/tickets": project((at) => ({ body: { projectKey: at.variant === "n" ? "nowhere" : at.project, type: "question", subject: "Matrix" } })),
  "GET /api/tickets/board": plain(),
  "GET /api/tickets/columns": plain(),
  "GET /api/tickets/found": plain(),
  "GET /api/tickets/types": plain(),
  "GET /api/tickets/{id}": onTicket(),
  "PATCH /api/tickets/{id}": onTicket(() => ({ version: 1, subject: "Matrix again" })),
  "POST /api/tickets/{id}/approvals/{approvalId}": below(async (at) => {
    const id = await at.ticket();
    const held = at.variant === "x" ? await at.inner.ticket() : id;
    await at.house.rows("update tickets set stage = 'in_work' where id = any($1::uuid[])", [[id, held]]);
    return { id, approvalId: await at.inner.approval(held), body: { decision: "refuse", note: "No" } };
  }),
  "POST /api/tickets/{id}/attachments": ticket(async (at) => ({ id: await at.ticket(), file: photo })),
  "GET /api/tickets/{id}/attachments/{attachmentId}": below(async (at) => {
    const id = await at.ticket();
    return { id, attachmentId: await at.inner.attachment(at.variant === "x" ? await at.inner.ticket() : id) };
  }),
  "DELETE /api/tickets/{id}/attachments/{attachmentId}": below(async (at) => {
    const id = await at.ticket();
    return { id, attachmentId: await at.inner.attachment(at.variant === "x" ? await at.inner.ticket() : id, randomUUID()) };
  }),
  "GET /api/tickets/{id}/automation": onTicket(),
  "PUT /api/tickets/{id}/checks": onTicket(() => ({ checklist: "letter", item: "evidence", done: true })),
  "POST /api/tickets/{id}/contacts": onTicket(() => ({ reason: "To call back" })),
  "GET /api/tickets/{id}/documents": onTicket(),
  // Of one whose texts name nobody: others are printed by who sees contacts.
  "POST /api/tickets/{id}/documents": ticket(async (at) => {
    const id = await at.ticket();
    await at.house.rows("update tickets set subject = 'Matrix', description = '', fields = '{}' where id = $1", [id]);
    return { id, body: { key: "claim-letter", language: "en" } };
  }),
  "GET /api/tickets/{id}/documents/{documentId}": below(async (at) => {
    const id = await at.ticket();
    return { id, documentId: await at.inner.document(at.variant === "x" ? await at.inner.ticket() : id) };
  }),
  "GET /api/tickets/{id}/guides": onTicket(),
  "POST /api/tickets/{id}/guides": onTicket((at) => ({ guide: at.guide.guide })),
  "POST /api/guides/runs/{id}/steps": ticket(async (at) => { const { id, version } = await at.guideRun(); return { id, body: { version, choice: at.guide.choice, values: at.project === "internet" ? { modem_light: "none" } : {} } }; }),
  "POST /api/guides/runs/{id}/back": ticket(async (at) => { const { id, version } = await at.guideRun({ steps: 1 }); return { id, body: { version } }; }),
  "POST /api/guides/runs/{id}/leave": ticket(async (at) => { const { id, version } = await at.guideRun(); return { id, body: { version } }; }),
  "GET /api/tickets/{id}/merge": ticket(async (at) => ({ id: await at.ticket(), query: { number: (await at.another()).number } })),
  "POST /api/tickets/{id}/merge": ticket(async (at) => ({ id: await at.ticket(), body: { goneId: at.variant === "n" ? randomUUID() : (await at.another()).id, keptVersion: 1, goneVersion: 1 } })),
  "POST /api/tickets/merges/{id}/undo": ticket(async (at) => ({ id: await merged(at) })),
  "GET /api/tickets/{id}/messages": onTicket(),
  "POST /api/tickets/{id}/messages": onTicket(() => ({ id: randomUUID(), text: "Matrix" })),
  "POST /api/tickets/{id}/notes": onTicket(() => ({ text: "Matrix" })),
  "GET /api/tickets/{id}/promises": onTicket(),
  "GET /api/tickets/{id}/reasons": onTicket(),
  "GET /api/tickets/{id}/history": onTicket(),
  "GET /api/tickets/{id}/relations": onTicket(),
  "POST /api/tickets/{id}/relations": ticket(async (at) => ({ id: await at.ticket(), body: { side: "related", number: (await at.another()).number } })),
  "DELETE /api/tickets/{id}/relations/{relationId}": below(async (at) => {
    const id = await at.ticket();
    const [from, to] = [at.variant === "x" ? await at.inner.ticket() : id, await at.inner.ticket()].sort();
    return { id, relationId: await at.insert("ticket_relations", { from_id: from, to_id: to, kind: "related", created_by: at.colleague, created_at: new Date() }) };
  }),
  "GET /api/tickets/{id}/solutions": onTicket(),
  "POST /api/tickets/{id}/solutions": onTicket((at) => ({ source: "article", key: at.article })),
  "DELETE /api/tickets/{id}/solutions/{solutionId}": below(async (at) => {
    const id = await at.ticket();
    return { id, solutionId: await at.insert("ticket_solutions", { ticket_id: at.variant === "x" ? await at.inner.ticket() : id, source: "article", article_key: at.article, title: INNER, text: INNER, attached_by: at.colleague, attached_at: new Date() }) };
  }),
  "POST /api/tickets/{id}/transitions": ticket(async (at) => ({ id: await at.ticket({ type: "question" }), body: { version: 1, transition: "take" } })),
  "POST /api/tickets/{id}/variants": onTicket(() => ({ title: "Matrix" })),
  "DELETE /api/tickets/{id}/variants/{variantId}": below(async (at) => variantOf(at)),
  "POST /api/tickets/{id}/variants/{variantId}/choice": below(async (at) => ({ ...await variantOf(at), body: { chosen: true } })),
  "GET /api/promises": plain(),
  "POST /api/promises": ticket(async (at) => ({ body: { ticketId: at.variant === "n" ? randomUUID() : await at.ticket(), text: "Matrix", dueAt: soon() } })),
  "POST /api/promises/{id}/close": ticket(async (at) => ({ id: await at.promise(await at.ticket()), body: { version: 1, state: "kept" } })),
  "GET /api/promises/figures": plain(),
  "GET /api/automation/runs/{id}": ticket(async (at) => ({ id: await at.insert("automation_runs", { at: new Date(), project_key: at.project, rule_key: at.rule, version_id: "v", ticket_id: await at.ticket(), cause: randomUUID(), woken_by: "event", state: "fired", changes: JSON.stringify([{ target: "fields.resolution", from: INNER, to: INNER }]), actions: JSON.stringify([{ action: "add_note", params: { text: INNER } }]), trace: "{}" }) })),
};
async function variantOf(at: Maker): Promise<{ id: string; variantId: string }> {
  const id = await at.ticket();
  return { id, variantId: await at.insert("ticket_variants", { ticket_id: at.variant === "x" ? await at.inner.ticket() : id, position: 1, title: INNER, pros: INNER, offered_by: at.colleague, created_at: new Date() }) };
}

const HANDED: Record<string, Case> = {
  "GET /api/handovers": plain(),
  "GET /api/handovers/figures": plain(),
  "GET /api/tickets/{id}/handovers": onTicket(),
  "GET /api/tickets/{id}/handovers/choices": onTicket(),
  // Somebody who is there, though nobody's line is ready: the desk of `second` is open.
  "POST /api/tickets/{id}/handovers": onTicket((at) => ({ handoverId: randomUUID(), circle: "operators", userId: at.house.desk("second").userId, insist: true, wanted: "A modem", tried: "A cable", expected: "A visit" })),
  "POST /api/tickets/{id}/consults": onTicket((at) => ({ handoverId: randomUUID(), circle: "operators", userId: at.house.desk("second").userId, insist: true, question: "Which modem is it?" })),
  "POST /api/handovers/{id}/answer": of("mpona")(async (at) => ({ id: await at.consult(), body: { text: "The white one" } })),
  "GET /api/load": plain(),
  "POST /api/tickets/{id}/give": onTicket((at) => ({ userId: at.house.desk("second").userId })),
  "POST /api/handovers/{id}/take": of("mpona")(async (at) => ({ id: await at.handover({ to: at.person }) })),
  "POST /api/handovers/{id}/refuse": of("mpona")(async (at) => ({ id: await at.handover({ to: at.person }), body: { reason: "I am on the phone" } })),
  "POST /api/handovers/{id}/withdraw": of("mpona")(async (at) => ({ id: await at.handover({ by: at.person }) })),
  "GET /api/tickets/{id}/asked": ticket(async (at) => ({ id: (await at.task()).taskId })),
  "GET /api/tickets/{taskId}/asked/{id}/files/{fileId}": below(async (at) => {
    const mine = await at.task();
    return at.variant === "x" ? { ...await at.inner.task(), taskId: mine.taskId } : mine;
  }),
};

const LISTS: Record<string, Case> = {
  "GET /api/tickets/bulk": plain(),
  "POST /api/tickets/bulk": ticket(async (at) => {
    await at.house.rows("update bulk_runs set state = 'stopped' where author_id = $1", [at.reader]);
    return { body: { selection: { ids: [at.variant === "n" ? randomUUID() : await at.ticket()] }, action: { kind: "change", priority: 2 } } };
  }),
  "GET /api/tickets/bulk/{id}": of("mpn")(async (at) => ({ id: await at.bulk("done") })),
  "GET /api/tickets/bulk/{id}/items": of("mpn")(async (at) => ({ id: await at.bulk("done") })),
  "POST /api/tickets/bulk/{id}/start": of("mpn")(async (at) => ({ id: await at.bulk("ready"), body: {} })),
  "POST /api/tickets/bulk/{id}/stop": of("mpn")(async (at) => ({ id: await at.bulk("running") })),
  "POST /api/tickets/bulk/{id}/undo": of("mpn")(async (at) => ({ id: await at.bulk("done") })),
  "GET /api/tickets/views": plain(),
  "POST /api/tickets/views": plain(() => ({ body: { name: "Matrix", filter: {} } })),
  "PUT /api/tickets/views/{id}": owned(async (at) => ({ id: await at.view(), body: { name: "Matrix", filter: {}, version: 1, ...(at.variant !== "m" && { shared: { projectKey: at.project, role: null } }) } })),
  "DELETE /api/tickets/views/{id}": owned(async (at) => ({ id: await at.view() })),
  "GET /api/reports/stage-times": inQuery((at) => ({ project: at.project, process: "request", ...period() })),
  "GET /api/reports/stage-times/tickets": inQuery((at) => ({ project: at.project, process: "request", stage: "registered", ...period() })),
  "GET /api/reports/breakdown": inQuery((at) => ({ project: at.project, by: "type", ...period() })),
  "GET /api/reports/breakdown/tickets": inQuery((at) => ({ project: at.project, by: "type", number: "open", all: "true", ...period() })),
  // Owned by a colleague who works everywhere, so that it is refused for who asks and for nothing else.
  "POST /api/reports/decisions": project((at) => ({ body: { project: at.variant === "n" ? "nowhere" : at.project, by: "type", ...period(), what: "Matrix", why: "Matrix", ownerId: at.colleague, dueAt: soon() } })),
  "GET /api/reports/breakdown/sheet": inQuery((at) => ({ project: at.project, by: "type", ...period() })),
  "GET /api/articles": inQuery((at) => ({ project: at.project, words: "modem" })),
  "GET /api/articles/{project}/{key}": onProject((at) => ({ key: at.article })),
};

const DECLARED: Record<string, Case> = {
  "POST /api/automation/{project}/check": onProject((at) => ({ body: { text: ruleText(at) } })),
  "POST /api/automation/{project}/dry-run": onProject(async (at) => { await at.another(); return { body: { text: PEEK, limit: 5 } }; }),
  "POST /api/automation/{project}/try": onProject(async (at) => ({ body: { text: PEEK, ticket: (await at.another()).number } })),
  "GET /api/automation/{project}/rules": onProject(),
  "GET /api/automation/{project}/rules/{key}": onProject((at) => ({ key: at.rule })),
  "GET /api/automation/{project}/rules/{key}/runs": onProject((at) => ({ key: at.rule })),
  "GET /api/automation/{project}/vocabulary": onProject(),
  "GET /api/automation/editors": plain(),
  "PUT /api/automation/editors/{id}": project(async (at) => ({ id: await at.user(), body: { certified: true } })),
  "GET /api/hooks/{project}": onProject(),
  "PUT /api/hooks/{project}/{hook}/secret": onProject(() => ({ hook: "matrix" })),
  "DELETE /api/hooks/{project}/{hook}/secret": onProject(async (at) => { await at.send("PUT", `/api/hooks/${at.project}/matrix/secret`, undefined, "wide.administrator"); return { hook: "matrix" }; }),
  "GET /api/webhooks/{project}": onProject(),
  "POST /api/webhooks/{project}": onProject(() => ({ body: { key: `k${randomUUID().slice(0, 8)}`, name: "Matrix", url: "https://example.test/hook", enabled: false } })),
  "PUT /api/webhooks/{project}/{id}": of("ponxi")(async (at) => ({ project: at.project, id: await at.inner.webhook(), body: { version: 1, name: "Matrix", url: "https://example.test/hook", enabled: false } })),
  "DELETE /api/webhooks/{project}/{id}": of("ponxi")(async (at) => ({ project: at.project, id: await at.inner.webhook() })),
  "GET /api/webhooks/{project}/deliveries": onProject(),
  "POST /api/webhooks/{project}/deliveries/{id}/replay": of("ponxi")(async (at) => ({
    project: at.project, id: await at.insert("webhook_deliveries", { webhook_id: await at.inner.webhook(), cause: randomUUID(), body: "{}", state: "dead", next_at: new Date(), created_at: new Date() }),
  })),
  "GET /api/projects": plain(),
  "POST /api/projects": plain(() => ({ body: newProject(spares++) })),
  "POST /api/projects/import": of("pn")(async (at) => {
    const into = await spare(at, { retired: false });
    return { query: { into: at.variant === "n" ? "nowhere" : into }, file: { name: "project.zip", bytes: await at.exported(into) } };
  }),
  "POST /api/projects/{key}/retire": of("pn")(async (at) => ({ key: await spare(at, { retired: false }), body: {} })),
  "POST /api/projects/{key}/bring-back": of("pn")(async (at) => ({ key: await spare(at, { retired: true }) })),
  "POST /api/projects/{key}/check": onTexts(() => ({ body: { path: "articles/matrix.yaml", text: article("matrix") } })),
  "PUT /api/projects/{key}/draft": onTexts(() => ({ body: { path: "articles/matrix.yaml", text: article("matrix"), base: 0 } })),
  "POST /api/projects/{key}/draft/drop": onTexts(() => ({ body: { path: "articles/matrix.yaml" } })),
  "GET /api/projects/{key}/export": onTexts(),
  "GET /api/projects/{key}/in-hand": onTexts(),
  "POST /api/projects/{key}/migrations/{id}/stop": of("ponxi")(async (at) => ({ key: at.project, id: await at.inner.migration("running", "claim") })),
  "POST /api/projects/{key}/migrations/{id}/undo": of("ponxi")(async (at) => ({ key: at.project, id: await at.inner.migration("done", "refund") })),
  "GET /api/projects/{key}/processes/{process}/migration": onTexts(() => ({ process: "request" })),
  "POST /api/projects/{key}/processes/{process}/migration": onTexts(async (at) => {
    await at.endMigrations("request");
    const { toId } = await at.send("GET", `/api/projects/${at.project}/processes/request/migration`, undefined, "wide.administrator");
    return { process: "request", body: { toId, stages: {} } };
  }),
  "GET /api/projects/{key}/text": onTexts(() => ({ query: { path: "project.yaml" } })),
  "PUT /api/projects/{key}/text": onTexts(async (at) => { const { path, text, number } = await textOf(at, 0); return { body: { path, text, number } }; }),
  "POST /api/projects/{key}/text/remove": onTexts(async (at) => { const { path, number } = await textOf(at, 1); return { body: { path, number } }; }),
  "POST /api/projects/{key}/text/take-back": onTexts(async (at) => { const { path, number } = await textOf(at, 2); return { body: { path, number, to: 1 } }; }),
  "GET /api/projects/{key}/text/uses": onTexts(() => ({ query: { path: "project.yaml" } })),
  "GET /api/projects/{key}/texts": onTexts(),
  "GET /api/projects/{key}/versions": onTexts(() => ({ query: { path: "project.yaml" } })),
};

/** How every route is asked: with things that are there, and a body that is good. */
export const CASES: Record<string, Case> = { ...PEOPLE, ...CALLS, ...CLIENTS, ...FORMS, ...TICKETS, ...HANDED, ...LISTS, ...DECLARED };

/** Routes whose replies are not looked through for contacts: the company's own (`own`), or what was asked for, with a reason that is kept (`asked`). Decision 0059. */
export const UNMASKED: Record<"own" | "asked", string[]> = {
  own: [
    "GET /api/access/me", "POST /api/access/sign-in", "GET /api/access/users", "POST /api/access/users", "PUT /api/access/users/{id}",
    "GET /api/operators", "GET /api/operators/{id}", "PATCH /api/operators/{id}", "POST /api/operators/{id}/phone", "DELETE /api/operators/{id}/phone",
    "GET /api/projects", "POST /api/projects", "POST /api/projects/import", "POST /api/projects/{key}/check", "PUT /api/projects/{key}/draft", "GET /api/projects/{key}/text", "PUT /api/projects/{key}/text", "POST /api/projects/{key}/text/remove", "POST /api/projects/{key}/text/take-back", "GET /api/projects/{key}/texts", "GET /api/projects/{key}/versions", "GET /api/projects/{key}/in-hand",
    "GET /api/articles", "GET /api/articles/{project}/{key}", "GET /api/automation/{project}/rules/{key}", "GET /api/forms", "GET /api/forms/version",
    "GET /api/webhooks/{project}", "POST /api/webhooks/{project}", "PUT /api/webhooks/{project}/{id}",
  ],
  asked: ["POST /api/tickets/{id}/contacts", "POST /api/forms/records/{id}/reveal"],
};

/** Routes this table does not ask, and who looks at them instead. */
export const APART: Record<string, string> = {
  "PUT /api/access/me/password": "ends the sessions the table is asked with; access.test.ts of the feature",
  "POST /api/access/sign-in": "for who is not signed in; access.test.ts of the feature",
  "POST /api/access/sign-out": "ends the session the table is asked with; access.test.ts of the feature",
  "GET /api/metrics": "from this machine or with a token; health.test.ts",
  "POST /api/hooks/{project}/{hook}": "opened by a signature, not by a session; webhooks.in.test.ts",
  ...Object.fromEntries(["dial", "{id}/digits", "{id}/hang-up", "{id}/hold", "{id}/leg", "{id}/mute", "{id}/wrap-up", "offers/{id}/accept", "offers/{id}/decline"].map((path) => [`POST /api/calls/${path}`, "of a call that goes on: calls.service.test.ts, calls.wrapup.test.ts"])),
  ...Object.fromEntries(["POST /api/public/calls", "GET /api/public/calls/{id}", "POST /api/public/calls/{id}/hang-up"].map((name) => [name, "opened by the token of the call; calls.web.page.test.ts"])),
  ...Object.fromEntries(["GET /api/public/forms/{secret}", "PATCH /api/public/forms/{secret}", "POST /api/public/forms/{secret}/files", "POST /api/public/forms/{secret}/ready", "POST /api/public/forms/{secret}/typing"].map((name) => [name, "opened by the link of a form; forms.routes.test.ts"])),
};

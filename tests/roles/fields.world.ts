import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { DEPARTMENT, type FieldsHouse, OWN, ROLES } from "./fields.house.ts";
import { INNER, MARKS, type World } from "./fields.replies.ts";

/** A report of the last day, asked for this way. */
const lately = (asked: Record<string, string>): string => new URLSearchParams({ project: OWN, ...asked, from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() }).toString();
const tomorrow = (): Date => new Date(Date.now() + 86_400_000);
type Row = Record<string, unknown>;
/** The rest of the world: what happens later in the life of what `buildWorld` has made, so that no reply has a place that nobody has looked at. */
export interface More { claim: string; asked: string; task: string; gone: string; done: string; recording: string; form: string; bulks: string[] }

export async function fillWorld(house: FieldsHouse, world: World): Promise<More> {
  const at = new Filler(house, world);
  const claims = await at.claims();
  const form = await at.forms();
  await at.client();
  await at.talks();
  await at.rules();
  await at.doors();
  await at.texts();
  await at.handovers(claims.done);
  await at.answer(claims.task);
  await at.ticket(claims.done);
  const more = { ...claims, ...form, recording: await at.recording(), bulks: await at.lists() };
  await at.settled();
  return more;
}

class Filler {
  readonly #house: FieldsHouse;
  readonly #world: World;
  readonly #colleague: string;
  constructor(house: FieldsHouse, world: World) {
    this.#house = house;
    this.#world = world;
    this.#colleague = house.desk("colleague").userId;
  }

  async #send(login: string, method: string, path: string, body?: unknown): Promise<Row> {
    const reply = await this.#house.ask(login, method, path, body);
    if (reply.status !== 200) throw new Error(`${login}: ${method} ${path}: ${reply.status} ${reply.text.slice(0, 400)}`);
    return reply.body as Row;
  }
  async #insert(table: string, row: Row): Promise<string> {
    const all: Row = { id: randomUUID(), ...row };
    const keys = Object.keys(all);
    await this.#house.rows(`insert into ${table} (${keys.join(", ")}) values (${keys.map((_key, n) => `$${n + 1}`).join(", ")})`, Object.values(all));
    return all.id as string;
  }

  async #claim(steps: [string, Row][]): Promise<Row> {
    const form = await this.#send("matrix.operator", "POST", "/api/forms/records", { id: randomUUID(), projectKey: OWN, formKey: "claim", data: { claimant: { surname: "Kovač", given: "Ana" }, about: "service", circumstances: `It stopped. ${INNER}`, demand: "refund", amount: { amount: "20.00", currency: "EUR" } } });
    let ticket = await this.#send("matrix.operator", "POST", "/api/tickets", { projectKey: OWN, type: "claim", subject: `A claim. ${INNER}`, description: INNER, clientId: this.#world.client, formRecordId: form.id });
    for (const [transition, input] of steps) ticket = await this.#send("matrix.operator", "POST", `/api/tickets/${String(ticket.id)}/transitions`, { version: ticket.version, transition, input });
    return ticket;
  }

  /** A claim whose decision was approved, one that asks a department, the department's task, and tickets that were merged and finished. */
  async claims(): Promise<Pick<More, "claim" | "asked" | "task" | "gone" | "done">> {
    const claim = (await this.#claim([["take", {}], ["decide", { verdict: "granted", amount: "150.00", resolution: "Paid", contacted: true, cause: "service" }]])).id as string;
    await this.#send("matrix.operator", "PUT", `/api/tickets/${claim}/checks`, { checklist: "letter", item: "evidence", done: true });
    const { approvals: [held] } = await this.#send("matrix.supervisor", "GET", `/api/tickets/${claim}`) as { approvals: { id: string }[] };
    await this.#send("matrix.supervisor", "POST", `/api/tickets/${claim}/approvals/${held!.id}`, { decision: "refuse", note: INNER });
    const asked = await this.#claim([["take", {}], ["ask_department", { department: DEPARTMENT, task: `Measure the line. ${INNER}` }]]);
    await this.#insert("attachments", { ticket_id: asked.id, name: "evidence.png", media_type: "image/png", bytes: 1, sha256: "", path: "x", uploaded_by: this.#colleague, at: new Date() });
    const file = randomUUID();
    const { id: record } = await this.#house.one<{ id: string }>("update form_records set data = data || jsonb_build_object('evidence', jsonb_build_array($2::text)) where subject_id = $1 returning id", [asked.id, file]);
    await this.#insert("form_files", { id: file, record_id: record, name: "photo.png", media_type: "image/png", bytes: 1, sha256: "", path: "x", by_kind: "operator", by_name: "any", at: new Date() });
    const { subtasks: [task] } = await this.#send("matrix.operator", "GET", `/api/tickets/${String(asked.id)}`) as { subtasks: { id: string }[] };
    const gone = await this.#send("matrix.operator", "POST", "/api/tickets", { projectKey: OWN, type: "question", subject: "The same", clientId: this.#world.client }) as { id: string; version: number };
    const { version } = await this.#send("matrix.supervisor", "GET", `/api/tickets/${this.#world.ticket}`);
    await this.#send("matrix.supervisor", "POST", `/api/tickets/${this.#world.ticket}/merge`, { goneId: gone.id, keptVersion: version, goneVersion: gone.version });
    const done = await this.#house.ticket(OWN, { owner: this.#house.desk("matrix.operator").userId, department: DEPARTMENT, clientId: this.#world.client });
    await this.#house.rows("update tickets set status = 'closed', stage = 'closed', closed_as = 'confirmed', closed_at = now(), resolution = $3, subject = $3, score = 4, client_comment = $3, fields = $2, due_at = now() + interval '1 hour', last_call_at = now(), contact_phone = '+38640123123' where id = $1", [done.id, JSON.stringify({ resolution: INNER, resolution_kind: "solved" }), INNER]);
    const answered = (await this.#house.ticket(OWN, { owner: null, department: DEPARTMENT })).id;
    await this.#house.rows("update tickets set parent_id = $2, parent_task = 'findings', status = 'closed', fields = $3 where id = $1", [answered, asked.id, JSON.stringify({ answer: INNER })]);
    // So that people of the department meet them, too.
    await this.#house.rows("update tickets set department = $2 where id = any($1::uuid[])", [[claim, asked.id, gone.id], DEPARTMENT]);
    return { claim, asked: asked.id as string, task: task!.id, gone: gone.id, done: done.id };
  }

  async answer(task: string): Promise<void> { await this.#house.rows("update tickets set fields = fields || $3, owner_id = $2 where id = $1", [task, this.#house.desk("matrix.department_worker").userId, JSON.stringify({ findings: INNER, answer: INNER })]); }

  async ticket(done: string): Promise<void> {
    const { ticket } = this.#world;
    await this.#send("colleague", "POST", `/api/tickets/${ticket}/solutions`, { source: "ticket", ticketId: done });
    const file = await this.#insert("attachments", { ticket_id: ticket, name: "plan.pdf", media_type: "application/pdf", bytes: 1, sha256: "", path: "x", uploaded_by: this.#colleague, at: new Date() });
    await this.#send("colleague", "POST", `/api/tickets/${ticket}/messages`, { id: randomUUID(), text: INNER, files: [file] });
    await this.#send("colleague", "POST", `/api/tickets/${ticket}/solutions`, { source: "article", key: "slow-wifi" });
    const { variants: [variant] } = await this.#send("colleague", "GET", `/api/tickets/${ticket}/solutions`) as { variants: { id: string }[] };
    await this.#send("colleague", "POST", `/api/tickets/${ticket}/variants/${variant!.id}/choice`, { chosen: true });
    await this.#insert("documents", { ticket_id: ticket, key: "answer", number: 1, language: "en", name: "Answer", file_name: "answer.pdf", bytes: 1, pages: 1, sha256: "ab", path: "x", declaration_hash: "", ticket_version: 1, made_by: this.#colleague, made_at: new Date(), needs: [] });
    let run = await this.#send("colleague", "POST", `/api/tickets/${ticket}/guides`, { guide: "no-internet" }) as { id: string; version: number };
    for (const [choice, values] of [["none", { modem_light: "none" }], ["dead", {}], [null, {}]] as const) run = await this.#send("colleague", "POST", `/api/guides/runs/${run.id}/steps`, { version: run.version, choice, values }) as typeof run;
    const again = await this.#send("colleague", "POST", `/api/tickets/${ticket}/guides`, { guide: "no-internet" }) as typeof run;
    await this.#send("colleague", "POST", `/api/guides/runs/${again.id}/steps`, { version: again.version, choice: "red", values: { modem_light: "red" } });
    for (const state of ["kept", "broken"] as const) {
      const promise = await this.#send("matrix.operator", "POST", "/api/promises", { ticketId: ticket, text: "A visit", dueAt: new Date(Date.now() + 86_400_000).toISOString() });
      await this.#send("matrix.operator", "POST", `/api/promises/${String(promise.id)}/close`, { version: promise.version, state, ...(state === "broken" && { reason: INNER }) });
    }
  }

  /** A form under way: typed in, with a file, changed, sent to the client; and one that is sent in. */
  async forms(): Promise<Pick<More, "form">> {
    const { record, ticket } = this.#world;
    const { version } = await this.#send("colleague", "GET", `/api/forms/records/${record}`);
    const changed = await this.#send("colleague", "PATCH", `/api/forms/records/${record}`, { version, changes: [{ path: "note", value: `Later. ${INNER}` }] });
    await this.#send("colleague", "PATCH", `/api/forms/records/${record}`, { version: (changed.record as Row | undefined)?.version ?? changed.version, changes: [{ path: "note", value: INNER }] });
    await this.#send("colleague", "POST", `/api/forms/records/${record}/link`, { hours: 24 });
    await this.#send("colleague", "POST", `/api/forms/records/${record}/typing`, { path: "note" });
    // Of no worth a minute later, and a slow machine asks later.
    await this.#house.rows("update form_records set typing = (select jsonb_agg(one || jsonb_build_object('until', $2::text)) from jsonb_array_elements(typing) one) where id = $1", [record, tomorrow().toISOString()]);
    const form = randomUUID();
    await this.#send("colleague", "POST", "/api/forms/records", { id: form, projectKey: OWN, formKey: "claim", subject: { kind: "ticket", id: ticket }, data: { claimant: { surname: "Kovač", given: "Ana" }, about: "service", circumstances: `It stopped. ${INNER}`, demand: "repair" } });
    await this.#insert("form_files", { record_id: form, name: "photo.png", media_type: "image/png", bytes: 1, sha256: "", path: "x", by_kind: "operator", by_name: "any", at: new Date() });
    const { version: before } = await this.#send("colleague", "GET", `/api/forms/records/${form}`);
    await this.#send("colleague", "POST", `/api/forms/records/${form}/submit`, { version: before });
    for (const login of ["matrix.operator", "matrix.supervisor", "matrix.administrator"]) await this.#house.ticket(OWN, { owner: this.#house.desk(login).userId, type: "fault" });
    await this.#house.ticket(OWN, { department: DEPARTMENT, type: "fault" });
    const owed = await this.#house.ticket(OWN, { department: DEPARTMENT, owner: this.#house.desk("matrix.operator").userId, type: "fault" });
    await this.#house.rows("update tickets set due_at = now() + interval '1 day' where type = 'fault'");
    await this.#send("colleague", "POST", "/api/forms/records", { id: randomUUID(), projectKey: OWN, formKey: "fault", subject: { kind: "ticket", id: owed.id } });
    return { form };
  }

  async client(): Promise<void> {
    const { version } = await this.#send("matrix.operator", "GET", `/api/clients/${this.#world.client}`);
    const changed = await this.#send("matrix.operator", "PATCH", `/api/clients/${this.#world.client}`, { version, pinnedNote: "Call after six", organisation: "Marked" });
    await this.#send("matrix.operator", "POST", `/api/clients/${this.#world.client}/confirm`, { version: changed.version });
    await this.#send("matrix.operator", "POST", `/api/tickets/${this.#world.ticket}/contacts`, { reason: "To call back" });
  }

  /** Of each role, one that waits for their answer, after somebody refused; and one that was taken. */
  async handovers(ticket: string): Promise<void> {
    const [giver, refuser] = [this.#house.desk("colleague").userId, this.#house.desk("second").userId];
    const base = { project_key: OWN, given_by: giver, circle: "department", department: DEPARTMENT, wanted: `A modem. ${INNER}`, tried: INNER, expected: INNER, expected_by: tomorrow(), look_at: tomorrow(), created_at: new Date() };
    for (const role of ROLES) {
      const id = await this.#insert("handovers", { ...base, ticket_id: await this.#told(giver), owner_id: giver, interaction_id: this.#world.call });
      await this.#insert("handover_offers", { handover_id: id, user_id: refuser, offered_at: new Date(), answer_by: tomorrow(), state: "refused", reason: INNER, answered_at: new Date() });
      await this.#insert("handover_offers", { handover_id: id, user_id: this.#house.desk(`matrix.${role}`).userId, offered_at: new Date(), answer_by: tomorrow() });
    }
    const taken = await this.#insert("handovers", { ...base, given_by: null, asked_by: "claim", ticket_id: ticket, state: "taken", taken_by: refuser, ended_at: new Date() });
    await this.#insert("handover_offers", { handover_id: taken, user_id: refuser, offered_at: new Date(), answer_by: tomorrow(), state: "taken", answered_at: new Date() });
    await this.#insert("handovers", { ...base, ticket_id: ticket, state: "withdrawn", ended_at: new Date(), ended_as: "by_hand", created_at: new Date(Date.now() - 60_000) });
    await this.#insert("handovers", { ...base, kind: "consult", wanted: "", ticket_id: ticket, state: "taken", taken_by: refuser, ended_at: new Date(), answer: INNER, answered_at: new Date(), advises: true, advises_until: tomorrow(), created_at: new Date(Date.now() - 120_000) });
  }

  async #told(owner: string): Promise<string> {
    const { id } = await this.#house.ticket(OWN, { owner, department: DEPARTMENT, clientId: this.#world.client });
    await this.#house.rows("update tickets set description = $2 where id = $1", [id, INNER]);
    return id;
  }

  async talks(): Promise<void> {
    await this.#insert("interactions", { channel: "voice", direction: "in", project_key: OWN, queue_id: (await this.#house.one<{ id: string }>("select id from queues where project_key = $1 order by id limit 1", [OWN])).id, client_id: this.#world.client, language: "sl", state: "waiting", from_number: MARKS.phone, started_at: new Date(), queued_at: new Date() });
    await this.#insert("interactions", { channel: "voice", direction: "in", project_key: OWN, client_id: this.#world.client, operator_id: this.#colleague, state: "ended", outcome: "answered", from_number: MARKS.phone, started_at: new Date(), ended_at: new Date() });
    await this.#send("matrix.operator", "POST", "/api/clients", { kind: "person", familyName: "Zweiter", projects: [OWN], force: true });
    await this.#send("matrix.operator", "POST", "/api/promises", { ticketId: this.#world.ticket, text: `Another. ${INNER}`, dueAt: tomorrow().toISOString() });
    const operator = `/api/operators/${this.#house.desk("matrix.operator").userId}`;
    const { version } = await this.#send("wide.administrator", "GET", operator);
    await this.#send("wide.administrator", "PATCH", operator, { version, skills: { internet: 4 } });
    const { version: given } = await this.#send("wide.administrator", "GET", operator);
    await this.#send("wide.administrator", "PATCH", operator, { version: given, languages: ["sl"] });
  }
  async recording(): Promise<string> {
    const id = await this.#insert("recordings", { interaction_id: this.#world.call, path: "matrix.bin", started_at: new Date(), ended_at: new Date(), duration_ms: 1000, bytes: 1644, peaks: JSON.stringify({ left: [1], right: [1] }) });
    await this.#house.rows("update interactions set recording_id = $2 where id = $1", [this.#world.call, id]);
    return id;
  }

  async rules(): Promise<void> {
    await this.#house.rows("update users set rules_certified_at = now() where login = 'wide.administrator'");
    const [version] = await this.#house.rows<{ id: string }>("select id from automation_versions where project_key = $1 and key = 'regular_client' order by number desc limit 1", [OWN]);
    const [change, act] = [[{ target: "ticket.priority", from: "low", to: "high" }, { target: "fields.resolution", from: INNER, to: INNER }], [{ action: "add_note", params: { text: `Again. ${INNER}` } }]];
    const trace = { dropped: 0, entries: [{ path: ["steps", 0], line: 6, kind: "set", target: "ticket.priority", inputs: { "ticket.priority": "low", "ticket.subject": INNER }, result: "high", atMs: 1, problem: "none" }] };
    for (const [state, problem] of [["fired", null], ["failed", { code: "host", reason: "unknown_department", params: {}, fields: [] }]] as const) await this.#insert("automation_runs", { at: new Date(), project_key: OWN, rule_key: "regular_client", version_id: version!.id, ticket_id: this.#world.ticket, cause: randomUUID(), woken_by: "event", state, problem: problem && JSON.stringify(problem), changes: JSON.stringify(change), actions: JSON.stringify(act), trace: JSON.stringify(trace) });
    await this.#insert("events", { at: new Date(), type: "alert.raised", subject_kind: "ticket", subject_id: this.#world.ticket, actor: JSON.stringify({ kind: "system", name: "rule" }), data: JSON.stringify({ key: "alert_rule", params: { number: "INT", text: INNER }, projectKey: OWN }) });
    await this.#house.rows("update automation_runs set changes = $2, actions = $3, trace = $4, version_id = $5, rule_key = 'regular_client' where id = $1", [this.#world.run, JSON.stringify(change), JSON.stringify(act), JSON.stringify(trace), version!.id]);
  }

  /** Other systems: a hook with its secret and a knock that was refused, a webhook with what it could not deliver. */
  async doors(): Promise<void> {
    await this.#send("wide.administrator", "PUT", `/api/hooks/${OWN}/matrix/secret`);
    await this.#house.ask("wide.administrator", "POST", `/api/hooks/${OWN}/matrix`, { what: 1 });
    const { items: [webhook] } = await this.#send("wide.administrator", "GET", `/api/webhooks/${OWN}`) as { items: { id: string }[] };
    for (const status of [500, 502]) await this.#insert("webhook_deliveries", { webhook_id: webhook!.id, ticket_id: this.#world.ticket, cause: randomUUID(), body: JSON.stringify({ id: "1", subject: INNER }), state: "dead", attempts: 3, next_at: new Date(), status, error: `It answered ${status}: ${INNER}`, created_at: new Date(), finished_at: new Date() });
  }

  /** A text changed and one removed in the desk, a draft, a project out of use, and tickets of an older process. */
  async texts(): Promise<void> {
    const path = "articles/slow-wifi.yaml";
    const { text, number } = await this.#send("wide.administrator", "GET", `/api/projects/${OWN}/text?path=${path}`) as { text: string; number: number };
    await this.#send("wide.administrator", "PUT", `/api/projects/${OWN}/text`, { path, text: `${text}# changed\n`, number, note: "A word" });
    await this.#send("matrix.administrator", "PUT", `/api/projects/${OWN}/draft`, { path, text: `${text}# drafted\n`, base: number + 1 });
    const other = "articles/moving-house.yaml";
    const { number: last } = await this.#send("wide.administrator", "GET", `/api/projects/${OWN}/text?path=${other}`) as { number: number };
    await this.#send("wide.administrator", "POST", `/api/projects/${OWN}/text/remove`, { path: other, number: last, note: "Nobody asks" });
    await this.#send("wide.administrator", "POST", "/api/projects", { template: "taxi", key: "spare", name: { en: "Spare", ru: "Spare", sl: "Spare" }, languages: ["en"], defaultLanguage: "en", numbers: ["+38615551999"], callerId: "+38615551999", ticketPrefix: "ZZZ", mailFrom: "spare@example.test" });
    await this.#send("wide.administrator", "POST", "/api/projects", { template: "taxi", key: "retired", name: { en: "Retired", ru: "Retired", sl: "Retired" }, languages: ["en"], defaultLanguage: "en", numbers: ["+38615551998"], callerId: "+38615551998", ticketPrefix: "ZZY", mailFrom: "retired@example.test" });
    await this.#send("wide.administrator", "POST", "/api/projects/retired/retire", { note: "Over" });
    const old = await this.#house.one<{ id: string }>("select id from process_versions where project_key = $1 and key = 'request' order by loaded_at desc limit 1", [OWN]);
    await this.#insert("process_versions", { id: `${OWN}/request/older`, project_key: OWN, key: "request", hash: "older", definition: (await this.#house.one<{ d: string }>("select definition::text as d from process_versions where id = $1", [old.id])).d, loaded_at: new Date(Date.now() - 86_400_000) });
    const { id } = await this.#house.ticket(OWN, { owner: this.#colleague });
    await this.#house.rows("update tickets set process_id = $2 where id = $1", [id, `${OWN}/request/older`]);
    await this.#insert("process_migrations", { project_key: OWN, process_key: "request", to_id: old.id, stages: "{}", state: "done", moved: 1, author_id: this.#colleague, at: new Date(), finished_at: new Date() });
  }

  /** Bulk changes and views with everything in them. */
  /** What is done in the background: the trail of the ticket is sealed, and its words are known to who types them wrong. */
  async settled(): Promise<void> {
    const look = () => this.#house.rows("select exists (select 1 from audit_log where object_id = $1 and seq is not null) and exists (select 1 from ticket_vocabulary where word = 'kennzeichen') as done", [this.#world.ticket]);
    for (const from = performance.now(); (await look())[0]!.done !== true; await pause(200)) if (performance.now() - from > 40_000) throw new Error("the trail was not sealed, or words were not learnt");
  }

  async lists(): Promise<string[]> {
    const author = this.#house.desk("matrix.supervisor").userId;
    const actions = [{ kind: "change", ownerId: this.#colleague, department: DEPARTMENT, dueAt: new Date().toISOString(), priority: 1 }, { kind: "move", transition: "finish", input: { resolution: "So" } }];
    const ids: string[] = [];
    for (const action of actions) ids.push(await this.#insert("bulk_runs", { author_id: author, action: JSON.stringify(action), state: "done", total: 1, at: new Date(), finished_at: new Date(), step_name: "Finish" }));
    await this.#house.rows("insert into bulk_items (run_id, n, ticket_id, state, reason) values ($1, 1, $2, 'refused', $3)", [ids[1], this.#world.ticket, JSON.stringify([{ code: "changed_meanwhile", params: { now: INNER } }])]);
    const filter = { text: "modem", statuses: ["open"], projects: [OWN], types: ["question"], stages: ["registered"], departments: [DEPARTMENT], channels: ["voice"], priorities: [2], owners: ["me"], clientId: this.#world.client, parentId: this.#world.ticket, dueWithinH: 4, olderThanH: 4, untouchedForH: 4, reopened: false, closedAs: ["confirmed"], fields: [{ field: "fields.resolution", is: "contains", value: "modem" }] };
    await this.#insert("ticket_views", { owner_id: author, name: "All of it", filter: JSON.stringify(filter), sort: "changed", columns: ["number"], layout: "list", shared_project: OWN, shared_role: "operator", created_at: new Date(), updated_at: new Date() });
    return ids;
  }
}

/** What else is asked of a route, so that each place of its reply stands in one of the answers. */
export const moreAddresses = (world: World, more: More): Record<string, string[]> => ({
  "/api/tickets/{id}": [more.claim, more.asked, more.task, more.gone, more.done].map((id) => `/api/tickets/${id}`),
  "/api/tickets/{id}/history": [`/api/tickets/${more.claim}/history`, `/api/tickets/${more.claim}/history?limit=1`],
  "/api/operators/{id}/history": [`/api/operators/${world.user}/history?limit=1`],
  "/api/tickets/{id}/reasons": [`/api/tickets/${more.claim}/reasons`, `/api/tickets/${more.claim}/reasons?limit=1`],
  "/api/tickets/{id}/relations": [`/api/tickets/${more.gone}/relations`],
  "/api/tickets/{id}/solutions": [`/api/tickets/${more.asked}/solutions`],
  "/api/tickets/{id}/asked": [`/api/tickets/${more.task}/asked`],
  "/api/tickets/{id}/handovers": [`/api/tickets/${more.done}/handovers`],
  "/api/handovers": ["/api/handovers?view=all", "/api/handovers?view=all&limit=1"],
  "/api/tickets/{id}/merge": [`/api/tickets/${more.claim}/merge?number=${world.mergedNumber}`],
  "/api/forms/records": [`/api/forms/records?subjectKind=ticket&subjectId=${world.ticket}`, `/api/forms/records?subjectKind=ticket&subjectId=${world.ticket}&limit=1`],
  "/api/forms/records/{id}": [`/api/forms/records/${more.form}`],
  "/api/forms/lookups": [`/api/forms/lookups?formId=${encodeURIComponent(world.complaintForm)}&path=employee&q=matrix`],
  "/api/forms/addresses/streets": [`/api/forms/addresses/streets?projectKey=${OWN}&q=Dunaj&cityKey=ljubljana`],
  "/api/recordings/{id}": [`/api/recordings/${more.recording}`],
  "/api/duties": ["/api/duties?view=all"],
  "/api/automation/{project}/rules/{key}": [`/api/automation/${OWN}/rules/regular_client`],
  "/api/automation/{project}/rules/{key}/runs": [`/api/automation/${OWN}/rules/regular_client/runs`],
  "/api/projects/{key}/text": [`/api/projects/${OWN}/text?path=articles/slow-wifi.yaml`],
  "/api/projects/{key}/text/uses": ["processes/connection.yaml", "forms/connection.yaml"].map((path) => `/api/projects/${OWN}/text/uses?path=${path}`),
  "/api/projects/{key}/versions": [`/api/projects/${OWN}/versions?path=articles/slow-wifi.yaml`],
  "/api/reports/stage-times/tickets": [`/api/reports/stage-times/tickets?${lately({ process: "claim", stage: "registered" })}`],
  "/api/reports/breakdown": [`/api/reports/breakdown?${lately({ by: "type" })}`],
  "/api/reports/breakdown/tickets": [`/api/reports/breakdown/tickets?${lately({ by: "type", number: "closed", all: "true" })}`],
  "/api/tickets/bulk/{id}": more.bulks.map((id) => `/api/tickets/bulk/${id}`), "/api/tickets/bulk/{id}/items": [`/api/tickets/bulk/${more.bulks.at(-1)!}/items`],
  "/api/tickets/found": [`/api/tickets/found?columns=fields.resolution`, `/api/tickets/found?filter=${encodeURIComponent(JSON.stringify({ text: "Kennzeichenn" }))}`],
  "/api/audit": [`/api/audit?objectKind=ticket&objectId=${world.ticket}`],
  "/api/tickets": [`/api/tickets?clientId=${world.client}`],
});

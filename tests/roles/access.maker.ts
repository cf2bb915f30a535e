import { randomUUID } from "node:crypto";
import { DEPARTMENT, type FieldsHouse, OTHER, OWN, type Role } from "./fields.house.ts";
import { INNER, MARKS } from "./fields.replies.ts";

/**
 * What a thing is to its reader: **m**ine; of my **d**epartment; of my **p**roject, a colleague's in another department; of an**o**ther
 * project; a thing of another project below one of mine (**x**), or nothing below mine (**i**); **n**ot there at all; **a**bout me, and mine in every other way.
 */
export const VARIANTS = ["m", "d", "p", "o", "n", "a", "x", "i"] as const;
export type Variant = (typeof VARIANTS)[number];

/** Every file that is downloaded lies under this name in each folder. */
export const FILE = "matrix.bin";
type Row = Record<string, unknown>;
interface Over { type?: string; clientId?: string }

/** Makes what one request is about, new for each, so that no deed stands in another's way. */
export class Maker {
  readonly house: FieldsHouse;
  readonly variant: Variant;
  readonly role: Role;
  /** Who asks. */
  readonly reader: string;
  readonly colleague: string;
  readonly #tickets: string[] = [];
  #inner: Maker | null = null;

  constructor(house: FieldsHouse, variant: Variant, role: Role) {
    this.house = house;
    this.variant = variant;
    this.role = role;
    this.reader = house.desk(`matrix.${role}`).userId;
    this.colleague = house.desk("colleague").userId;
  }

  /** Makes what lies below the thing asked about; for **x** it lies below one of another project. */
  get inner(): Maker { return this.variant === "x" ? this.#inner ??= new Maker(this.house, "o", this.role) : this; }
  get project(): string { return this.variant === "o" ? OTHER : OWN; }
  /** Where a thing is somebody's, whose this one is. */
  get person(): string { return this.variant === "m" || this.variant === "a" ? this.reader : this.colleague; }
  get article(): string { return this.project === OWN ? "slow-wifi" : "refund-when"; }
  get guide(): { guide: string; choice: string } { return this.project === OWN ? { guide: "no-internet", choice: "none" } : { guide: "damaged-goods", choice: "missing" }; }
  get rule(): string { return this.project === OWN ? "regular_client" : "loss_is_urgent"; }

  /** As somebody who may: the colleague who works everywhere, unless another is named. */
  async send(method: string, path: string, body?: unknown, login = "colleague"): Promise<Row> {
    const reply = await this.house.ask(login, method, path, body);
    if (reply.status !== 200) throw new Error(`${login}: ${method} ${path}: ${reply.status} ${reply.text.slice(0, 400)}`);
    return reply.body as Row;
  }

  /** The colleague's until all that hangs on it has been made; then `settle` gives it to whose it is. */
  async ticket({ type = "claim", clientId }: Over = {}): Promise<string> {
    const { id } = await this.house.ticket(this.project, { owner: this.colleague, type, ...(clientId !== undefined && { clientId }) });
    await this.house.rows("update tickets set subject = $2, description = $2, fields = $3, contact_phone = $4, contact_email = $5 where id = $1", [id, INNER, JSON.stringify({ resolution: INNER }), MARKS.phone, MARKS.email]);
    this.#tickets.push(id);
    return id;
  }

  /** A ticket that is the same to the reader as the one asked about, with its number. */
  async another(): Promise<{ id: string; number: string }> {
    const { id, number } = await this.send("POST", "/api/tickets", { projectKey: this.project, type: "question", subject: INNER, description: INNER }) as { id: string; number: string };
    this.#tickets.push(id);
    return { id, number };
  }

  async settle(): Promise<void> {
    const [owner, department, about] = ({
      m: [this.reader, null, null], d: [null, DEPARTMENT, null], p: [this.colleague, "accounting", null], o: [null, DEPARTMENT, null], x: [null, DEPARTMENT, null], i: [null, DEPARTMENT, null], n: [this.reader, null, null], a: [this.reader, DEPARTMENT, [this.reader]],
    } as const)[this.variant];
    await this.#inner?.settle();
    for (const id of this.#tickets) await this.house.rows("update tickets set owner_id = $2, department = $3, about_user_ids = $4::uuid[] where id = $1", [id, owner, department, about]);
  }

  async insert(table: string, row: Row): Promise<string> {
    const id = randomUUID();
    const all: Row = { id, ...row };
    const keys = Object.keys(all);
    await this.house.rows(`insert into ${table} (${keys.join(", ")}) values (${keys.map((_key, at) => `$${at + 1}`).join(", ")})`, Object.values(all));
    return id;
  }

  async client(): Promise<string> {
    const { id } = await this.send("POST", "/api/clients", { kind: "person", familyName: `Matrix ${randomUUID().slice(0, 8)}`, phones: [MARKS.phone], emails: [MARKS.email], projects: [this.project], force: true });
    return id as string;
  }

  async user(): Promise<string> {
    const id = await this.insert("users", { login: `made.${randomUUID()}`, name: "Made", password_hash: "", roles: ["operator"], projects: [this.project], language: "en" });
    await this.house.rows("insert into operators (user_id, languages) values ($1, '{en}')", [id]);
    await this.house.rows("insert into operator_states (operator_id, state, since, idle_since) values ($1, 'offline', now(), now())", [id]);
    return id;
  }

  /** One the router knows, the same for all: it only goes home again. */
  async operator(): Promise<string> { return (await this.house.one<{ id: string }>("select id from users where login = $1", [`operator.${this.project}`])).id; }

  call(over: Row = {}): Promise<string> {
    return this.insert("interactions", { channel: "voice", direction: "in", project_key: this.project, operator_id: this.person, state: "ended", outcome: "answered", from_number: MARKS.phone, notes: INNER, caller_name: MARKS.otherPhone, started_at: now(), ended_at: now(), ...over });
  }

  async recording(): Promise<string> {
    const call = await this.call();
    const id = await this.insert("recordings", { interaction_id: call, path: FILE, started_at: now(), ended_at: now(), duration_ms: 1000, bytes: 1644 });
    await this.house.rows("update interactions set recording_id = $2 where id = $1", [call, id]);
    return id;
  }

  /** With something in every kind of field the routes ask for. */
  async record(subject?: { kind: string; id: string }, over: Row = {}): Promise<string> {
    const { form_key = "claim" } = over as { form_key?: string };
    return this.insert("form_records", { project_key: this.project, form_id: await this.form(form_key), form_key, subject_kind: subject?.kind ?? null, subject_id: subject?.id ?? null, owner_id: this.person, data: JSON.stringify(CLAIM), created_at: now(), updated_at: now(), ...over });
  }
  /** The version in use. */
  async form(key: string): Promise<string> {
    const all = FORMS.get(this.project) ?? this.send("GET", `/api/forms?projectKey=${this.project}`) as Promise<{ items: { key: string; id: string }[] }>;
    FORMS.set(this.project, all);
    return (await all).items.find((one) => one.key === key)!.id;
  }
  /** A project as it is taken out and brought in. */
  exported(key: string): Promise<Uint8Array> {
    const bytes = EXPORTS.get(key) ?? this.house.bytes("wide.administrator", `/api/projects/${key}/export`);
    EXPORTS.set(key, bytes);
    return bytes;
  }
  async recordOnTicket(over: Row = {}): Promise<string> { return this.record({ kind: "ticket", id: await this.ticket() }, over); }

  attachment(ticketId: string, path = FILE): Promise<string> { return this.insert("attachments", { ticket_id: ticketId, name: `${INNER}.png`, media_type: "image/png", bytes: 1644, sha256: "", path, uploaded_by: this.person, at: now() }); }
  document(ticketId: string): Promise<string> {
    return this.insert("documents", { ticket_id: ticketId, key: "claim-letter", number: 1, language: "en", name: "Answer", file_name: "answer.pdf", bytes: 1644, pages: 1, sha256: "", path: FILE, declaration_hash: "", ticket_version: 1, made_by: this.colleague, made_at: now(), needs: [] });
  }
  approval(ticketId: string): Promise<string> {
    return this.insert("ticket_approvals", { ticket_id: ticketId, project_key: this.project, transition: "decide", stage: "in_work", input: JSON.stringify({ verdict: "granted", resolution: INNER, contacted: true, cause: "service", amount: "150.00" }), deed: "refund", amount: JSON.stringify({ amount: "150.00", currency: "EUR" }), requested_by: this.house.desk("second").userId, requested_at: now() });
  }
  async guideRun({ steps = 0 } = {}): Promise<{ id: string; version: number }> {
    let run = await this.send("POST", `/api/tickets/${await this.ticket()}/guides`, { guide: this.guide.guide }) as { id: string; version: number };
    if (steps > 0) run = await this.send("POST", `/api/guides/runs/${run.id}/steps`, { version: run.version, choice: this.guide.choice, values: this.project === OWN ? { modem_light: "none" } : {} }) as typeof run;
    return run;
  }
  /** Of a colleague's ticket in the reader's department, offered to somebody; `by` gave it. */
  async handover({ to = this.colleague, by = this.house.desk("second").userId }: { to?: string; by?: string }): Promise<string> {
    const ticket = await this.house.ticket(this.project, { owner: by, department: DEPARTMENT, type: "claim", about: this.variant === "a" ? [this.reader] : null });
    const id = await this.insert("handovers", { project_key: this.project, ticket_id: ticket.id, given_by: by, owner_id: by, circle: "operators", wanted: INNER, tried: INNER, expected: INNER, look_at: soon(), created_at: now() });
    await this.insert("handover_offers", { handover_id: id, user_id: to === by ? this.house.desk("second").userId : to, offered_at: now(), answer_by: soon() });
    return id;
  }
  /** A question about it that this person has accepted. */
  async consult(): Promise<string> {
    const by = this.house.desk("second").userId;
    const ticket = await this.house.ticket(this.project, { owner: by, department: null, type: "claim", about: this.variant === "a" ? [this.reader] : null });
    const to = this.person === by ? this.colleague : this.person;
    await this.house.rows("update tickets set adviser_ids = array[$2::uuid] where id = $1", [ticket.id, to]);
    return this.insert("handovers", { project_key: this.project, kind: "consult", ticket_id: ticket.id, given_by: by, owner_id: by, circle: "operators", wanted: "", tried: INNER, expected: INNER, state: "taken", taken_by: to, ended_at: now(), advises: true, look_at: soon(), created_at: now() });
  }
  /** A department's task, with a form of what asked for it that goes along. */
  async task(): Promise<{ taskId: string; id: string; fileId: string }> {
    const parent = await this.house.ticket(this.project, { owner: this.colleague, type: "claim", about: this.variant === "a" ? [this.reader] : null });
    const taskId = await this.ticket();
    await this.house.rows("update tickets set parent_id = $2, parent_task = 'findings' where id = $1", [taskId, parent.id]);
    const fileId = randomUUID();
    const id = await this.record({ kind: "ticket", id: parent.id }, { data: JSON.stringify({ ...CLAIM, evidence: [fileId] }) });
    await this.insert("form_files", { id: fileId, record_id: id, name: "photo.png", media_type: "image/png", bytes: 1644, sha256: "", path: FILE, by_kind: "operator", by_name: "any", at: now() });
    return { taskId, id, fileId };
  }
  bulk(state: string, author = this.person): Promise<string> { return this.insert("bulk_runs", { author_id: author, action: JSON.stringify({ kind: "change", priority: 2 }), state, total: 0, at: now() }); }
  view(over: Row = {}): Promise<string> { return this.insert("ticket_views", { owner_id: this.person, name: "Matrix", filter: "{}", sort: "changed", columns: [], layout: "list", created_at: now(), updated_at: now(), ...(this.variant !== "m" && { shared_project: this.project }), ...over }); }
  promise(ticketId: string): Promise<string> { return this.insert("promises", { project_key: this.project, ticket_id: ticketId, text: INNER, due_at: soon(), promised_by: this.person, created_at: now() }); }
  async webhook(): Promise<string> { return (await this.send("POST", `/api/webhooks/${this.project}`, { key: `w${randomUUID().slice(0, 8)}`, name: "Matrix", url: "https://example.test/hook", enabled: false }, "wide.administrator")).id as string; }
  /** Of one process, so that routes asked beside each other do not stand in each other's way. */
  async migration(state: string, process: string): Promise<string> {
    const { id } = await this.house.one<{ id: string }>("select id from process_versions where project_key = $1 and key = $2 order by loaded_at desc limit 1", [this.project, process]);
    await this.endMigrations(process);
    return this.insert("process_migrations", { project_key: this.project, process_key: process, to_id: id, stages: "{}", state, author_id: this.colleague, at: now() });
  }
  async endMigrations(process: string): Promise<void> { await this.house.rows("update process_migrations set state = 'stopped', finished_at = now() where state in ('running', 'undoing') and project_key = $1 and process_key = $2", [this.project, process]); }
}

const FORMS = new Map<string, Promise<{ items: { key: string; id: string }[] }>>();
const EXPORTS = new Map<string, Promise<Uint8Array>>();
export const now = (): Date => new Date();
export const soon = (): string => new Date(Date.now() + 86_400_000).toISOString();
/** A claim that may be submitted. */
export const CLAIM = { claimant: { surname: "Kovač", given: "Ana" }, about: "service", circumstances: INNER, demand: "refund", amount: { amount: "15.00", currency: "EUR" }, happened_on: "2026-03-02" };

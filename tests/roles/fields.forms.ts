import { randomUUID } from "node:crypto";
import { type Field, type Form, formHost, openForm } from "../../packages/forms/src/index.ts";
import { type FieldsHouse, PROJECTS, RELATIONS, type Relation, type Role, ROLES, sideBySide } from "./fields.house.ts";
import { samples, type Known } from "./fields.samples.ts";

interface Listed { project: string; id: string; key: string; form: Form }
/** One reader before one form: what became of each field, and what may never be. */
export interface Met { form: string; role: Role; relation: Relation; cells: Map<string, string>; faults: string[] }

interface Pair { field: Field; before: unknown; after: unknown }
interface Subject { listed: Listed; pairs: Pair[]; files: readonly [string, string] }

/** Every form of every project; one that all share is met once. */
export async function formsOf(house: FieldsHouse): Promise<Listed[]> {
  const found = new Map<string, Listed>();
  for (const project of PROJECTS) {
    const { items } = (await house.ask("wide.operator", "GET", `/api/forms?projectKey=${project}`)).body as { items: { key: string; id: string }[] };
    for (const { key, id } of items) {
      const { definition, timeZone } = (await house.ask("wide.operator", "GET", `/api/forms/version?id=${encodeURIComponent(id)}`)).body as { definition: never; timeZone: string };
      const same = `${key} ${JSON.stringify(definition)}`;
      if (!found.has(same)) found.set(same, { project, id, key, form: openForm(definition, formHost(timeZone)) });
    }
  }
  return [...found.values()].sort((a, b) => `${a.project} ${a.key}`.localeCompare(`${b.project} ${b.key}`));
}

/** Each form by each role, on a ticket that is each of four things to the reader. */
export async function meetForms(house: FieldsHouse, forms: readonly Listed[]): Promise<Met[]> {
  const tickets = new Map<string, { id: string; version: number }>();
  const asked = forms.flatMap((listed) => ROLES.flatMap((role) => RELATIONS.map((relation) => ({ listed, role, relation }))));
  for (const { listed: { project }, role, relation } of asked) {
    const at = `${project} ${role} ${relation}`;
    if (!tickets.has(at)) tickets.set(at, await house.related(project, relation, house.desk(`wide.${role}`).userId));
  }
  const targets = new Map<string, [unknown, unknown]>();
  for (const project of PROJECTS) targets.set(project, [await lookedUp(house, project), await lookedUp(house, project)]);
  return sideBySide(asked, 4, async ({ listed, role, relation }) => {
    const files: [string, string] = [randomUUID(), randomUUID()];
    const known: Known = { files, lookups: lookupsFor(house, targets.get(listed.project)!) };
    const pairs = [...listed.form.fields.values()].map((field): Pair => { const [before, after] = samples(field, known); return { field, before, after }; });
    return meet(house, { listed, pairs, files }, { role, relation, ticketId: tickets.get(`${listed.project} ${role} ${relation}`)!.id });
  });
}

const lookedUp = async (house: FieldsHouse, project: string): Promise<unknown> => {
  const { id } = await house.ticket(project, { department: "technicians" });
  return { id, name: "any" };
};

const lookupsFor = (house: FieldsHouse, tickets: [unknown, unknown]): Known["lookups"] => ({
  ticket: tickets, department: [{ id: "accounting", name: "any" }, { id: "technicians", name: "any" }],
  // Nobody of the readers: whom a form names may be kept away from its ticket, which is another line of the table.
  colleague: [{ id: house.desk("colleague").userId, name: "any" }, { id: house.desk("second").userId, name: "any" }],
});

async function recordOn(house: FieldsHouse, { listed, pairs, files }: Subject, ticketId: string): Promise<string> {
  const id = randomUUID();
  const data = Object.fromEntries(pairs.filter(({ before }) => before !== null && before !== undefined).map(({ field, before }) => [field.key, before]));
  await house.rows("insert into form_records (id, project_key, form_id, form_key, subject_kind, subject_id, owner_id, data, created_at, updated_at) values ($1, $2, $3, $4, 'ticket', $5, $6, $7, now(), now())",
    [id, listed.project, listed.id, listed.key, ticketId, house.desk("colleague").userId, JSON.stringify(data)]);
  for (const file of files) await house.rows("insert into form_files (id, record_id, name, media_type, bytes, sha256, path, by_kind, by_name, at) values ($1, $2, 'photo.png', 'image/png', 1, '', '', 'operator', 'any', now())", [file, id]);
  return id;
}

const dataOf = async (house: FieldsHouse, id: string): Promise<Record<string, unknown>> => (await house.one<{ data: Record<string, unknown> }>("select data from form_records where id = $1", [id])).data;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

async function meet(house: FieldsHouse, subject: Subject, { role, relation, ticketId }: { role: Role; relation: Relation; ticketId: string }): Promise<Met> {
  const { pairs, listed } = subject;
  const login = `wide.${role}`;
  const id = await recordOn(house, subject, ticketId);
  const met: Met = { form: `${listed.project}/${listed.key}`, role, relation, cells: new Map(), faults: [] };
  const read = await house.ask(login, "GET", `/api/forms/records/${id}`);
  const seen = read.status === 200 ? (read.body as { data: Record<string, unknown> }).data : null;
  const written = await write(house, { login, id, pairs, met });
  for (const { field, after } of pairs) {
    const seenNow = field.masks.length === 0 ? "" : await reveal(house, { login, id, path: field.key });
    const shown = seenNow === "s" && !written.has(field.key) && await writes(house, { login, id, path: field.key, value: after }) ? "sw" : seenNow;
    met.cells.set(field.key, `${reading(field, seen, pairs)}${written.has(field.key) ? "w" : "-"}${shown}`);
  }
  return met;
}

/** `r` whole, `m` in bullets, `-` not at all. */
function reading({ key, masks }: Field, seen: Record<string, unknown> | null, pairs: readonly Pair[]): string {
  if (seen === null || seen[key] === undefined) return "-";
  const whole = pairs.find(({ field }) => field.key === key)!.before;
  if (JSON.stringify(seen[key]).includes("•") || (masks.length > 0 && !same(seen[key], whole))) return "m";
  return "r";
}

/** The fields that were really written. What is refused names its field and changes nothing; the rest is then tried without it. */
async function write(house: FieldsHouse, { login, id, pairs, met }: { login: string; id: string; pairs: readonly Pair[]; met: Met }): Promise<Set<string>> {
  const before = await dataOf(house, id);
  const given = pairs.filter(({ before: old, after }) => !same(old, after));
  const patch = (some: readonly Pair[]) => house.ask(login, "PATCH", `/api/forms/records/${id}`, { version: 1, changes: some.map(({ field, after }) => ({ path: field.key, value: after ?? null })) });
  let reply = await patch(given);
  let tried = given;
  if (reply.status === 422) {
    const named = new Set(((reply.body as { errors?: { field: string }[] }).errors ?? []).map(({ field }) => field.replace(/^data\./, "").split(".")[0]!));
    if (named.size === 0) met.faults.push(`${met.form} ${login} ${met.relation}: refused without a field named`);
    if (!same(await dataOf(house, id), before)) met.faults.push(`${met.form} ${login} ${met.relation}: refused, and something was written`);
    tried = given.filter(({ field }) => !named.has(field.key));
    reply = tried.length > 0 ? await patch(tried) : reply;
  }
  const now = await dataOf(house, id);
  if (reply.status !== 200 && !same(now, before)) met.faults.push(`${met.form} ${login} ${met.relation}: ${reply.status}, and something was written`);
  return new Set(tried.filter(({ field }) => !same(now[field.key], before[field.key])).map(({ field }) => field.key));
}

async function writes(house: FieldsHouse, { login, id, path, value }: { login: string; id: string; path: string; value: unknown }): Promise<boolean> {
  const before = await dataOf(house, id);
  await house.ask(login, "PATCH", `/api/forms/records/${id}`, { version: 1, changes: [{ path, value: value ?? null }] });
  return !same((await dataOf(house, id))[path], before[path]);
}

async function reveal(house: FieldsHouse, { login, id, path }: { login: string; id: string; path: string }): Promise<string> {
  return (await house.ask(login, "POST", `/api/forms/records/${id}/reveal`, { path, reason: "The client asked" })).status === 200 ? "s" : "";
}

/** Fields of a form with the same lot stand on one line. */
export function formTable(all: readonly Met[]): string {
  const lines = ["Fields of forms on a ticket that is the reader's own / their department's / somebody else's / about the reader: r read, m in bullets, w written, s shown for a reason, sw and only then written, - not"];
  for (const form of new Set(all.map((met) => met.form))) {
    lines.push("", form);
    const groups = new Map<string, string[]>();
    for (const field of all.find((met) => met.form === form)!.cells.keys()) {
      const lot = ROLES.map((role) => `${role} ${RELATIONS.map((relation) => all.find((met) => met.form === form && met.role === role && met.relation === relation)!.cells.get(field)).join(" ")}`).join("   ");
      groups.set(lot, [...groups.get(lot) ?? [], field]);
    }
    for (const [lot, fields] of groups) lines.push(`  ${lot}`, ...folded(fields).map((line) => `    ${line}`));
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Words in lines that fit on a screen. */
export function folded(words: readonly string[], width = 140): string[] {
  return words.reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

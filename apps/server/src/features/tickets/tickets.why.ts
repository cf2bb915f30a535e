import { vocabularyFor } from "../rules/index.ts";
import type { Ctx } from "../../platform/db.ts";
import type { Language } from "../api.contract.ts";
import { type Process, type Reason } from "../processes/index.ts";
import { processOf, projectOf, type ProjectInUse } from "./tickets.definitions.ts";
import type { Said } from "./tickets.process.contract.ts";
import { selectNames, selectVersionNumbers, type StoredReason } from "./tickets.process.sql.ts";
import { authorityOf } from "./tickets.world.ts";
import { fieldBehind, nameBehind, writeInput, type Writing } from "./tickets.why.rules.ts";
import { sayCondition } from "./tickets.why.words.rules.ts";

type Row = Omit<StoredReason, "because"> & Reason["because"];
interface Telling { row: Row; process: Process; project: ProjectInUse; writing: Writing }

/** What people are told of each reason: names of that version of the process, in the reader's language. */
export async function tell(ctx: Ctx, projectKey: string, rows: readonly Row[], language: Language): Promise<Said[]> {
  const project = await projectOf(ctx.db, projectKey);
  const people = await selectNames(ctx.db, [...new Set(rows.flatMap(({ text, inputs }) => [text, ...Object.values(inputs)].filter((each): each is string => typeof each === "string" && UUID.test(each))))]);
  const versions = [...new Set(rows.map(({ version }) => version))];
  const numbers = await selectVersionNumbers(ctx.db, versions);
  const known = new Map(await Promise.all(versions.map(async (id) => {
    const process = await processOf(ctx.db, id);
    const writing: Writing = { language, timeZone: project.project.time_zone, people, vocabulary: vocabularyFor(project, { processes: [process], purpose: "guard" }) };
    return [id, { process, writing }] as const;
  })));
  return rows.map((row) => {
    const telling = { row, project, ...known.get(row.version)! };
    return { ...NOTHING, ...sentenceOf(telling), process: telling.process.name[language], number: numbers.get(row.version) ?? 1, facts: factsOf(telling) };
  });
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NOTHING = { step: "", from: "", to: "", who: "", name: "", value: "", limit: "", condition: "", deeds: [], priority: "" };

type Sentence = Partial<Said> & Pick<Said, "sentence">;
const isOf = (row: Row, family: string): boolean => row.what === family || row.what.startsWith(`${family}.`);

function sentenceOf(telling: Telling): Sentence {
  const { row } = telling;
  if (row.what === "stage") return moved(telling);
  if (row.what === "deadline") return deadline(telling);
  if (row.what === "approval") return approval(telling);
  if (row.what === "guard") return guard(telling);
  if (isOf(row, "fields")) return computed(telling);
  if (isOf(row, "subtask")) return subtask(telling);
  if (row.what === "owner") return handedOver(telling);
  if (row.what === "escalation") return { sentence: "escalation", name: plain(row.inputs["clock"]), value: plain(row.inputs["percent"]), deeds: row.text.split(", ").filter(Boolean) };
  return { sentence: "other", name: row.what, value: writeInput(row.value, undefined, telling.writing) };
}

const plain = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** The transition a place in the declaration belongs to. */
const transitionAt = ({ row: { path }, process }: Telling) => (path.startsWith("transitions.") ? process.transitions[path.split(".")[1] ?? ""] : undefined);
const stepOf = (telling: Telling): string => transitionAt(telling)?.name[telling.writing.language] ?? "";
const conditionOf = ({ row: { text, inputs }, writing }: Telling): string => sayCondition(text, inputs, writing) ?? "";

function moved(telling: Telling): Sentence {
  const { row, process, writing: { language, people } } = telling;
  const stage = (key: unknown): string => process.stages[plain(key)]?.name[language] ?? plain(key);
  const said = { step: stepOf(telling), to: stage(row.value), from: row.inputs["from"] === undefined ? "" : stage(row.inputs["from"]) };
  if (row.kind === "person") return { sentence: "moved_by", ...said, who: people.get(row.text) ?? "" };
  if (row.kind !== "rule") return { sentence: row.text === "client" ? "moved_by_client" : "moved_by_itself", ...said };
  const condition = conditionOf(telling);
  return { sentence: condition === "" ? "moved_by_rule" : "moved_by_condition", ...said, condition };
}

function handedOver({ row, writing: { people } }: Telling): Sentence {
  const to = people.get(plain(row.value)) ?? "";
  return row.kind === "person" ? { sentence: "handed_over", who: people.get(row.text) ?? "", to } : { sentence: "handed_over_by_itself", to };
}

function deadline(telling: Telling): Sentence {
  const { row, process } = telling;
  const said = { value: typeof row.value === "string" ? row.value : "", name: plain(row.inputs["hours"]), priority: plain(row.inputs["priority"]) };
  if (row.value === null) return { sentence: "deadline_taken_away", ...said };
  if (row.kind === "person") return { sentence: row.text === "required_by" ? "deadline_asked" : "deadline_by_hand", ...said };
  if (transitionAt(telling)) return { sentence: "deadline_anew", ...said, step: stepOf(telling) };
  return { sentence: row.kind === "type" ? "deadline_of_type" : process.clocks.deadline_hours ? "deadline_of_process" : "deadline_by_hand", ...said };
}

function approval(telling: Telling): Sentence {
  const { row, project, writing } = telling;
  const amount = row.inputs["amount"] ?? null;
  const said = { step: stepOf(telling), name: authorityOf(project)?.deeds[row.text]?.name[writing.language] ?? row.text, value: amount === null ? "" : writeInput(amount, undefined, writing) };
  if (row.value === "approved") return approved(telling, said);
  if (row.value !== "held") return { sentence: "approval_within", ...said };
  const limit = row.inputs["limit"] ?? null;
  return amount !== null && limit !== null ? { sentence: "approval_above", ...said, limit: writeInput(limit, undefined, writing) } : { sentence: "approval_asked", ...said };
}

/** Of decisions of before it is not known here who asked and who decided. */
function approved({ row: { inputs }, writing: { people } }: Telling, said: { step: string; name: string; value: string }): Sentence {
  const [from, who] = [people.get(plain(inputs["asked_by"])), people.get(plain(inputs["decided_by"]))];
  return from && who ? { sentence: "approval_given_by", ...said, name: [said.name, said.value].filter(Boolean).join(", "), from, who } : { sentence: "approval_given", ...said };
}

function guard(telling: Telling): Sentence {
  const { row, process, writing: { language } } = telling;
  const declared = transitionAt(telling)?.guards[Number(row.path.split(".")[3])];
  const policy = declared && "policy" in declared ? process.policies[declared.policy] : undefined;
  const condition = conditionOf(telling);
  if (policy) return { sentence: "policy_met", step: stepOf(telling), name: policy.title[language], condition };
  return { sentence: condition === "" ? "guard_met" : "guard_met_by", step: stepOf(telling), condition };
}

function computed(telling: Telling): Sentence {
  const { row, process, writing } = telling;
  const key = row.what.slice("fields.".length);
  const place = `ticket.fields.${key.replaceAll("-", "_")}`;
  const field = process.fields[key];
  const value = field?.kind === "money" && row.value !== "" ? { amount: String(row.value), currency: field.currency } : row.value;
  return { sentence: "computed", step: stepOf(telling), name: field?.name[writing.language] ?? nameBehind(writing, place), value: writeInput(value, fieldBehind(writing, place), writing), condition: conditionOf(telling) };
}

function subtask(telling: Telling): Sentence {
  const { row, writing: { language } } = telling;
  const wish = transitionAt(telling)?.subtasks[Number(row.path.split(".")[3])];
  const condition = row.kind === "rule" ? conditionOf(telling) : "";
  return { sentence: condition === "" ? "subtask" : "subtask_by", step: stepOf(telling), name: wish?.subject[language] ?? row.what, condition };
}

/** What it was decided from, under the names people know. */
function factsOf({ row, writing }: Telling): Said["facts"] {
  return Object.entries(row.inputs).flatMap(([path, value]) => (fieldBehind(writing, path) ? [{ name: nameBehind(writing, path), value: writeInput(value, fieldBehind(writing, path), writing) }] : []));
}

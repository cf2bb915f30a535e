import { createHmac, timingSafeEqual } from "node:crypto";
import { compileExpression, createCatalogue, isName, problemText, type Catalogue, type Expression, type FieldInput, cutText } from "@linija/rules";
import { z } from "zod";
import { invalidField } from "../../platform/errors.ts";
import { languages, type Language } from "../api.contract.ts";
import { inAll, problem, type PlacedProblem } from "../projects/problems.contract.ts";
import { priorities } from "../projects/texts.contract.ts";

const expression = z.union([z.string().min(1).max(10_000), z.boolean().transform(String), z.number().transform(String)]);
const name = z.object({ en: z.string().min(1).max(120), ru: z.string().min(1).max(120), sl: z.string().min(1).max(120) });
/** An expression for each language a ticket may be kept in. */
const worded = z.strictObject({ en: expression, ru: expression, sl: expression });
const key = z.string().regex(/^[a-z][a-z0-9_-]{0,40}$/, "schema_key");

const fieldSchema = z.strictObject({
  type: z.enum(["text", "number", "boolean", "moment"]), required: z.boolean().default(false),
  /** Where it stands in what is sent: `alarm.device`; by itself its own name. */
  from: z.string().regex(/^[\w-]+(\.[\w-]+){0,8}$/, "schema_from").optional(),
  /** Of a text: characters. */
  max: z.number().int().min(1).max(10_000).default(500), values: z.array(z.string().min(1).max(100)).min(1).max(100).optional(),
});
const hookSchema = z.strictObject({
  key, name, type: key, language: z.enum(languages).optional(), body: z.record(z.string().max(60), fieldSchema),
  /** Whether it makes a ticket; what comes while one is open is noted there either way. */
  when: expression.optional(),
  /** The same text is the same alarm. */
  same: expression, subject: worded, description: worded, priority: expression.optional(),
  fields: z.record(z.string().max(60), expression).default({}), form: z.record(z.string().max(60), expression).default({}),
  repeat: z.strictObject({ note: worded, every_minutes: z.number().min(0).max(1_440).default(1) }),
});
export const hooksSchema = z.strictObject({ hooks: z.array(hookSchema).max(50) });
export type Hooks = z.output<typeof hooksSchema>;
export type Hook = Hooks["hooks"][number];
export type HookField = z.output<typeof fieldSchema>;

export interface CompiledHook { hook: Hook; language: Language; expressions: ReadonlyMap<string, Expression> }
interface Site { path: string[]; text: string; expects?: string }

/** All expressions of a hook as functions, and every mistake with its place. */
export function compileHook(hook: Hook, project: { time_zone: string; default_language: Language }): { compiled: CompiledHook; problems: PlacedProblem[] } {
  const expressions = new Map<string, Expression>();
  const compiled = { hook, language: hook.language ?? project.default_language, expressions };
  const names = Object.keys(hook.body).filter((each) => !isName(each));
  if (names.length > 0) return { compiled, problems: names.map((each) => problem(["body", each], "hook_name", { name: each })) };
  const catalogue = catalogueOf(hook, project.time_zone);
  const problems: PlacedProblem[] = [];
  for (const { path, text, expects } of sitesOf(hook)) {
    const result = compileExpression(text, catalogue, expects ? { expects } : {});
    if (result.ok) expressions.set(path.join("."), result.expression);
    else problems.push(...result.problems.map((found) => problem(path, "expression_at", { text: inAll((language) => problemText(found, language)), line: found.line, column: found.column })));
  }
  return { compiled, problems };
}

const TYPES = { text: "text", number: "decimal", boolean: "boolean", moment: "datetime" } as const;

function catalogueOf({ name: doc, body }: Hook, timeZone: string): Catalogue {
  const fields = Object.fromEntries(Object.entries(body).map(([at, { type, values }]): [string, FieldInput] => [at, { type: TYPES[type], doc, ...(type === "text" && values && { values: values.map((value) => ({ value })) }) }]));
  return createCatalogue({ timeZone, records: { hook_body: { doc, fields } }, variables: { body: { type: "hook_body", doc }, now: { type: "datetime", doc } } });
}

function sitesOf(hook: Hook): Site[] {
  const spoken = (path: string[], texts: Record<Language, string>): Site[] => languages.map((language) => ({ path: [...path, language], text: texts[language], expects: "text" }));
  const each = (path: string, texts: Record<string, string>): Site[] => Object.entries(texts).map(([at, text]) => ({ path: [path, at], text }));
  return [
    ...(hook.when === undefined ? [] : [{ path: ["when"], text: hook.when, expects: "boolean" }]), { path: ["same"], text: hook.same, expects: "text" },
    ...(hook.priority === undefined ? [] : [{ path: ["priority"], text: hook.priority, expects: "text" }]),
    ...spoken(["subject"], hook.subject), ...spoken(["description"], hook.description), ...spoken(["repeat", "note"], hook.repeat.note), ...each("fields", hook.fields), ...each("form", hook.form),
  ];
}

export type Said = (place: string) => unknown;

/** What each expression says of one body; numbers as JSON has them. Null where nothing is declared there. */
export function sayingOf({ expressions }: CompiledHook, body: Record<string, unknown>, now: Date): Said {
  return (place) => {
    const found = expressions.get(place);
    if (!found) return null;
    const result = found.evaluate({ body, now }, { steps: 20_000 });
    if (!result.ok) throw invalidField(place, "hook_expression", { message: problemText(result.problem, "en") });
    const plain = found.plain(result.value);
    return found.type === "decimal" && typeof plain === "string" ? Number(plain) : plain;
  };
}

/** Whether a report says that something is wrong. */
export const isAlarm = ({ hook }: CompiledHook, said: Said): boolean => hook.when === undefined || said("when") === true;
/** -1: the declaration says none. */
export const priorityOf = (said: Said): number => priorities.findIndex((each) => each === said("priority"));
export const told = (text: unknown, most: number): string => cutText((typeof text === "string" ? text : "").trim(), most);

/** So far may the sender's clock be from ours, and so long is a signature good. */
const WINDOW_MS = 5 * 60_000;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

export interface Signature { seconds: string; digest: Buffer }

/** What the header says; null when it says nothing of the kind. */
export function readSignature(header: unknown): Signature | null {
  const [, seconds, hex] = (typeof header === "string" ? SIGNATURE.exec(header) : null) ?? [];
  return seconds && hex ? { seconds, digest: Buffer.from(hex, "hex") } : null;
}

/** HMAC-SHA-256 over moment and body, as webhooks out are signed; takes as long for a wrong one as for the right one. */
export const isSignedWith = (secret: string, { seconds, digest }: Signature, raw: Buffer): boolean =>
  timingSafeEqual(createHmac("sha256", secret).update(`${seconds}.`).update(raw).digest(), digest);

export const isOfNow = ({ seconds }: Signature, now: Date): boolean => Math.abs(now.getTime() - Number(seconds) * 1_000) <= WINDOW_MS;

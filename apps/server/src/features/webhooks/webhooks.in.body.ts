import { z } from "zod";
import { AppError, invalid } from "../../platform/errors.ts";
import { badText, fieldProblem } from "../../platform/validation.ts";
import type { Hook, HookField } from "./webhooks.in.rules.ts";

/** What was sent by the hook's own names, or a refusal that names what does not fit. What the hook does not know is left out. */
export function readBody(hook: Hook, raw: Buffer): Record<string, unknown> {
  const sent = parsed(raw);
  const bad = badText({ params: {}, query: {}, body: sent });
  if (bad) throw bad;
  const taken = Object.fromEntries(Object.entries(hook.body).map(([at, field]) => [at, valueAt(sent, (field.from ?? at).split("."))]));
  const read = z.object(Object.fromEntries(Object.entries(hook.body).map(([at, field]) => [at, valueSchema(field)]))).safeParse(taken);
  if (read.success) return read.data;
  throw invalid(read.error.issues.map((issue) => fieldProblem("body")({ instancePath: `/${issue.path.join("/")}`, keyword: issue.code, message: issue.message, params: { ...issue } })));
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    throw new AppError("invalid", "unreadable", { fields: [{ field: "body", code: "unreadable" }] });
  }
}

/** Null is as good as nothing. */
const valueAt = (value: unknown, path: string[]): unknown =>
  path.reduce<unknown>((inner, part) => (typeof inner === "object" && inner !== null && Object.hasOwn(inner, part) ? (inner as Record<string, unknown>)[part] : undefined), value) ?? undefined;

function valueSchema({ type, max, values, required }: HookField): z.ZodType {
  const text = values ? z.enum(values) : z.string().max(max).min(required ? 1 : 0);
  const schema = { text, number: z.number(), boolean: z.boolean(), moment: z.iso.datetime({ offset: true }) }[type];
  return required ? schema : schema.optional();
}

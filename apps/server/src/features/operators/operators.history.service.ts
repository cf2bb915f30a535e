import type { z } from "zod";
import type { Ctx } from "../../platform/db.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import type { operatorHistory as contract } from "./operators.history.contract.ts";
import { selectChanges, type AuditedChange } from "./operators.history.sql.ts";
import { getOperator } from "./operators.service.ts";

type Page = z.input<typeof contract.reply>;
const COLUMNS = ["languages", "device", "extension", "hasPassword", "passwordChanged"];

/** What was changed of an operator, by whom, and what it was before (R002); for whoever may read the operator. */
export async function operatorHistory(ctx: Ctx, id: string, query: z.output<typeof contract.query>): Promise<Page> {
  await getOperator(ctx, id);
  const limit = query.limit ?? PAGE_SIZE;
  const page = pageOf(await selectChanges(ctx.db, id, decodeCursor(query.after, "number"), limit), limit, (row) => encodeCursor(row.id, row.id));
  const items = page.items.map((row) => ({ id: Number(row.id), at: row.at.toISOString(), by: row.by, changes: changesOf(row) }));
  return { items: items.filter(({ changes }) => changes.length > 0), next: page.next };
}

function changesOf({ before, after }: AuditedChange): Page["items"][number]["changes"] {
  const [was, is] = [before["skills"] ?? {}, after["skills"] ?? {}] as [Record<string, number>, Record<string, number>];
  const skills = [...new Set([...Object.keys(was), ...Object.keys(is)])].map((key) => ({ field: `skills.${key}`, before: told(was[key]), after: told(is[key]) }));
  const columns = COLUMNS.map((field) => ({ field, before: told(before[field]), after: told(after[field]) }));
  return [...columns, ...skills].filter((change) => change.before !== change.after);
}

const told = (value: unknown): string | null => (value === undefined || value === null || value === false || value === "" ? null : Array.isArray(value) ? value.join(", ") : String(value as string | number | boolean));

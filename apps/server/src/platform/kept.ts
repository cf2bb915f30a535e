import { createHash } from "node:crypto";
import { sql, type RawBuilder } from "kysely";
import pg from "pg";

const MARK = "/* kept */ ";

/**
 * A statement that each connection prepares once and keeps: parsing and planning are more than half of a small query.
 * Only for what is found by key and names its columns: the plan is made without looking at the values, and a migration
 * that adds a column must not change what a running node gets.
 */
export const kept = <T>(statement: RawBuilder<T>): RawBuilder<T> => sql<T>`${sql.raw(MARK)}${statement}`;

const names = new Map<string, string>();
const nameOf = (text: string): string => {
  const known = names.get(text);
  if (known) return known;
  const name = `kept_${createHash("sha256").update(text).digest("base64url").slice(0, 24)}`;
  names.set(text, name);
  return name;
};

/** Gives marked statements a name, which is how `pg` is asked to prepare. */
export class KeepingClient extends pg.Client {
  // oxlint-disable-next-line typescript/no-explicit-any -- one signature for the nine of `pg`
  override query(...given: any[]): any {
    const [text, values, ...rest] = given as [unknown, unknown, ...unknown[]];
    const asked = typeof text === "string" && Array.isArray(values) && text.startsWith(MARK) ? [{ name: nameOf(text), text, values }, ...rest] : given;
    return (super.query as (...all: unknown[]) => unknown)(...asked);
  }
}

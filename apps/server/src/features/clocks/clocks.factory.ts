import { sql } from "kysely";
import type { Ctx, TxCtx } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import type { CalendarTime } from "./clocks.calendar.rules.ts";
import type { ClockHandler, ClocksDeps, Met, Moved } from "./clocks.handlers.ts";

/**
 * Subjects of a table of their own with a handler that writes down what it was told, for tests and the bench: what a
 * handler wrote is there exactly if its transaction was committed.
 */
export interface Things {
  deps: ClocksDeps;
  add(count?: number): Promise<string[]>;
  /** Thresholds dealt with: "NAME PERCENT" of each thing in order. */
  told(id: string): Promise<string[]>;
}

export interface ThingsOptions { timeOf: (projectKey: string) => CalendarTime; met?(met: Met): Promise<void>; moved?(moved: Moved): Promise<void> }

export async function makeThings(ctx: Ctx, { timeOf, met, moved }: ThingsOptions): Promise<Things> {
  await sql`create table if not exists things (id uuid primary key)`.execute(ctx.db);
  await sql`create table if not exists told (n bigint generated always as identity primary key, id uuid not null, what text not null, at timestamptz not null, moment timestamptz)`.execute(ctx.db);
  await sql`insert into projects (key, name, definition, hash) values ('shop', '{}', '{}', '') on conflict do nothing`.execute(ctx.db);
  const handler: ClockHandler = {
    kind: "thing",
    lock: async (ctx, ids) => (await sql<{ id: string }>`select id from things where id = any(${ids}::uuid[]) for update skip locked`.execute(ctx.db)).rows.map(({ id }) => id),
    met: async (all) => {
      await write(all[0]!.ctx, all.map(({ subject, clock, percent, at }) => ({ id: subject.id, what: `${clock.name} ${percent}`, moment: at })));
      for (const each of all) await met?.(each);
    },
    moved: async (all) => {
      await write(all[0]!.ctx, all.map(({ subject, clock, dueAt }) => ({ id: subject.id, what: `${clock.name} moved`, moment: dueAt })));
      for (const each of all) await moved?.(each);
    },
  };
  return {
    deps: { handlers: [handler], timeOf: (_ctx, projectKey) => Promise.resolve(timeOf(projectKey)) },
    add: async (count = 1) => {
      const ids = Array.from({ length: count }, () => newId());
      await sql`insert into things select unnest(${ids}::uuid[])`.execute(ctx.db);
      return ids;
    },
    told: async (id) => (await sql<{ what: string }>`select what from told where id = ${id} order by n`.execute(ctx.db)).rows.map(({ what }) => what),
  };
}

const write = (ctx: TxCtx, rows: { id: string; what: string; moment: Date | null }[]) =>
  sql`insert into told (id, what, at, moment) select r.id, r.what, clock_timestamp(), r.moment from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, what text, moment timestamptz)`.execute(ctx.db);

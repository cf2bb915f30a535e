import type { Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import type { Ready } from "./health.contract.ts";
import { selectDatabase, selectJobs, selectSetting, type JobsState } from "./health.sql.ts";

export type PartState = "ok" | "degraded" | "down";
export interface Seen { state: PartState; detail: string }

/**
 * One part of the program and how to look at it. `name` finds the remedy in the messages: `health_<name>`. What throws or
 * takes longer than two seconds is down. `optional` parts can only degrade the whole, not stop it.
 */
export interface Probe { name: string; optional?: boolean; look(): Promise<Seen> | Seen }

const LOOK_MS = 2_000;

/** Looks at every part at the same time; the whole is as bad as its worst needed part. */
export async function readiness(ctx: Ctx, probes: readonly Probe[], language: Language): Promise<Ready> {
  const parts = await Promise.all(probes.map((probe) => lookAt(probe, language)));
  const isDown = parts.some((part, index) => part.state === "down" && !probes[index]!.optional);
  const isWell = parts.every((part) => part.state === "ok");
  return { state: isDown ? "down" : isWell ? "ok" : "degraded", at: ctx.now().toISOString(), parts };
}

async function lookAt(probe: Probe, language: Language): Promise<Ready["parts"][number]> {
  const began = performance.now();
  const late = Promise.withResolvers<Seen>();
  const timer = setTimeout(() => { late.resolve({ state: "down", detail: translate(language, "health_no_answer") }); }, LOOK_MS);
  const seen = await Promise.race([look(probe), late.promise]);
  clearTimeout(timer);
  return { name: probe.name, ...seen, remedy: seen.state === "ok" ? "" : translate(language, `health_${probe.name}`), ms: Math.round(performance.now() - began) };
}

async function look(probe: Probe): Promise<Seen> {
  try {
    return await probe.look();
  } catch (error) {
    // Messages of drivers name hosts and users; only the kind of failure leaves the house.
    return { state: "down", detail: isDatabaseAway(error) ? "database_away" : ((error as { code?: string }).code ?? "failed") };
  }
}

/** The database answers, and can be written to. */
export const databaseProbe = (ctx: Ctx): Probe => ({
  name: "database",
  look: async () => {
    const { readOnly, version } = await selectDatabase(ctx.db);
    return readOnly ? { state: "down", detail: "read_only" } : { state: "ok", detail: `PostgreSQL ${version}` };
  },
});

const LATE_S = 30;

/** Jobs and deliveries are carried out in time; late ones mean that no node with the role `jobs` is at work. */
export const jobsProbe = (ctx: Ctx): Probe => ({ name: "jobs", optional: true, look: async () => judgeJobs(await selectJobs(ctx.db)) });

function judgeJobs({ lateS, failed, undelivered }: JobsState): Seen {
  const detail = `late ${lateS} s, failed ${failed}, undelivered ${undelivered}`;
  return { state: lateS > LATE_S || failed > 0 || undelivered > 0 ? "degraded" : "ok", detail };
}

/** The bearer token of `/api/metrics` for readers that are not on this machine; null: loopback only. */
export async function metricsToken(ctx: Ctx): Promise<string | null> {
  const value = await selectSetting(ctx.db, "metrics_token");
  return typeof value === "string" && value.length >= 16 ? value : null;
}

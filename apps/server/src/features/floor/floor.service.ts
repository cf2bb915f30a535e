import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { translate } from "../../platform/messages.ts";
import { maskPhone, may, toldTo } from "../access/index.ts";
import type { Language } from "../api.contract.ts";
import { selectOperator } from "../operators/index.ts";
import type { RouterClient } from "../queues/index.ts";
import { contactsOf, countCallbacks } from "../tickets/index.ts";
import type { Floor, floorSchema, operatorTile } from "./floor.contract.ts";
import * as db from "./floor.sql.ts";

export interface FloorQueue { id: string; projectKey: string; name: Record<Language, string>; color: string; percent: number; withinS: number; languages: string[]; wrapUpS: number }
/** Whether a project answers now, by its calendar; and if not, from when. */
export interface OpenHours { open: boolean; opensAt: Date | null }
export interface FloorDeps { queues: FloorQueue[]; hours(projectKey: string, at: Date): OpenHours; timeZone: string; router: RouterClient }
type TileView = z.input<typeof operatorTile>;

/** The whole picture of the floor for the projects one supervises; computed from tables, so every node shows the same. */
export async function getFloor(ctx: Ctx, deps: FloorDeps): Promise<z.input<typeof floorSchema>> {
  if (!may(ctx, "floor.read") || ctx.actor.kind !== "user") throw forbidden();
  const { actor } = ctx;
  const now = ctx.now();
  const all = actor.roles.includes("administrator");
  const queues = deps.queues.filter((queue) => all || actor.projects.includes(queue.projectKey));
  const ids = queues.map((queue) => queue.id);
  const projects = all ? null : actor.projects;
  const dayStart = startOfDay(now, deps.timeZone);
  const [days, tiles, waiting, alerts, hours, figures, callbacksDue] = await Promise.all([
    db.selectQueueDay(ctx.db, queues.map(({ id, withinS }) => ({ id, withinS })), dayStart), db.selectTiles(ctx.db, projects, dayStart), db.selectWaiting(ctx.db, ids),
    db.selectAlerts(ctx.db, { projects, readerId: actor.id, since: new Date(now.getTime() - 8 * 3_600_000) }), db.selectHours(ctx.db, ids, dayStart), db.selectTicketFigures(ctx.db, { projects, readerId: actor.id }, now), countCallbacks(ctx.db, { projects, readerId: actor.id }),
  ]);
  const language = actor.language as Language;
  const contacts = await contactsOf(ctx, alerts.map(({ subjectId }) => subjectId));
  return {
    at: now.toISOString(), timeZone: deps.timeZone,
    queues: queues.map((queue) => queueView(queue, { day: days.find((day) => day.queueId === queue.id), hours: deps.hours(queue.projectKey, now), tiles, language })),
    operators: tiles.map((tile) => tileView(ctx, deps, tile)),
    waiting: waiting.map((call, index) => ({ ...call, clientName: toldTo(ctx, call.clientName, { phone: call.fromNumber, email: null }), fromNumber: numberFor(ctx, call.fromNumber), queuedAt: call.queuedAt.toISOString(), position: waiting.slice(0, index + 1).filter((each) => each.queueId === call.queueId).length })),
    alerts: alerts.map((alert) => toldTo(ctx, alertView(alert, language), contacts(alert.subjectId))),
    day: { callsByHour: hours, ...figures, callbacksDue },
  };
}

interface Seen { day: db.QueueDay | undefined; hours: OpenHours; tiles: db.Tile[]; language: Language }

function queueView(queue: FloorQueue, { day: found, hours, tiles, language }: Seen): Floor["queues"][number] {
  const day = found ?? NO_DAY;
  const ended = day.answered + day.abandoned;
  return {
    id: queue.id, projectKey: queue.projectKey, name: queue.name[language], color: queue.color, open: hours.open, opensAt: hours.opensAt?.toISOString() ?? null, waiting: day.waiting, longestWaitSince: day.longestSince?.toISOString() ?? null,
    offeredToday: day.offered, answeredToday: day.answered, abandonedToday: day.abandoned, serviceLevel: ended === 0 ? null : Math.round((day.inTarget / ended) * 1000) / 10,
    target: { percent: queue.percent, withinS: queue.withinS }, averageWaitS: day.averageWaitS,
    readyOperators: tiles.filter((tile) => tile.state === "ready" && tile.projects.includes(queue.projectKey)).length,
  };
}

const NO_DAY = { waiting: 0, longestSince: null, offered: 0, answered: 0, abandoned: 0, inTarget: 0, averageWaitS: null };

/** Who may not see a client's contacts sees them in part here too (decision 0046). */
const numberFor = (ctx: Ctx, number: string): string => (may(ctx, "clients.see_contacts") ? number : maskPhone(number));

function tileView(ctx: Ctx, deps: FloorDeps, { number, queueId, ...tile }: db.Tile): TileView {
  const wrapUpS = deps.queues.find((queue) => queue.id === queueId)?.wrapUpS ?? WRAP_UP_S;
  const wrapUpEndsAt = tile.state === "wrap_up" && tile.since ? new Date(tile.since.getTime() + wrapUpS * 1000).toISOString() : null;
  return { ...tile, clientName: toldTo(ctx, tile.clientName, { phone: number, email: null }) || numberFor(ctx, number), state: (tile.state ?? "offline") as TileView["state"], since: (tile.since ?? new Date(0)).toISOString(), wrapUpEndsAt };
}
/** After a call of no queue. */
const WRAP_UP_S = 60;

const alertView = (alert: db.Alert, language: Language): Floor["alerts"][number] => ({
  id: alert.id, kind: alert.data.key ?? "alert", at: alert.at.toISOString(), text: translate(language, alert.data.key ?? "alert_ticket", alert.data.params),
  ticketId: alert.subjectKind === "ticket" ? alert.subjectId : null, queueId: null,
});

/** Midnight of the company's day, right on the days clocks change too. */
export function startOfDay(now: Date, timeZone: string): Date {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
  const guess = new Date(`${parts}T00:00:00Z`);
  for (const hours of [-14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
    const candidate = new Date(guess.getTime() + hours * 3_600_000);
    if (new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hourCycle: "h23" }).format(candidate) === `${parts}, 00`) return candidate;
  }
  return guess;
}

/** A supervisor sets an operator's state; told to the operator and kept. */
export async function forceState(ctx: Ctx, deps: FloorDeps, operatorId: string, input: { state: "ready" | "not_ready" | "offline"; reason: string | null }): Promise<TileView> {
  const operator = await selectOperator(ctx.db, operatorId);
  if (!operator) throw notFound("operator", operatorId);
  if (!may(ctx, "floor.force", { projects: operator.projects })) throw forbidden();
  await deps.router.setState(operatorId, input.state, input.reason ?? "supervisor");
  await inTx(ctx, (ctx) => audit(ctx, { action: "operator.state_forced", object: { kind: "operator", id: operatorId }, before: { state: operator.state }, after: input }));
  const tiles = await db.selectTiles(ctx.db, null, startOfDay(ctx.now(), deps.timeZone));
  return tileView(ctx, deps, tiles.find((tile) => tile.id === operatorId)!);
}

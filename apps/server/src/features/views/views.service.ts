import type { z } from "zod";
import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx } from "../../platform/db.ts";
import { conflict, forbidden, invalidField, notFound } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { may } from "../access/index.ts";
import type * as contracts from "./views.contract.ts";
import type { SavedView } from "./views.contract.ts";
import { countViews, deleteView, insertView, selectView, selectViews, updateView, type ViewRow } from "./views.sql.ts";

type User = Extract<Ctx["actor"], { kind: "user" }>;
const MOST = 100;

export function userOf(ctx: Ctx): User {
  if (ctx.actor.kind !== "user" || !may(ctx, "tickets.read")) throw forbidden();
  return ctx.actor;
}

/** Who leads a project shares its views and keeps what others have shared with it. */
const leads = (ctx: Ctx, projectKey: string): boolean => may(ctx, "views.share", { projectKey });

function toView(ctx: Ctx, row: ViewRow): SavedView {
  const mine = ctx.actor.kind === "user" && row.ownerId === ctx.actor.id;
  const { id, name, filter, sort, columns, layout, version, ownerName } = row;
  return {
    id, name, filter, sort, columns, layout, version, ownerName, mine, mayChange: mine || (row.sharedProject !== null && leads(ctx, row.sharedProject)),
    shared: row.sharedProject ? { projectKey: row.sharedProject, role: row.sharedRole as NonNullable<SavedView["shared"]>["role"] } : null,
  };
}

export async function listViews(ctx: Ctx): Promise<{ items: SavedView[] }> {
  const { id, projects, roles } = userOf(ctx);
  return { items: (await selectViews(ctx.db, { id, projects, roles })).map((row) => toView(ctx, row)) };
}

type Input = z.output<typeof contracts.saveView.body>;
const toRow = ({ name, filter, sort, columns, layout, shared }: Input) => ({ name, filter, sort, columns, layout, sharedProject: shared?.projectKey ?? null, sharedRole: shared?.role ?? null });

function refuseSharing(ctx: Ctx, { shared }: Input): void {
  if (shared && !leads(ctx, shared.projectKey)) throw invalidField("shared", "view_share_right");
}

export async function saveView(ctx: Ctx, input: Input): Promise<SavedView> {
  const user = userOf(ctx);
  refuseSharing(ctx, input);
  return inTx(ctx, async (ctx) => {
    if (await countViews(ctx.db, user.id) >= MOST) throw conflict("views_too_many");
    const row = { ...toRow(input), id: newId(ctx.now().getTime()), ownerId: user.id };
    await insertView(ctx.db, row, ctx.now());
    await audit(ctx, { action: "view.save", object: { kind: "view", id: row.id }, after: row });
    return toView(ctx, { ...row, version: 1, ownerName: user.name });
  });
}

export async function changeView(ctx: Ctx, id: string, { version, ...input }: z.output<typeof contracts.changeView.body>): Promise<SavedView> {
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, id);
    refuseSharing(ctx, input);
    const row = { ...before, ...toRow(input), version };
    if (!await updateView(ctx.db, row, ctx.now())) throw conflict("changed_meanwhile");
    await audit(ctx, { action: "view.change", object: { kind: "view", id }, before, after: row });
    return toView(ctx, { ...row, version: version + 1 });
  });
}

export async function removeView(ctx: Ctx, id: string): Promise<{ ok: true }> {
  return inTx(ctx, async (ctx) => {
    const before = await load(ctx, id);
    await deleteView(ctx.db, id);
    await audit(ctx, { action: "view.remove", object: { kind: "view", id }, before });
    return { ok: true };
  });
}

/** A view one may change; one that is only shared with the reader is told from one that is not there. */
async function load(ctx: Ctx, id: string): Promise<ViewRow> {
  const user = userOf(ctx);
  const row = await selectView(ctx.db, id);
  const isShared = row?.sharedProject != null && user.projects.includes(row.sharedProject) && (row.sharedRole === null || user.roles.includes(row.sharedRole) || leads(ctx, row.sharedProject));
  if (!row || (row.ownerId !== user.id && !isShared)) throw notFound("view", id);
  if (row.ownerId !== user.id && !leads(ctx, row.sharedProject!)) throw forbidden();
  return row;
}

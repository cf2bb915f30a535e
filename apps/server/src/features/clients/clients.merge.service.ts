import { audit } from "../../platform/audit.ts";
import { inTx, type Ctx, type TxCtx } from "../../platform/db.ts";
import { conflict, invalidField, notFound } from "../../platform/errors.ts";
import { emit } from "../../platform/events.ts";
import type { ClientView } from "./clients.contract.ts";
import { clientsMerged } from "./clients.events.ts";
import { difference, mergedData, type ClientData } from "./clients.rules.ts";
import { dataOf, load, refuseArchived, toView, write } from "./clients.service.ts";
import { lockClients, moveToClient, selectClient, type ClientCard } from "./clients.sql.ts";

/** Everything of the other card moves to this one, with its history; the other stays as a signpost (R070). */
export async function mergeClients(ctx: Ctx, keptId: string, input: { otherId: string; version: number }): Promise<ClientView> {
  if (keptId === input.otherId) throw invalidField("otherId", "same_client");
  return inTx(ctx, async (ctx) => {
    await lockClients(ctx.db, [keptId, input.otherId]);
    const kept = await load(ctx, keptId, "clients.merge");
    const other = await load(ctx, input.otherId, "clients.merge");
    refuseArchived(kept);
    refuseArchived(other);
    const before = dataOf(kept);
    const after = mergedData(before, dataOf(other));
    if (after === "too_many") throw conflict("merge_too_many_contacts");
    await join(ctx, { kept, other, version: input.version }, after);
    await emit(ctx, clientsMerged(keptId, other.id));
    await audit(ctx, { action: "client.merged", object: { kind: "client", id: keptId }, ...difference(before, after), reason: other.id });
    await audit(ctx, { action: "client.merged_away", object: { kind: "client", id: other.id }, before: dataOf(other), after: { mergedInto: keptId } });
    const card = await selectClient(ctx.db, keptId);
    if (!card) throw notFound("client", keptId);
    return toView(ctx, card);
  });
}

async function join(ctx: TxCtx, pair: { kept: ClientCard; other: ClientCard; version: number }, data: ClientData): Promise<void> {
  await write(ctx, pair.kept, pair.version, data);
  await moveToClient(ctx.db, pair.kept.id, pair.other.id, ctx.now());
}

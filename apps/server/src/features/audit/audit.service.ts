import { createHash } from "node:crypto";
import { maskPicture, may, toldTo } from "../access/index.ts";
import { contactsOf } from "../tickets/index.ts";
import { inTx, type Ctx, type Db, type TxCtx } from "../../platform/db.ts";
import { forbidden, invalidField, isDatabaseAway } from "../../platform/errors.ts";
import { decodeCursor, encodeCursor, PAGE_SIZE, pageOf } from "../../platform/page.ts";
import type { AuditRow, Verification } from "./audit.contract.ts";
import { canonical, GENESIS, type SealedText } from "./audit.rules.ts";
import { countUnsealed, selectAudit, selectHead, selectLastSeal, selectSealed, selectUnsealed, tryLockChain, updateSeals, upsertHead, type Head } from "./audit.sql.ts";

const BATCH = 500;

/** SHA-256 over the hash before and the row: changing, moving or removing a row breaks every link after it. */
const link = (previous: string, seq: number, row: SealedText): string =>
  createHash("sha256").update(Buffer.from(previous, "hex")).update(canonical(seq, row)).digest("hex");

/** Chains what has no seal yet, oldest first; how many rows it sealed. Returns 0 at once while another node is sealing. */
export async function sealAudit(ctx: Ctx): Promise<number> {
  let sealed = 0;
  for (let count = BATCH; count === BATCH; sealed += count) count = await inTx(ctx, sealBatch);
  return sealed;
}

async function sealBatch(ctx: TxCtx): Promise<number> {
  if (!(await tryLockChain(ctx.db))) return 0;
  const rows = await selectUnsealed(ctx.db, BATCH);
  if (rows.length === 0) return 0;
  // The kept head too: a chain cut off at its end must not be grown over as if nothing were missing.
  const [last, head] = [await selectLastSeal(ctx.db), await selectHead(ctx.db)];
  let { seq, hash } = head && head.seq > (last?.seq ?? 0) ? head : (last ?? { seq: 0, hash: GENESIS });
  const seals = rows.map((row) => {
    seq += 1;
    hash = link(hash, seq, row);
    return { id: row.id, seq, hash };
  });
  await updateSeals(ctx.db, seals);
  await upsertHead(ctx.db, { seq, hash }, ctx.now());
  return rows.length;
}

/** Seals every second on this node until stopped; several nodes take turns. */
export function startSealer(ctx: Ctx, everyMs = 1_000): { stop(): Promise<void> } {
  let running: Promise<unknown> | null = null;
  const turn = () => {
    running ??= sealAudit(ctx).catch((error: unknown) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "the audit trail cannot be sealed"); }).finally(() => { running = null; });
  };
  const timer = setInterval(turn, everyMs);
  turn();
  return { stop: async () => { clearInterval(timer); await running; } };
}

/**
 * Walks the whole chain in pages and names the first broken link (R312). `noted` is a head noted earlier and kept
 * elsewhere: with it even a chain that somebody recomputed from a changed row onwards is found.
 */
export async function verifyAudit(db: Db, noted?: Head): Promise<Verification> {
  const unsealed = await countUnsealed(db);
  // Read before the walk: rows sealed meanwhile lie beyond it.
  const heads = [await selectHead(db), noted].filter((head) => head !== undefined);
  let at: Head = { seq: 0, hash: GENESIS };
  const found = (state: Verification["state"], brokenAt: Verification["brokenAt"]): Verification => ({ state, rows: at.seq, unsealed, head: at.hash, brokenAt });
  for (let more = true; more;) {
    const rows = await selectSealed(db, at.seq, PAGE);
    for (const row of rows) {
      if (row.seq !== at.seq + 1) return found("missing", { seq: at.seq + 1, id: null });
      if (!isWhole(at, row, heads)) return found("changed", { seq: row.seq, id: Number(row.id) });
      at = { seq: row.seq, hash: row.hash };
    }
    more = rows.length === PAGE;
  }
  return heads.some((head) => head.seq > at.seq) ? found("cut_short", { seq: at.seq + 1, id: null }) : found("intact", null);
}

const PAGE = 1_000;

const isWhole = (before: Head, row: SealedText & Head, heads: Head[]): boolean =>
  link(before.hash, row.seq, row) === row.hash && heads.every((head) => head.seq !== row.seq || head.hash === row.hash);

export async function verifyTrail(ctx: Ctx): Promise<Verification> {
  if (!may(ctx, "audit.read")) throw forbidden();
  return verifyAudit(ctx.db);
}

interface AuditQuery { objectKind?: string | undefined; objectId?: string | undefined; actorId?: string | undefined; after?: string | undefined; limit?: number | undefined }

export async function listAudit(ctx: Ctx, query: AuditQuery): Promise<{ items: AuditRow[]; next: string | null }> {
  if (!may(ctx, "audit.read")) throw forbidden();
  const { objectKind = null, objectId = null, actorId = null, limit = PAGE_SIZE } = query;
  // One without the other could not be read by index.
  if ((objectKind === null) !== (objectId === null)) throw invalidField(objectKind === null ? "objectKind" : "objectId", "required");
  const rows = await selectAudit(ctx.db, { readerId: ctx.actor.kind === "user" ? ctx.actor.id : null, objectKind, objectId, actorId, cursor: decodeCursor(query.after, "number"), limit });
  const page = pageOf(rows, limit, (row) => encodeCursor(row.id, row.id));
  const masks = !may(ctx, "clients.see_contacts");
  const shown = (picture: unknown) => (masks ? maskPicture(picture) : picture) ?? null;
  const contacts = await contactsOf(ctx, page.items.flatMap(idsIn));
  return { items: page.items.map((row) => ({ ...row, at: row.at.toISOString(), ...toldTo(ctx, { before: shown(row.before), after: shown(row.after), reason: row.reason }, contacts(...idsIn(row))) })), next: page.next };
}

/** Of what a row is, and what its pictures name besides: the ticket of a promise, the other card of a merge. */
const idsIn = ({ objectId, before, after }: Pick<AuditRow, "objectId" | "before" | "after">): string[] => [objectId, ...[before, after].flatMap(namedIn)];
const namedIn = (picture: unknown): string[] => (typeof picture === "object" && picture !== null ? Object.values(picture).flatMap((value: unknown) => (typeof value === "string" ? [value] : typeof value === "object" ? namedIn(value) : [])) : []);

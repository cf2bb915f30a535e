import { createHash, createHmac, createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import type { Db } from "../../platform/db.ts";
import { insertKeys, nextNumber, selectKeys, type Drawn } from "./tickets.sql.ts";
import { ticketNumber } from "./tickets.number.rules.ts";

const known = new Map<string, KeyObject>();
function asKey(hex: string): KeyObject {
  const key = known.get(hex) ?? createSecretKey(Buffer.from(hex, "hex"));
  known.set(hex, key);
  return key;
}

/** Both keys, made once and kept in `settings`. A race ends with the one that was stored. */
async function keys(db: Db): Promise<{ number: KeyObject; link: KeyObject }> {
  const stored = await selectKeys(db);
  if (!stored.numberKey || !stored.linkKey) {
    await insertKeys(db, { numberKey: randomBytes(32).toString("hex"), linkKey: randomBytes(32).toString("hex") });
    return keys(db);
  }
  return { number: asKey(stored.numberKey), link: asKey(stored.linkKey) };
}

/** A number no ticket has had, and the hash under which its link is found. `given` is what was taken from the sequence already. */
export async function drawNumber(db: Db, ticketId: string, prefix: string, given?: Drawn): Promise<{ number: string; linkHash: Buffer }> {
  const drawn = given ?? await nextNumber(db);
  const found = drawn.numberKey && drawn.linkKey ? { number: asKey(drawn.numberKey), link: asKey(drawn.linkKey) } : await keys(db);
  return { number: ticketNumber(prefix, drawn.n, found.number), linkHash: hashSecret(secretOf(ticketId, found.link)) };
}

/** The secret of a ticket's link: made from a key, not stored, so that every mail can carry the same link. */
const secretOf = (ticketId: string, key: KeyObject): string => createHmac("sha256", key).update(ticketId).digest("base64url");

/** The secret of a ticket's link; `linkKey` is for who has read the key with other things. */
export const linkSecret = async (db: Db, ticketId: string, linkKey: string | null = null): Promise<string> => secretOf(ticketId, linkKey ? asKey(linkKey) : (await keys(db)).link);

export const hashSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest();

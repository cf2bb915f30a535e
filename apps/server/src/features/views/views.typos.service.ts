import type { Ctx } from "../../platform/db.ts";
import { insteadOf, lettersOf, meant, type Doubted } from "./views.typos.rules.ts";
import { selectNear } from "./views.typos.sql.ts";

/** So often other words are tried before it is said that there is nothing. */
const TRIES = 3;

/**
 * What somebody likely meant who found nothing: words nobody has ever written are taken for the nearest that somebody has,
 * and looked for by the reader's own rights. Null when nothing is found by those either; then no word is told.
 */
export async function findInstead<T extends { rows: unknown[] }>(ctx: Ctx, text: string, search: (text: string) => Promise<T>): Promise<{ text: string; found: T } | null> {
  const words = lettersOf(text);
  if (words.length === 0) return null;
  for (const other of insteadOf(text, await doubtedOf(ctx, words), TRIES)) {
    const found = await search(other);
    if (found.rows.length > 0) return { text: other, found };
  }
  return null;
}

async function doubtedOf(ctx: Ctx, words: string[]): Promise<Doubted[]> {
  const looked = await selectNear(ctx.db, words);
  // A single word that is known may still be one that only others may read.
  const doubted = words.length === 1 ? looked : looked.filter(({ isKnown }) => !isKnown);
  return doubted.map(({ typed, word, near }) => ({ typed, meant: meant(word, near) }));
}

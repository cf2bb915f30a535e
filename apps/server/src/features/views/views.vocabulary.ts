import { inTx, type Ctx } from "../../platform/db.ts";
import { isDatabaseAway } from "../../platform/errors.ts";
import { startLoop, type Loop } from "../../platform/loop.ts";
import { lettersOf } from "./views.typos.rules.ts";
import { insertWords, lockRead, selectWritten, updateRead } from "./views.typos.sql.ts";

/** So many tickets are read at once: a million are read in the background within an hour, at a few per cent of a core. */
const TOGETHER = 400;
const EVERY_MS = 10_000;
/** A ticket may be seen a moment after one that was registered later. */
const SETTLED_MS = 5_000;
/** Most words of a new ticket are known; asking the database about them again is most of the work. */
const KEPT = 50_000;

/** Takes the words of tickets that were registered since the last look. Says whether there may be more. */
export async function learnWords(ctx: Ctx, known: Set<string> = new Set()): Promise<boolean> {
  return inTx(ctx, async (ctx) => {
    const read = await lockRead(ctx.db);
    if (!read) return false;
    const written = await selectWritten(ctx.db, read, new Date(ctx.now().getTime() - SETTLED_MS), TOGETHER);
    const last = written.at(-1);
    if (!last) return false;
    const words = [...new Set(written.flatMap(({ text }) => lettersOf(text)))].filter((word) => !known.has(word));
    if (words.length > 0) await insertWords(ctx.db, words.sort());
    await updateRead(ctx.db, last);
    if (known.size + words.length > KEPT) known.clear();
    for (const word of words) known.add(word);
    return written.length === TOGETHER;
  });
}

export function startVocabulary(ctx: Ctx): Loop {
  const known = new Set<string>();
  let lookedAt = -Infinity;
  return startLoop(async () => {
    if (performance.now() - lookedAt < EVERY_MS) return false;
    // What is behind is read on at the next look of the loop, a second later, not at once: people search meanwhile.
    if (!await learnWords(ctx, known)) lookedAt = performance.now();
    return false;
  }, (error) => { if (!isDatabaseAway(error)) ctx.log.error({ err: error }, "words of tickets could not be taken into the vocabulary"); });
}

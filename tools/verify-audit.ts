/**
 * Is the audit trail as it was written? Walks the chain of hashes and names the first broken link.
 *
 *   node tools/verify-audit.ts                    of the database in the settings, or of the embedded one, running or not
 *   node tools/verify-audit.ts --head 1200:9f2c…  also checks that row 1200 still has the hash noted earlier
 *
 * Ends with 0 when the trail is intact, 1 when it is broken, 2 when it cannot be read.
 */
import { parseArgs } from "node:util";
import { verifyAudit } from "../apps/server/src/features/audit/index.ts";
import { readConfig } from "../apps/server/src/platform/config.ts";
import { openDatabase } from "../apps/server/src/platform/db.ts";
import { createLog } from "../apps/server/src/platform/log.ts";
import { connect } from "./database.ts";

const log = createLog("error", "");

function headOf(text: string | undefined): { seq: number; hash: string } | undefined {
  if (text === undefined) return undefined;
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!seq || !hash) throw new Error("--head is written SEQ:HASH, as this tool prints it");
  return { seq: Number(seq), hash };
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { head: { type: "string" } } });
  const noted = headOf(values.head);
  const { connection, stop } = await connect(readConfig(), log);
  const database = openDatabase({ ...connection, max: 1 }, log);
  try {
    const result = await verifyAudit(database.db, noted);
    if (result.unsealed > 0) console.log(`${result.unsealed} rows are not sealed yet (a running node seals within a second)`);
    if (result.state === "intact") console.log(`The audit trail is intact: ${result.rows} rows. Head, to note elsewhere: ${result.rows}:${result.head}`);
    else console.log(`THE AUDIT TRAIL IS BROKEN at link ${result.brokenAt?.seq}: ${{ changed: `row ${result.brokenAt?.id} is not what was sealed`, missing: "its row is gone", cut_short: "the end of the chain is gone" }[result.state]}. The ${result.rows} rows before it are intact.`);
    return result.state === "intact" ? 0 : 1;
  } finally {
    await database.close();
    await stop();
  }
}

main().then((code) => { process.exitCode = code; }, (error: unknown) => {
  console.error(`The audit trail cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
});

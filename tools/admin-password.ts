/**
 * The way back when the last administrator's password is lost: gives a sign-in name a new password and tells it once.
 *
 *   npm run admin-password              of LINIJA_ADMIN_LOGIN (admin)
 *   npm run admin-password -- maja      of somebody else
 *
 * Works on the database in the settings, or on the embedded one, running or not. The sessions of that user end, and at
 * the next sign-in another password must be chosen. Ends with 0 when the password was made, with 1 when not.
 */
import { parseArgs } from "node:util";
import { administrators, makeNewPassword } from "../apps/server/src/features/access/index.ts";
import { readConfig } from "../apps/server/src/platform/config.ts";
import { openDatabase, type Ctx } from "../apps/server/src/platform/db.ts";
import { AppError } from "../apps/server/src/platform/errors.ts";
import { newId } from "../apps/server/src/platform/ids.ts";
import { createLog } from "../apps/server/src/platform/log.ts";
import { translate } from "../apps/server/src/platform/messages.ts";
import { connect } from "./database.ts";

const log = createLog("error", "");

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const config = readConfig();
  const { connection, stop } = await connect(config, log);
  const database = openDatabase({ ...connection, max: 1 }, log);
  const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "admin-password" }, now: () => new Date(), depth: 0, requestId: newId(), log };
  try {
    const { login, password } = await makeNewPassword(ctx, positionals[0] ?? config.LINIJA_ADMIN_LOGIN);
    console.log(`\n  Sign-in    ${login}\n  Password   ${password}\n\nThis password is told once, here. At the next sign-in another one must be chosen.`);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    console.error(`${error.code === "not_found" ? `Nobody signs in as ${String(error.params.id)}.` : translate("en", error.reason, error.params)} Administrators: ${(await administrators(ctx)).join(", ") || "none"}`);
    return 1;
  } finally {
    await database.close();
    await stop();
  }
}

main().then((code) => { process.exitCode = code; }, (error: unknown) => {
  console.error(`No password was made: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

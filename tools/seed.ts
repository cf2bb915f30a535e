import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig } from "../apps/server/src/platform/config.ts";
import { type Ctx, openDatabase } from "../apps/server/src/platform/db.ts";
import { newId } from "../apps/server/src/platform/ids.ts";
import { migrateJobs } from "../apps/server/src/platform/jobs.ts";
import { createLog } from "../apps/server/src/platform/log.ts";
import { migrate } from "../apps/server/src/platform/migrate.ts";
import { startPostgres } from "../apps/server/src/platform/postgres.ts";
import { seedDemo } from "../apps/server/src/features/demo/index.ts";
import { bringFiles } from "../apps/server/src/features/declarations/index.ts";
import { readFolder } from "../apps/server/src/features/projects/index.ts";
import { textKinds } from "../apps/server/src/kinds.ts";

/** `npm run seed`: loads the demo company into the configured database, when it has no users. */
process.exitCode = await seed();

async function seed(): Promise<number> {
  const config = readConfig();
  if (!config.DATABASE_URL && isRunning(config.LINIJA_DATA)) {
    console.error(`Linija is running on ${config.LINIJA_DATA}; it has loaded the demo itself unless LINIJA_DEMO=0. Stop it first to load the demo by hand.`);
    return 1;
  }
  const files = await readFolder(config.LINIJA_PROJECTS || fileURLToPath(new URL("../projects", import.meta.url)));
  const log = createLog("warn", "");
  const postgres = config.DATABASE_URL ? null : await startPostgres(config.LINIJA_DATA, log);
  const database = openDatabase(postgres ? postgres.connection : { connectionString: config.DATABASE_URL }, log);
  try {
    await migrate(database.pool);
    await migrateJobs(database.pool);
    const ctx: Ctx = { db: database.db, actor: { kind: "system", name: "seed" }, now: () => new Date(), depth: 0, requestId: newId(), log };
    // As a start does: texts, processes, forms and rules. What is wrong with them ends it, place by place.
    const { declarations } = await bringFiles(ctx, { kinds: textKinds }, files);
    const began = performance.now();
    const { isLoaded, counts, signIns } = await seedDemo(ctx, declarations, { password: config.LINIJA_DEMO_PASSWORD });
    if (!isLoaded) console.log("There are users already; nothing was changed.");
    else {
      console.log(`Loaded ${counts.users} people, ${counts.clients} clients, ${counts.interactions} conversations and ${counts.tickets} tickets in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
      console.log(`Sign-ins (password ${config.LINIJA_DEMO_PASSWORD}):`);
      for (const { role, login, name } of signIns) console.log(`  ${role.padEnd(18)} ${login.padEnd(18)} ${name}`);
    }
    return 0;
  } finally {
    await database.close();
    await postgres?.stop();
  }
}

/** PostgreSQL's own lock file names the process that holds the folder. */
function isRunning(folder: string): boolean {
  const lock = join(folder, "postgres", "postmaster.pid");
  if (!existsSync(lock)) return false;
  try {
    return process.kill(Number(readFileSync(lock, "utf8").split("\n")[0]), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { startApp, type Linija, ROOT } from "../../apps/server/src/app.ts";
import { readConfig } from "../../apps/server/src/platform/config.ts";
import { openDatabase } from "../../apps/server/src/platform/db.ts";
import { newId } from "../../apps/server/src/platform/ids.ts";
import { createLog } from "../../apps/server/src/platform/log.ts";
import { migrate } from "../../apps/server/src/platform/migrate.ts";
import { startPostgres } from "../../apps/server/src/platform/postgres.ts";

/** A floor for load: one queue that only rings until a phone answers, and many operators on SIP phones that never tire. */
export interface BenchFloor { linija: Linija; host: string; port: number; folder: string; close(): Promise<void> }

export async function openFloor(options: { operators: number; phonePort: number; recording: boolean; env?: Record<string, string> }): Promise<BenchFloor> {
  const folder = mkdtempSync(join(tmpdir(), "linija-bench-"));
  // As root PostgreSQL runs as another user, who must be able to come here.
  chmodSync(folder, 0o755);
  const log = createLog("warn", join(folder, "log"));
  const projects = declare(folder, options.recording);
  await addOperators(folder, options, log);
  const config = readConfig({ LINIJA_DATA: folder, LINIJA_PROJECTS: projects, LINIJA_DEMO: "0", HTTP_PORT: "18080", SIP_PORT: "15060", MEDIA_PORTS: "30000-49998", LOG_LEVEL: "warn", STOP_GRACE_MS: "1000", SIP_CALLS_MAX: "5000", ...options.env }, folder);
  const linija = await startApp({ config, log });
  const address = linija.sip!.addresses[0]!;
  return { linija, host: address.host, port: address.port, folder, close: async () => { await linija.stop(); rmSync(folder, { recursive: true, force: true }); } };
}

/** The taxi project with a flow that goes straight to its queue and rings until an operator answers. */
function declare(folder: string, recording: boolean): string {
  const projects = join(folder, "projects");
  cpSync(join(ROOT, "projects"), projects, { recursive: true });
  const edit = (file: string, change: (data: never) => unknown): void => {
    const path = join(projects, "taxi", file);
    writeFileSync(path, stringify(change(parse(readFileSync(path, "utf8")) as never)));
  };
  edit("queues.yaml", ({ queues }: { queues: { key: string }[] }) => ({ queues: queues.map((queue) => ({ ...queue, wrap_up_s: 0, skills: {} })) }));
  const queue = (parse(readFileSync(join(projects, "taxi/queues.yaml"), "utf8")) as { queues: { key: string }[] }).queues[0]!.key;
  writeFileSync(join(projects, "taxi/ivr.yaml"), stringify({ start: "line", answer: "by_operator", steps: { line: { do: "queue", queue } } }));
  edit("project.yaml", (project: object) => ({ ...project, recording }));
  return projects;
}

async function addOperators(folder: string, { operators, phonePort }: { operators: number; phonePort: number }, log: ReturnType<typeof createLog>): Promise<void> {
  const server = await startPostgres(folder, log);
  const database = openDatabase({ ...server.connection, max: 2 }, log);
  await migrate(database.pool);
  const people = Array.from({ length: operators }, (_, index) => ({ id: newId(), login: `phone${index}`, contact: `sip:phone${index}@127.0.0.1:${phonePort}` }));
  const rows = JSON.stringify(people);
  const records = "from json_to_recordset($1::json) as r(id uuid, login text, contact text)";
  await database.pool.query(`insert into users (id, login, name, roles, projects, password_hash) select r.id, r.login, r.login, '{operator}', '{taxi}', 'none' ${records}`, [rows]);
  await database.pool.query(`insert into operators (user_id, languages, device, sip_contact) select r.id, '{ru,en,sl}', 'phone', r.contact ${records}`, [rows]);
  await database.pool.query(`insert into operator_states (operator_id, state, since, idle_since) select r.id, 'ready', now(), now() ${records}`, [rows]);
  await database.close();
  await server.stop();
}

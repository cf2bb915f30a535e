import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildBrowserParts } from "../../tools/build.ts";
import { root } from "../../tools/steps.ts";

export interface Running { url: string; sip: { host: string; port: number }; trunkPort: number; password: string; folder: string }
declare module "vitest" { interface ProvidedContext { linija: Running } }

const PASSWORD = "a-password-of-the-stories";

/** Starts the program as a person would, with the demo company, and ends it after the last story. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildBrowserParts(root, (text) => console.log(text));
  const folder = mkdtempSync(join(tmpdir(), "linija-e2e-"));
  // As root the database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o755);
  const projects = join(folder, "projects");
  cpSync(join(root, "projects"), projects, { recursive: true });
  // The stories are told at any hour of any day, so every project has the round-the-clock calendar of one of them.
  for (const project of ["shop", "taxi"]) copyFileSync(join(projects, "internet/calendar.yaml"), join(projects, project, "calendar.yaml"));
  const port = 21_000 + 10 * Math.floor(Math.random() * 900);
  const media = 30_200 + 250 * Math.floor(Math.random() * 8);
  const server = spawn(process.execPath, ["apps/server/src/main.ts"], {
    cwd: root, stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH, HOME: process.env.HOME, TZ: process.env.TZ, LINIJA_DATA: join(folder, "data"), LINIJA_PROJECTS: projects, LINIJA_DEMO_PASSWORD: PASSWORD, LOG_FILE: join(folder, "linija.log"), STOP_GRACE_MS: "500",
      HTTP_PORT: String(port), SIP_PORT: String(port + 1), SMTP_DEMO_PORT: String(port + 2), SIP_TRUNK: `sip:127.0.0.1:${port + 5}`, MEDIA_PORTS: `${media}-${media + 248}`,
    },
  });
  const began = performance.now();
  const said = await ready(server).catch((error: unknown) => { rmSync(folder, { recursive: true, force: true }); throw error; });
  const url = /Desk\s+(\S+?)\/$/m.exec(said)?.[1];
  const sip = /trunks: ([\d.]+):(\d+)/.exec(said);
  if (!url || !sip) throw new Error(`no addresses in:\n${said}`);
  console.log(`e2e: a new company, ready after ${Math.round(performance.now() - began)} ms at ${url}`);
  project.provide("linija", { url, sip: { host: sip[1]!, port: Number(sip[2]) }, trunkPort: port + 5, password: PASSWORD, folder });
  return async () => {
    await stop(server);
    tellErrors(join(folder, "linija.log"));
    rmSync(folder, { recursive: true, force: true });
  };
}

function ready(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes("Sign-ins")) resolve(said);
    };
    server.stdout!.on("data", hear);
    server.stderr!.on("data", hear);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.removeAllListeners("exit");
    server.once("exit", () => resolve());
    server.kill("SIGTERM");
  });
}

/** What the server itself thought was wrong, even where the stories went well. */
function tellErrors(path: string): void {
  if (!existsSync(path)) return;
  const errors = readFileSync(path, "utf8").split("\n").filter((line) => line.includes('"level":50') || line.includes('"level":"error"'));
  console.log(errors.length === 0 ? "e2e: the server logged no error" : `e2e: the server logged ${errors.length} errors:\n${errors.slice(0, 20).join("\n")}`);
}

import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../steps.ts";
import { load, median, round, startServer } from "./child.ts";

/** From typing `npm start` to the first page and the first SIP 200: the first start ever with packages in, and the next one. */
const RUNS = 3;

export async function run(say: (line: string) => void): Promise<Record<string, number>> {
  const copy = copyTree();
  const first: number[] = [];
  const again: number[] = [];
  try {
    for (let n = 0; n < RUNS; n++) {
      for (const made of [".linija", ".cache", "apps/desk/dist", "apps/widget/dist"]) rmSync(join(copy, made), { recursive: true, force: true });
      first.push(await seconds(copy));
      again.push(await seconds(copy));
      say(`first ${round(first.at(-1)!, 2)} s, again ${round(again.at(-1)!, 2)} s (${load()})`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return { ready_s: round(median(again), 2), first_ready_s: round(median(first), 2) };
}

async function seconds(copy: string): Promise<number> {
  const server = await startServer({ folder: join(copy, ".linija"), cwd: copy, command: ["npm", "start"] });
  const ms = await server.ready();
  await server.stop();
  return ms / 1000;
}

/**
 * The files as they are now in a folder of their own, with the packages linked: nothing of the working tree is touched,
 * and an interrupted run leaves its packages alone.
 */
function copyTree(): string {
  const copy = join(root, ".cache/bench-start");
  rmSync(copy, { recursive: true, force: true });
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  if (listed.status !== 0) throw new Error(`the list of files needs git: ${listed.stderr}`);
  for (const file of listed.stdout.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { preserveTimestamps: true });
  }
  const packages = join(copy, "node_modules");
  mkdirSync(packages);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@linija" && name !== ".linija-lock") symlinkSync(join(root, "node_modules", name), join(packages, name));
  }
  // Our own packages are those of the copy.
  mkdirSync(join(packages, "@linija"));
  for (const folder of ["packages", "apps"]) for (const name of readdirSync(join(copy, folder))) symlinkSync(join(copy, folder, name), join(packages, "@linija", name));
  writeFileSync(join(packages, ".linija-lock"), createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex"));
  return copy;
}

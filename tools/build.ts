import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "node:child_process";

/** Builds desk and widget when anything they are made of has changed since the last build; side by side. */
export async function buildBrowserParts(root: string, say: (text: string) => void): Promise<void> {
  await Promise.all(["desk", "widget"].map(async (name) => {
    const folder = join(root, "apps", name);
    if (!existsSync(join(folder, "index.html")) && !existsSync(join(folder, "vite.config.ts"))) return;
    const hash = hashOf([folder, ...(name === "desk" ? [join(root, "apps/server/src/features")] : [])]);
    const stamp = join(folder, "dist", ".built");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
    say(`Building the ${name} …`);
    await vite(root, folder);
    writeFileSync(stamp, hash);
  }));
}

function vite(root: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Tests build under NODE_ENV=test, which would leave a slow development build behind for the next start.
    const env = { ...process.env, NODE_ENV: "production" };
    const child = spawn(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], { cwd: folder, env, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`building ${folder} failed`))));
  });
}

/** Names, sizes and times are enough to see a change, and cost a few milliseconds. Of the server only contracts count. */
function hashOf(folders: string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || /[/\\](dist|node_modules)[/\\]/.test(path) || (folder.includes("server") && !path.endsWith(".contract.ts"))) continue;
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path}:${size}:${mtimeMs};`);
    }
  }
  return hash.digest("hex");
}

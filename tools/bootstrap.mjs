// Run by the host's Node (20 or newer) before `npm start` and `npm test`: installs exactly what the lock file says when
// it is not there yet. No dependency, no TypeScript: nothing else can be relied on at this point.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = `${root}node_modules/.linija-lock`;
const lock = createHash("sha256").update(readFileSync(`${root}package-lock.json`)).digest("hex");
const stamp = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Linija needs Node 20 or newer to install itself; this is ${process.version}.`);
  process.exit(1);
}
if (stamp !== lock) {
  console.log("Installing packages (once) …");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-timeout=60000", "--fetch-retries=2", "--loglevel=error"];
  const [command, all] = npm && /\.[cm]?js$/.test(npm) ? [process.execPath, [npm, ...args]] : ["npm", args];
  const done = spawnSync(command, all, { cwd: root, stdio: "inherit" });
  if (done.status !== 0) {
    console.error("The packages could not be installed. Check the connection to the npm registry and run the command again; nothing else was changed.");
    process.exit(1);
  }
  writeFileSync(stampFile, lock);
}
const platform = `${process.platform}-${process.arch}`;
if (!existsSync(`${root}node_modules/node-${platform}`) && Number(process.versions.node.split(".")[0]) < 24) {
  console.error(`There is no Node 24 package for ${platform}; install Node 24 or newer and run the command again.`);
  process.exit(1);
}

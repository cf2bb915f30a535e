import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildBrowserParts } from "./build.ts";
import { check } from "./check.ts";
import { root, run, tell, vitest, type Outcome } from "./steps.ts";

/** `npm test`: everything. Installs what tests need, checks, then the whole program against real peers; ends with counts. */
mkdirSync(join(root, ".cache"), { recursive: true });
const outcomes: Outcome[] = [];
const take = (done: Outcome): void => { outcomes.push(done); };

const peers = await run("test peers", "bash", ["tools/setup-debian.sh"], { live: true });
tell(peers);
take(peers);
if (peers.ok) {
  for (const done of await check()) take(done);
  await buildBrowserParts(root, (text) => console.log(text));
  for (const suite of ["templates", "sip", "e2e", "chaos", "roles"]) {
    const done = await vitest(`tests/${suite}`, ["--config", `tests/${suite}/vitest.config.ts`], { live: false });
    tell(done);
    take(done);
  }
}
const passed = outcomes.reduce((sum, done) => sum + done.passed, 0);
// A check that fails without a test of its own counts as one failure, so that red is never "0 failed".
const failed = outcomes.reduce((sum, done) => sum + (done.ok ? 0 : Math.max(1, done.failed)), 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

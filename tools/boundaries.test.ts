import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "./steps.ts";

/** For each rule the fewest files that break it: file → its text. All stand in one tree, which is looked through once; the first file is the one to be refused. */
const violations: Record<string, Record<string, string>> = {
  "no-cycles": { "tools/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;', "tools/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;' },
  "packages-know-no-apps": { "packages/sip/src/x.ts": 'export * from "../../../apps/server/src/y.ts";', "apps/server/src/y.ts": "export const y = 1;" },
  "routing-is-pure": { "packages/routing/src/x.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;' },
  "rule-language-is-pure": { "packages/rules/src/x.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;' },
  "forms-are-pure": { "packages/forms/src/x.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;' },
  "platform-knows-no-feature": { "apps/server/src/platform/x.ts": 'export * from "../features/tickets/index.ts";', "apps/server/src/features/tickets/index.ts": "export const t = 1;" },
  "features-meet-at-their-doors": { "apps/server/src/features/a/a.service.ts": 'export * from "../b/b.service.ts";', "apps/server/src/features/b/b.service.ts": "export const b = 1;" },
  "contracts-are-browser-safe": { "apps/server/src/features/c/c.contract.ts": 'export * from "./c.service.ts";', "apps/server/src/features/c/c.service.ts": "export const c = 1;" },
  "rules-are-pure": { "apps/server/src/features/d/d.rules.ts": 'import { readFileSync } from "node:fs";\nexport const d = readFileSync;' },
  "sql-in-sql-files": { "apps/server/src/features/e/e.service.ts": 'import { sql } from "kysely";\nexport const e = sql;' },
  "sip-and-media-only-in-calls": { "apps/server/src/features/tickets/tickets.service.ts": 'export * from "../../../../../packages/sip/src/index.ts";', "packages/sip/src/index.ts": "export const s = 1;" },
  "listeners-are-not-imported-by-core": { "apps/server/src/features/tickets/tickets.other.service.ts": 'export * from "../realtime/index.ts";', "apps/server/src/features/realtime/index.ts": "export const r = 1;" },
  "browsers-see-contracts-only": { "apps/desk/src/x.ts": 'export * from "../../server/src/features/f/f.service.ts";', "apps/server/src/features/f/f.service.ts": "export const f = 1;" },
  "nothing-unresolved": { "tools/x.ts": 'export * from "./missing.ts";' },
};

const folder = mkdtempSync(join(tmpdir(), "linija-boundary-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
for (const [path, text] of Object.values(violations).flatMap((files) => Object.entries(files))) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
const broken = await brokenRules();

test.each(Object.entries(violations))("refuses an import that breaks %s", (rule, files) => {
  expect(broken.filter(({ name }) => name === rule).map(({ from }) => from)).toContain(Object.keys(files)[0]);
});

test("has a violation planted for every rule there is", async () => {
  const config = (await import(join(root, ".dependency-cruiser.cjs"))) as { default: { forbidden: { name: string }[] } };
  expect(config.default.forbidden.map((each) => each.name).sort()).toEqual(Object.keys(violations).sort());
});

function brokenRules(): Promise<{ name: string; from: string }[]> {
  const args = [join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs"), "--config", join(root, ".dependency-cruiser.cjs"), "--output-type", "json", "apps", "packages", "tools"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 25 }, (_error, stdout, stderr) => {
      try {
        const report = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
        resolve(report.summary.violations.map(({ from, rule }) => ({ name: rule.name, from })));
      } catch {
        reject(new Error(stderr || stdout));
      }
    });
  });
}

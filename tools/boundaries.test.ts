import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./steps.ts";

/** For each rule the smallest tree that breaks it: file → its text. */
const violations: Record<string, Record<string, string>> = {
  "no-cycles": { "tools/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;', "tools/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;' },
  "packages-know-no-apps": { "packages/sip/src/x.ts": 'export * from "../../../apps/server/src/y.ts";', "apps/server/src/y.ts": "export const y = 1;" },
  "routing-is-pure": { "packages/routing/src/x.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;' },
  "rule-language-is-pure": { "packages/rules/src/x.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;' },
  "forms-are-pure": { "packages/forms/src/x.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;' },
  "platform-knows-no-feature": { "apps/server/src/platform/x.ts": 'export * from "../features/tickets/index.ts";', "apps/server/src/features/tickets/index.ts": "export const t = 1;" },
  "features-meet-at-their-doors": { "apps/server/src/features/a/a.service.ts": 'export * from "../b/b.service.ts";', "apps/server/src/features/b/b.service.ts": "export const b = 1;" },
  "contracts-are-browser-safe": { "apps/server/src/features/a/a.contract.ts": 'export * from "./a.service.ts";', "apps/server/src/features/a/a.service.ts": "export const a = 1;" },
  "rules-are-pure": { "apps/server/src/features/a/a.rules.ts": 'import { readFileSync } from "node:fs";\nexport const a = readFileSync;' },
  "sql-in-sql-files": { "apps/server/src/features/a/a.service.ts": 'import { sql } from "kysely";\nexport const a = sql;' },
  "sip-and-media-only-in-calls": { "apps/server/src/features/tickets/tickets.service.ts": 'export * from "../../../../../packages/sip/src/index.ts";', "packages/sip/src/index.ts": "export const s = 1;" },
  "listeners-are-not-imported-by-core": { "apps/server/src/features/tickets/tickets.service.ts": 'export * from "../realtime/index.ts";', "apps/server/src/features/realtime/index.ts": "export const r = 1;" },
  "browsers-see-contracts-only": { "apps/desk/src/x.ts": 'export * from "../../server/src/features/a/a.service.ts";', "apps/server/src/features/a/a.service.ts": "export const a = 1;" },
  "nothing-unresolved": { "tools/x.ts": 'export * from "./missing.ts";' },
};

test.concurrent.each(Object.entries(violations))("refuses an import that breaks %s", async (rule, files) => {
  const folder = mkdtempSync(join(tmpdir(), "linija-boundary-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    expect(await brokenRules(folder)).toContain(rule);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("has a violation planted for every rule there is", async () => {
  const config = (await import(join(root, ".dependency-cruiser.cjs"))) as { default: { forbidden: { name: string }[] } };
  expect(config.default.forbidden.map((each) => each.name).sort()).toEqual(Object.keys(violations).sort());
});

function brokenRules(folder: string): Promise<string[]> {
  const folders = ["apps", "packages", "tools"].filter((name) => existsSync(join(folder, name)));
  const args = [join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs"), "--config", join(root, ".dependency-cruiser.cjs"), "--output-type", "json", ...folders];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 25 }, (_error, stdout, stderr) => {
      try {
        const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
        resolve(report.summary.violations.map((violation) => violation.rule.name));
      } catch {
        reject(new Error(stderr || stdout));
      }
    });
  });
}


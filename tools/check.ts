import { checkDocs } from "./check-docs.ts";
import { run, tell, vitest, type Outcome } from "./steps.ts";

/** `npm run check`: types, lint, boundaries, documents and the tests beside the code; under two minutes. */
export async function check(): Promise<Outcome[]> {
  const checks = await Promise.all([types(), lint(), boundaries(), documents()]);
  for (const done of checks) tell(done);
  const tests = await vitest("unit tests", []);
  tell(tests);
  return [...checks, tests];
}

async function types(): Promise<Outcome> {
  const done = await Promise.all(["tsconfig.json", "apps/desk/tsconfig.json", "apps/widget/tsconfig.json"].map((config) => run("types", "tsc", ["-p", config])));
  return merge("types", done);
}

const lint = (): Promise<Outcome> => run("lint", "oxlint", ["--type-aware", "--deny-warnings"]);

/** With a compiler it does not know the tool can find nothing and be content: so the number of modules is looked at too. */
async function boundaries(): Promise<Outcome> {
  const done = await run("boundaries", "depcruise", ["--config", ".dependency-cruiser.cjs", "apps", "packages", "tools", "tests"]);
  const modules = Number(/(\d+) modules/.exec(done.output)?.[1] ?? 0);
  return modules < 100 ? { ...done, ok: false, output: `${done.output}\nonly ${modules} modules were seen` } : done;
}

async function documents(): Promise<Outcome> {
  const began = performance.now();
  const problems = checkDocs();
  return { name: "documents", ok: problems.length === 0, output: problems.join("\n"), seconds: (performance.now() - began) / 1000, passed: 0, failed: 0, skipped: 0 };
}

const merge = (name: string, done: Outcome[]): Outcome => ({ name, ok: done.every((each) => each.ok), output: done.map((each) => each.output).join("\n"), seconds: Math.max(...done.map((each) => each.seconds)), passed: 0, failed: 0, skipped: 0 });

if (import.meta.main) {
  const done = await check();
  process.exit(done.every((each) => each.ok) ? 0 : 1);
}

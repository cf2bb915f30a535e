import { checkDocs } from "./check-docs.ts";
import { run, tell, vitest, type Outcome } from "./steps.ts";

/** `npm run check`: types, lint, boundaries, documents and the tests beside the code; under two minutes. */
export async function check(): Promise<Outcome[]> {
  const checks = await Promise.all([typesAndLint(), boundaries(), documents()]);
  for (const done of checks) tell(done);
  const tests = await vitest("unit tests", []);
  tell(tests);
  return [...checks, tests];
}

/** One reading of the program for both: the linter's rules about types need the compiler's program anyway, and it tells what the compiler would. */
const typesAndLint = (): Promise<Outcome> => run("types and lint", "oxlint", ["--type-aware", "--type-check", "--deny-warnings"]);

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

if (import.meta.main) {
  const done = await check();
  process.exit(done.every((each) => each.ok) ? 0 : 1);
}

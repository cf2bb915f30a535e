import { parse } from "yaml";
import type { Db } from "../../platform/db.ts";
import { languages } from "../api.contract.ts";
import { told, wordsOf, type FileProblem, type Text, type Texts } from "../projects/index.ts";
import { selectHeldDepartments } from "./declarations.remove.sql.ts";

const FILE = "company.yaml";

/** Departments that a change takes away from what is stored while people or open tickets are in them: they would be where nobody looks. Empty where it takes none. */
export async function heldDepartments(db: Db, { before, after }: { /** All texts as they are stored, and as they are to be. */ before: Texts; after: Texts }): Promise<FileProblem[]> {
  if (before.get(FILE) === after.get(FILE)) return [];
  const [then, text] = [departmentsIn(before.get(FILE) ?? ""), after.get(FILE) ?? ""];
  const now = departmentsIn(text);
  const gone = Object.keys(then).filter((key) => !Object.hasOwn(now, key));
  if (gone.length === 0) return [];
  const line = text.split("\n").findIndex((each) => /^["']?departments["']?\s*:/.test(each)) + 1;
  return (await selectHeldDepartments(db, gone)).map(({ key, people, tickets }) => {
    const problem = told("department_held", { name: then[key]!, key, people, tickets });
    return { file: FILE, line: line || null, column: line ? 1 : null, path: "departments", ...wordsOf(problem, "en"), told: problem };
  });
}

/** By themselves: what is stored may be refused by now for something else, and its departments are there all the same. */
function departmentsIn(text: string): Record<string, Text> {
  const declared = entryOf(text);
  if (typeof declared !== "object" || declared === null) return {};
  return Object.fromEntries(Object.entries(declared).map(([key, name]: [string, Partial<Text> | null]) => [key, Object.fromEntries(languages.map((language) => [language, name?.[language] ?? key])) as Text]));
}

function entryOf(text: string): unknown {
  try {
    return (parse(text) as { departments?: unknown } | null)?.departments;
  } catch {
    return null;
  }
}

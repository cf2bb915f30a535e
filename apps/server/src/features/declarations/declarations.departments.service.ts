import type { Db } from "../../platform/db.ts";
import { told, wordsOf, type Declarations, type FileProblem } from "../projects/index.ts";
import { selectHeldDepartments } from "./declarations.remove.sql.ts";

type Company = Declarations["company"];
const FILE = "company.yaml";

/** Departments that a change takes away while people or open tickets are in them: they would be where nobody looks. Empty where it takes none. */
export async function heldDepartments(db: Db, { before, after, text }: { before: Company; after: Company; /** Of the company's file, as it is to be. */ text: string }): Promise<FileProblem[]> {
  const gone = Object.keys(before.departments).filter((key) => !Object.hasOwn(after.departments, key));
  if (gone.length === 0) return [];
  const line = text.split("\n").findIndex((each) => /^["']?departments["']?\s*:/.test(each)) + 1;
  return (await selectHeldDepartments(db, gone)).map(({ key, people, tickets }) => {
    const problem = told("department_held", { name: before.departments[key]!, key, people, tickets });
    return { file: FILE, line: line || null, column: line ? 1 : null, path: "departments", ...wordsOf(problem, "en"), told: problem };
  });
}

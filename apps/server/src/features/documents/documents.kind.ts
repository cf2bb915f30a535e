import { parseDocument } from "yaml";
import type { KindProblem, TextKind } from "../projects/index.ts";
import { catalogueFor } from "../rules/index.ts";
import { documentSchema, type DocumentDeclaration } from "./documents.declaration.contract.ts";
import { compileDocument } from "./documents.rules.ts";

/** `documents/*.yaml` of a project: read by their schema, then every expression against the project's own catalogue. */
export const documentKind: TextKind = {
  at: "documents",
  read(text, { key }) {
    const parsed = documentSchema.safeParse(parseDocument(text).toJS());
    if (!parsed.success) return { value: null, problems: parsed.error.issues.map((issue): KindProblem => ({ path: issue.path as (string | number)[], message: issue.message, remedy: "correct it as projects/README.md says of documents" })) };
    const named = parsed.data.key === key ? [] : [{ path: ["key"], message: `is "${parsed.data.key}"`, remedy: "name the file as the document" }];
    return { value: parsed.data, problems: named };
  },
  check(value, declared) {
    const document = value as DocumentDeclaration;
    const unknown = document.types.filter((type) => !declared.types.some(({ key }) => key === type));
    const problems: KindProblem[] = unknown.map((type) => ({ path: ["types", document.types.indexOf(type)], message: `there is no ticket type "${type}"`, remedy: `use one of ${declared.types.map(({ key }) => key).join(", ")}` }));
    const catalogue = catalogueFor(declared, { processes: Object.values(declared.processes), purpose: "guard" });
    const compiled = compileDocument(document, catalogue);
    return compiled.ok ? problems : [...problems, ...compiled.problems];
  },
};

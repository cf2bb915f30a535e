import { parseDocument } from "yaml";
import { problem, schemaProblems, type KindProblem, type TextKind } from "../projects/index.ts";
import { catalogueFor } from "../rules/index.ts";
import { documentSchema, type DocumentDeclaration } from "./documents.declaration.contract.ts";
import { compileDocument } from "./documents.rules.ts";

/** `documents/*.yaml` of a project: read by their schema, then every expression against the project's own catalogue. */
export const documentKind: TextKind = {
  at: "documents",
  read(text, { key }) {
    const content: unknown = parseDocument(text, { uniqueKeys: false }).toJS();
    const parsed = documentSchema.safeParse(content);
    if (!parsed.success) return { value: null, problems: schemaProblems(parsed.error.issues, content) };
    const named = parsed.data.key === key ? [] : [problem(["key"], "other_key", { name: parsed.data.key, file: key })];
    return { value: parsed.data, problems: named };
  },
  check(value, declared) {
    const document = value as DocumentDeclaration;
    const unknown = document.types.filter((type) => !declared.types.some(({ key }) => key === type));
    const problems: KindProblem[] = unknown.map((type) => problem(["types", document.types.indexOf(type)], "no_type", { name: type, names: declared.types.map(({ key }) => key) }));
    const catalogue = catalogueFor(declared, { processes: Object.values(declared.processes), purpose: "guard" });
    const compiled = compileDocument(document, catalogue);
    return compiled.ok ? problems : [...problems, ...compiled.problems];
  },
};

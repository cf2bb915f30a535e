import { problem, readBySchema, type KindProblem, type ProjectDeclaration, type TextKind } from "../projects/index.ts";
import { compileHook, hooksSchema, type Hook, type Hooks } from "./webhooks.in.rules.ts";

const FILE = "webhooks_in";

/** `webhooks_in.yaml` of a project: doors for other systems, checked with the project they make tickets of. */
export const hooksKind: TextKind = {
  at: `${FILE}.yaml`,
  read(text) {
    const read = readBySchema(text, hooksSchema);
    const keys = read.value?.hooks.map(({ key }) => key) ?? [];
    const twice = keys.flatMap((key, index) => (keys.indexOf(key) === index ? [] : [problem(["hooks", index, "key"], "twice", { name: key })]));
    return twice.length > 0 ? { value: null, problems: twice } : read;
  },
  check: (value, declared) => (value as Hooks).hooks.flatMap((hook, index) => checkHook(hook, declared).map((found) => ({ ...found, path: ["hooks", index, ...found.path] }))),
};

/** Of a project as it is in use. */
export const hooksOf = (project: { more: Record<string, Record<string, unknown>> }): Hook[] => (project.more[FILE]?.[FILE] as Hooks | undefined)?.hooks ?? [];

function checkHook(hook: Hook, declared: ProjectDeclaration): KindProblem[] {
  const { problems } = compileHook(hook, declared.project);
  const type = declared.types.find(({ key }) => key === hook.type);
  if (!type) return [problem(["type"], "no_type", { name: hook.type, names: declared.types.map(({ key }) => key) })];
  return [
    ...problems,
    ...strangers("fields", hook.fields, Object.keys(declared.processes[type.process]?.fields ?? {})), ...strangers("form", hook.form, formFields(declared, type.form)),
  ];
}

/** Null: forms are not read here. */
function formFields({ more }: ProjectDeclaration, key: string | undefined): string[] | null {
  if (key === undefined) return [];
  const form = more["forms"]?.[key] as { schema: { properties: Record<string, unknown> } } | undefined;
  return form ? Object.keys(form.schema.properties) : null;
}

const strangers = (path: string, given: Record<string, string>, known: string[] | null): KindProblem[] =>
  Object.keys(given).filter((name) => known?.includes(name) === false).map((name) => (known!.length > 0 ? problem([path, name], "hook_no_field", { name, names: known! }) : problem([path, name], "hook_no_fields", { name })));

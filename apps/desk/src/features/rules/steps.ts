import type { Plain, StepDocument } from "@linija/rules";

export type Path = readonly (string | number)[];
export type Kind = "let" | "set" | "if" | "for" | "while" | "do" | "stop";
export const kinds: readonly Kind[] = ["set", "if", "do", "let", "for", "while", "stop"];

/** A loop has a `do` of its own, so what it is told by comes first. */
const TOLD_BY: readonly Kind[] = ["let", "set", "if", "for", "while", "do", "stop"];
export const kindOf = (step: StepDocument): Kind | null => (typeof step === "object" && step !== null ? TOLD_BY.find((kind) => kind in step) ?? null : null);

/** What a new step begins with: something that is right, or a gap that is marked. */
export function newStep(kind: Kind, first: { target: string; action: string }): Plain {
  switch (kind) {
    case "set": return { set: { [first.target]: '"normal"' } };
    case "let": return { let: { x: "0" } };
    case "if": return { ...newBranch("true"), else: [] };
    case "for": return { for: "one", in: "client.flags", do: [] };
    case "while": return { while: "false", do: [] };
    case "do": return { do: first.action, with: {} };
    case "stop": return { stop: "done" };
  }
}

/** A condition with its steps. */
// oxlint-disable-next-line unicorn/no-thenable -- a word of the language of rules; nobody awaits it
export const newBranch = (test: string): Record<string, Plain> => ({ if: test, then: [] });

/** Lists of steps inside a step, with their paths: branches and bodies. */
export interface Inner { label: "then" | "else_if" | "else" | "do"; path: Path; steps: StepDocument[]; /** Of an `else if`. */ test?: { path: Path; text: string } }

export function innerOf(step: StepDocument, path: Path): Inner[] {
  if ("if" in step) return ifInner(step, path);
  if ("for" in step || "while" in step) return [{ label: "do", path: [...path, "do"], steps: listOf(step.do) }];
  return [];
}

function ifInner(step: Extract<StepDocument, { if: unknown }>, path: Path): Inner[] {
  const branches = listOf(step.else_if).map((branch, index): Inner => ({ label: "else_if", path: [...path, "else_if", index, "then"], steps: listOf(branch.then), test: { path: [...path, "else_if", index, "if"], text: textOf(branch.if) } }));
  return [{ label: "then", path: [...path, "then"], steps: listOf(step.then) }, ...branches, ...(step.else === undefined ? [] : [{ label: "else" as const, path: [...path, "else"], steps: listOf(step.else) }])];
}

/** What people are still writing may be anything. */
export const listOf = <T,>(value: readonly T[] | undefined | null): T[] => (Array.isArray(value) ? [...value] : []);
export const entriesOf = (value: unknown): [string, string][] => (typeof value === "object" && value !== null ? Object.entries(value).map(([key, text]) => [key, textOf(text)]) : []);
export const textOf = (value: unknown): string => (typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value));

export const samePath = (a: Path | undefined, b: Path): boolean => a !== undefined && a.length === b.length && a.every((part, index) => String(part) === String(b[index]));

/** The file of a rule's key, and back. */
export const fileOf = (key: string): string => `rules/${key.replaceAll("_", "-")}.yaml`;
export const keyOf = (path: string): string => path.replace(/^rules\/|\.yaml$/g, "").replaceAll("-", "_");

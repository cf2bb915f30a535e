import type { Path, Range, Source } from "./document.ts";
import type { Language } from "./problems.ts";

/** An expression in a document: text in CEL; numbers, booleans and null may be written without quotes. */
export type ExpressionText = string | number | boolean | null;

/** A rule as JSON. In YAML it has the same keys. */
export interface RuleDocument {
  key: string;
  name: Partial<Record<Language, string>>;
  /** Whether the rule does anything; always, when absent. */
  when?: ExpressionText;
  steps: StepDocument[];
}

export type StepDocument =
  | { let: Record<string, ExpressionText> }
  | { set: Record<string, ExpressionText> }
  | { if: ExpressionText; then: StepDocument[]; else_if?: { if: ExpressionText; then: StepDocument[] }[]; else?: StepDocument[] }
  | { for: string; in: ExpressionText; do: StepDocument[] }
  | { while: ExpressionText; do: StepDocument[] }
  | { do: string; with?: Record<string, ExpressionText> }
  | { stop: ExpressionText };

/** A name with an expression, in a `let`, a `set` or a `with`. */
export interface Entry {
  name: string;
  at: Range;
  value: Source;
}

interface Placed {
  at: Range;
  path: Path;
}

export interface Branch extends Placed {
  test: Source;
  steps: Step[];
}

/** A step as read from a document, with its places; names and types are not looked at yet. */
export type Step = Placed & (
  | { kind: "let" | "set"; entries: Entry[] }
  | { kind: "if"; branches: Branch[]; otherwise: Step[] }
  | { kind: "for"; name: string; nameAt: Range; list: Source; steps: Step[] }
  | { kind: "while"; test: Source; steps: Step[] }
  | { kind: "do"; action: string; actionAt: Range; entries: Entry[] }
  | { kind: "stop"; reason: string }
);

export interface RuleTree {
  key: string;
  name: Partial<Record<Language, string>>;
  when: Source | null;
  steps: Step[];
}

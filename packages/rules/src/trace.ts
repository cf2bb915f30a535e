import { shortText } from "./cut.ts";
import type { Built } from "./built.ts";
import type { Path } from "./document.ts";
import type { Frame } from "./frame.ts";
import { LIMITS } from "./limits.ts";
import { Halt } from "./problems.ts";
import type { ProblemCode } from "./problems.ts";
import { toPlain } from "./values.ts";
import type { Plain } from "./values.ts";

/** One step of a run: what was computed where, from what. */
export interface TraceEntry {
  /** The place in the rule's document, and its line. */
  path: Path;
  line: number;
  kind: "when" | "let" | "set" | "if" | "for" | "while" | "do" | "stop";
  /** What was set, named or done: `request.priority`, `total`, `notify.to`. */
  target?: string;
  /** Variables and fields the expression read, with what they held; long ones shortened. */
  inputs: Readonly<Record<string, Plain>>;
  result: Plain;
  /** Why it ended here. */
  problem?: ProblemCode;
  /** Milliseconds since the run began, by the host's clock; null without one. */
  atMs: number | null;
}

export interface Trace {
  entries: readonly TraceEntry[];
  /** Steps that are not in `entries` because there were too many. */
  dropped: number;
}

/** Collects the trace of a run and keeps it small whatever the rule does. */
export class Tracer {
  private readonly entries: TraceEntry[] = [];
  private dropped = 0;
  private room: number = LIMITS.traceLength;
  private readonly isOn: boolean;

  constructor(isOn: boolean) {
    this.isOn = isOn;
  }

  /** Whether nothing more is kept. */
  get isFull(): boolean {
    return !this.isOn || this.entries.length >= LIMITS.traceEntries;
  }

  drop(): void {
    this.dropped++;
  }

  /** Where a run ended is kept however long it was. */
  addLast(entry: TraceEntry): void {
    if (this.isOn) this.entries.push(entry);
  }

  /** What an expression is about to read. Taken before it runs: a step may change what it reads. */
  inputs(reads: readonly (readonly [string, Built])[], frame: Frame): Record<string, Plain> {
    const inputs: Record<string, Plain> = {};
    for (const [path, built] of reads.slice(0, LIMITS.traceInputs)) inputs[path] = this.fitted(valueOf(built, frame));
    return inputs;
  }

  add(entry: TraceEntry): void {
    if (this.isFull) this.dropped++;
    else this.entries.push({ ...entry, result: this.fitted(entry.result) });
  }

  result(): Trace {
    return { entries: this.entries, dropped: this.isOn ? this.dropped : 0 };
  }

  private fitted(value: Plain): Plain {
    const short = shortened(value);
    this.room -= lengthOf(short);
    return this.room >= 0 ? short : "…";
  }
}

function valueOf({ run, type }: Built, frame: Frame): Plain {
  try {
    return toPlain(run(frame), type);
  } catch (error) {
    // The same reading fails again in the expression itself, which reports it.
    if (error instanceof Halt && !error.fatal) return null;
    throw error;
  }
}

function shortened(value: Plain): Plain {
  if (typeof value === "string") return shortText(value, LIMITS.traceText);
  if (!Array.isArray(value)) return value;
  const items = value.slice(0, LIMITS.traceList).map(shortened);
  return value.length > LIMITS.traceList ? [...items, "…"] : items;
}

function lengthOf(value: Plain): number {
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + 2 + lengthOf(item), 2);
  return value !== null && typeof value === "object" ? JSON.stringify(value).length : 8;
}

import { Fault, halt, maybe, placed } from "./built.ts";
import type { Builder, Built } from "./built.ts";
import { charge } from "./builtin.ts";
import type { Call } from "./builtin.ts";
import type { HostFunction } from "./catalogue.types.ts";
import { convert } from "./convert.ts";
import { BUILTINS } from "./functions.ts";
import { suggest } from "./names.ts";
import { Halt } from "./problems.ts";
import type { ASTNode } from "./syntax.ts";
import { typeName } from "./types.ts";
import { readerOf } from "./values.ts";

type CallNode = Extract<ASTNode, { op: "call" | "rcall" }>;

/** A function before its arguments or after the first one's dot. */
export function buildCall(builder: Builder, node: CallNode): Built {
  const [name] = node.args;
  const args = node.op === "call" ? node.args[1] : [node.args[1], ...node.args[2]];
  const call: Call = { node, name, args };
  const builtin = BUILTINS.get(name);
  if (builtin) return builtin.build(builder, call);
  const host = builder.catalogue.functions.get(name);
  if (host) return buildHostCall(builder, call, host);
  for (const arg of args) builder.build(arg);
  const suggestion = suggest(name, [...BUILTINS.keys(), ...builder.catalogue.functions.keys()]);
  return builder.report("unknown_function", { name, suggestion }, nameSpan(node));
}

/** Where the function's name stands. */
function nameSpan(node: CallNode): { start: number; end: number } {
  const [name] = node.args;
  const start = node.op === "call" ? node.start : node.input.indexOf(name, node.args[1].end);
  return { start, end: start + name.length };
}

function buildHostCall(builder: Builder, call: Call, host: HostFunction): Built {
  if (call.args.length !== host.params.length) {
    return { ...builder.report("argument_count", { function: call.name, expected: host.params.length, actual: call.args.length }, call.node), type: host.result };
  }
  const args = call.args.map((arg, i) => {
    const given = builder.build(arg);
    const wanted = host.params[i]!.type;
    const part = convert(given, wanted);
    if (part) return part;
    return builder.report("argument_type", { function: call.name, index: i + 1, expected: typeName(wanted), actual: typeName(given.type) }, given.node);
  });
  const runs = args.map((arg) => arg.strict);
  return maybe(call.node, host.result, (frame) => {
    const values = runs.map((run) => run(frame));
    frame.meter.spend(1);
    for (const value of values) charge(frame, value);
    const result = resultOf(call, host, values);
    frame.meter.look();
    return result;
  });
}

/** What the host's function gives is trusted no more than what its records hold. */
function resultOf(call: Call, host: HostFunction, values: unknown[]): unknown {
  let given: unknown;
  try {
    given = host.call(...values);
  } catch (error) {
    if (error instanceof Fault || error instanceof Halt) throw placed(error, call.node);
    throw halt("function_failed", { function: host.key }, call.node);
  }
  if (given === null || given === undefined) return null;
  const value = readerOf(host.result)(given);
  if (value === undefined) throw halt("bad_value", { what: `${host.key}()`, expected: typeName(host.result) }, call.node);
  return value;
}


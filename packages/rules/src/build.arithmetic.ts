import { DECIMAL, DOUBLE, DURATION, INT, MONEY, SCALE, addToMoment, joinLists, joinText, takeFromMoment } from "./arithmetic.ts";
import type { Arithmetic, Make } from "./arithmetic.ts";
import { sure } from "./built.ts";
import type { Built } from "./built.ts";
import { convert, unify } from "./convert.ts";
import type { ASTNode } from "./syntax.ts";
import { T, isNumber, moneyOf } from "./types.ts";
import type { Type } from "./types.ts";

export type Pair = readonly [Built, Built];

/** An operator on two operands that must not be empty. */
export function made(node: ASTNode, type: Type, make: Make, [left, right]: Pair): Built {
  return sure(node, type, make(left.strict, right.strict, node));
}

/** `+ - * / %`: null where the types have no such operator. */
export function compute(node: ASTNode, op: Arithmetic, pair: Pair): Built | null {
  const [left, right] = pair;
  if (isNumber(left.type) && isNumber(right.type)) return computeNumbers(node, op, pair);
  if (left.type.kind === "money" || right.type.kind === "money") return computeMoney(node, op, pair);
  if (op === "+" && left.type.kind === "text" && right.type.kind === "text") return made(node, T.text, joinText, pair);
  if (op === "+" && left.type.kind === "list") {
    const lists = unify(pair);
    return "differ" in lists ? null : made(node, lists.type, joinLists, [lists.parts[0]!, lists.parts[1]!]);
  }
  return computeTime(node, op, pair);
}

function computeNumbers(node: ASTNode, op: Arithmetic, [left, right]: Pair): Built | null {
  const unified = unify([left, right]);
  if ("differ" in unified) return null;
  const pair: Pair = [unified.parts[0]!, unified.parts[1]!];
  if (unified.type.kind === "decimal") return made(node, T.decimal, DECIMAL[op], pair);
  const part = made(node, unified.type, (unified.type.kind === "int" ? INT : DOUBLE)[op], pair);
  // 0.1 + 0.2 written where money is expected is computed exactly from the start, not converted in the end. Division of
  // whole numbers stays what it is, or the same text would mean two things.
  if (!left.exact || !right.exact || (op === "/" && unified.type.kind === "int")) return part;
  const { exact: leftExact } = left;
  const { exact: rightExact } = right;
  return { ...part, exact: () => made(node, T.decimal, DECIMAL[op], [leftExact(), rightExact()]) };
}

function computeMoney(node: ASTNode, op: Arithmetic, pair: Pair): Built | null {
  const [left, right] = pair;
  if (op === "*") return multiplyMoney(node, pair);
  if (op === "/" && isNumber(right.type)) {
    const divisor = convert(right, T.decimal);
    return divisor && made(node, left.type, SCALE.dividedBy, [left, divisor]);
  }
  const make = MONEY[op];
  const unified = unify(pair);
  if (!make || "differ" in unified) return null;
  return made(node, op === "/" ? T.decimal : knownCurrency(pair), make, [unified.parts[0]!, unified.parts[1]!]);
}

function multiplyMoney(node: ASTNode, [left, right]: Pair): Built | null {
  const isReversed = isNumber(left.type);
  const factor = convert(isReversed ? left : right, T.decimal);
  const money = isReversed ? right : left;
  if (!factor || !isNumber((isReversed ? left : right).type)) return null;
  return isReversed ? made(node, money.type, SCALE.timesReversed, [factor, money]) : made(node, money.type, SCALE.times, [money, factor]);
}

/** A sum has one currency; if either side's is known, so is the sum's. */
function knownCurrency(pair: Pair): Type {
  const known = pair.find((part) => part.type.kind === "money" && part.type.currency !== null);
  return known?.type ?? moneyOf(null);
}

const TIMES: Readonly<Record<string, readonly [Type, Make]>> = {
  "datetime + duration": [T.datetime, addToMoment], "duration + datetime": [T.datetime, addToMoment], "datetime - duration": [T.datetime, takeFromMoment],
  "datetime - datetime": [T.duration, DURATION["-"]], "duration - duration": [T.duration, DURATION["-"]], "duration + duration": [T.duration, DURATION["+"]],
  "duration * int": [T.duration, DURATION["*"]], "duration * double": [T.duration, DURATION["*"]],
  "int * duration": [T.duration, DURATION["*"]], "double * duration": [T.duration, DURATION["*"]],
  "duration / int": [T.duration, DURATION["/"]], "duration / double": [T.duration, DURATION["/"]], "duration / duration": [T.double, DOUBLE["/"]],
};

function computeTime(node: ASTNode, op: Arithmetic, pair: Pair): Built | null {
  const found = TIMES[`${pair[0].type.kind} ${op} ${pair[1].type.kind}`];
  return found ? made(node, found[0], found[1], pair) : null;
}

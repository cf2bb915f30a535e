import { constant, maybe, sure } from "./built.ts";
import type { Built } from "./built.ts";
import { Decimal } from "./decimal.ts";
import { Money } from "./money.ts";
import { T, joinTypes, listOf, sameType, typeName } from "./types.ts";
import type { Type } from "./types.ts";

type Converter = (value: unknown) => unknown;
const asIs: Converter = (value) => value;
const toDecimal: Converter = (value) => Decimal.of(value as number)!;

/** A value of unknown type follows a problem already reported. */
const FITS_ALL: ReadonlySet<string> = new Set(["any", "unknown"]);
const FITS_INTO_ALL: ReadonlySet<string> = new Set(["null", "unknown"]);

/** How a value of one type becomes another without losing anything; null when it does not. */
function converter(from: Type, to: Type): Converter | null {
  if (sameType(from, to) || FITS_ALL.has(to.kind) || FITS_INTO_ALL.has(from.kind)) return asIs;
  if (from.kind === "list" && to.kind === "list") return listConverter(from.of, to.of);
  switch (`${from.kind} ${to.kind}`) {
    case "int double": return asIs;
    case "int decimal": return toDecimal;
    case "money money": return typeName(to) === "money" ? asIs : null;
    default: return null;
  }
}

function listConverter(from: Type, to: Type): Converter | null {
  const one = converter(from, to);
  if (one === null || one === asIs) return one;
  return (value) => (value as unknown[]).map((item) => (item === null ? null : one(item)));
}

const likeConstant = (from: Built, to: Built): Built => (from.constant ? constant(to) : to);

function converted(part: Built, type: Type, convert: Converter): Built {
  if (convert === asIs) return { ...part, type: type.kind === "any" ? part.type : type };
  const { run, strict, node } = part;
  if (run === strict) return likeConstant(part, sure(node, type, (frame) => convert(run(frame))));
  return maybe(node, type, (frame) => {
    const value = run(frame);
    return value === null ? null : convert(value);
  });
}

/** Numbers written in the text may stand for an amount where the currency is known: `order.total > 100`. */
function asAmount(part: Built, to: Type): Built | null {
  if (to.kind !== "money" || to.currency === null || !part.exact) return null;
  const { currency } = to;
  const exact = part.exact();
  return likeConstant(exact, sure(part.node, to, (frame) => new Money(exact.run(frame) as Decimal, currency)));
}

/** The part as a value of the type, or null when it cannot be one. */
export function convert(part: Built, to: Type): Built | null {
  const direct = converter(part.type, to);
  if (direct) return converted(part, to, direct);
  if (to.kind === "decimal" && part.exact) return part.exact();
  return asAmount(part, to);
}

/** All parts as values of the one type they share, or the first two that share none. */
export function unify(parts: readonly Built[]): { type: Type; parts: Built[] } | { differ: [Built, Built] } {
  let type: Type = T.null;
  let widest = parts[0]!;
  for (const part of parts) {
    const joined = joinTypes(type, part.type);
    if (!joined) return { differ: [widest, part] };
    if (!sameType(joined, type)) widest = part;
    type = joined;
  }
  const all: Built[] = [];
  for (const part of parts) {
    const one = convert(part, type);
    if (!one) return { differ: [widest, part] };
    all.push(one);
  }
  return { type, parts: all };
}

/** Whether a double that is not written in the text meets something exact. */
export function isInexact(a: Built, b: Built): boolean {
  const exact = (type: Type): boolean => type.kind === "decimal" || type.kind === "money";
  const loose = (part: Built): boolean => part.type.kind === "double" && !part.exact;
  return (loose(a) && exact(b.type)) || (loose(b) && exact(a.type));
}

/** The type of a list of these elements; an empty list takes whatever type it meets. */
export function listType(of: Type): Type {
  return listOf(of.kind === "null" ? T.unknown : of);
}

import type { FormData } from "./document.ts";
import type { Field } from "./fields.ts";
import { LIMITS } from "./limits.ts";
import { isEmpty, isPlainObject } from "./paths.ts";
import type { FieldProblem } from "./problems.ts";
import { isWhole, schemaOf } from "./schema.ts";
import { isHidden } from "./state.ts";

/** Why data is too much to look at, before anything else looks at it; walks without recursion, so that no depth exhausts the stack. */
export function isTooLarge(data: unknown): boolean {
  const pending: unknown[] = [data];
  let length = 0;
  let values = 0;
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") length += value.length;
    else if (typeof value === "object" && value !== null) {
      const keys = Object.keys(value);
      // Checked before they are queued: a list of a million is not copied first.
      if (values + keys.length > LIMITS.dataValues) return true;
      for (const key of keys) {
        length += key.length;
        pending.push((value as Record<string, unknown>)[key]);
      }
    }
    if (++values > LIMITS.dataValues || length > LIMITS.dataLength) return true;
  }
  return false;
}

export interface Shaped {
  /** Only the form's fields, none empty or hidden, each of a JSON type its field can have. */
  data: FormData;
  /** Fields with a filled value, by place, to be judged. */
  filled: { path: string; field: Field; value: unknown }[];
  problems: FieldProblem[];
}

/** Takes what belongs to the form out of data that may be anything, and notes what does not. */
export function shape(fields: ReadonlyMap<string, Field>, data: unknown, hidden: ReadonlySet<string>): Shaped {
  const shaper = new Shaper(hidden);
  const result = shaper.parts(fields, data, "");
  return { data: isPlainObject(result) ? result : {}, filled: shaper.filled, problems: shaper.problems };
}

const MOST_CHOICES = 500;
const SCALARS: ReadonlySet<string> = new Set(["string", "number", "boolean"]);
const isScalar = (value: unknown): boolean => SCALARS.has(typeof value);

const isTexts = (value: unknown[]): boolean => value.every((one) => typeof one === "string");

class Shaper {
  readonly filled: Shaped["filled"] = [];
  readonly problems: FieldProblem[] = [];
  private readonly hidden: ReadonlySet<string>;

  constructor(hidden: ReadonlySet<string>) {
    this.hidden = hidden;
  }

  private refuse(path: string, code: "wrong_type" | "unknown_field" | "too_many", params: FieldProblem["params"] = {}): undefined {
    if (this.problems.length < LIMITS.problems) this.problems.push({ path, code, params });
    return undefined;
  }

  parts(parts: ReadonlyMap<string, Field>, data: unknown, prefix: string): Record<string, unknown> | undefined {
    if (!isPlainObject(data)) return this.refuse(prefix.slice(0, -1), "wrong_type");
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(data)) {
      const field = parts.get(key);
      const path = `${prefix}${key}`;
      if (!field) this.refuse(path.slice(0, 200), "unknown_field");
      else if (!isEmpty(data[key]) && !isHidden(this.hidden, path)) {
        const value = this.value(field, data[key], path);
        if (value !== undefined) result[key] = value;
      }
    }
    return result;
  }

  private value(field: Field, value: unknown, path: string): unknown {
    const shaped = this.shaped(field, value, path);
    if (shaped !== undefined && field.kind !== "group" && field.kind !== "table") this.filled.push({ path, field, value: shaped });
    return shaped;
  }

  private shaped(field: Field, value: unknown, path: string): unknown {
    if (field.document.type === "array") return this.list(field, value, path);
    if (isWhole(field.kind) && field.kind !== "choice") return this.whole(field, value, path);
    if (field.parts.size > 0) return this.parts(field.parts, value, `${path}.`);
    if (field.kind === "group") return isPlainObject(value) ? {} : this.refuse(path, "wrong_type");
    return isScalar(value) && typeof value === typeOf(field) ? value : this.refuse(path, "wrong_type");
  }

  private list(field: Field, value: unknown, path: string): unknown {
    const { maxItems: limit = MOST_CHOICES } = field.document;
    if (!Array.isArray(value)) return this.refuse(path, "wrong_type");
    // Before anything looks at each: comparing all with all takes quadratic time.
    if (value.length > limit) return this.refuse(path, "too_many", { limit });
    if (field.kind !== "table") return isTexts(value) ? value : this.refuse(path, "wrong_type");
    // Empty rows stay: places of problems must be those the person sees.
    return value.map((row: unknown, index) => this.parts(field.parts, row, `${path}.${index}.`) ?? {});
  }

  private whole(field: Field, value: unknown, path: string): unknown {
    if (!isPlainObject(value)) return this.refuse(path, "wrong_type");
    const known = schemaOf(field)["properties"] as Record<string, Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const part = value[key];
      if (!Object.hasOwn(known, key)) this.refuse(`${path}.${key}`.slice(0, 200), "unknown_field");
      else if (part === null || part === undefined || part === "") continue;
      else if (isScalar(part)) result[key] = part;
      else if (known[key]!["type"] === "object" && isPlainObject(part) && Object.values(part).every(isScalar)) result[key] = part;
      else this.refuse(path, "wrong_type");
    }
    return result;
  }
}

const typeOf = (field: Field): string => (field.document.type === "integer" ? "number" : (field.document.type ?? "string"));

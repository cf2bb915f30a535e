import type { Field } from "../../packages/forms/src/index.ts";

/** What a lookup may find and a file field may hold. */
export interface Known { lookups: Readonly<Record<string, readonly [unknown, unknown]>>; files: readonly [string, string] }

/** Two values of a field that differ; drafts keep what is not yet right, so that patterns and limits need not hold. */
export function samples(field: Field, known: Known): readonly [unknown, unknown] {
  const { kind, document } = field;
  const options = document["x-options"]?.map(({ value }) => value) ?? [];
  switch (kind) {
    case "text": case "long_text": return [`one ${field.key}`.slice(0, document.maxLength ?? 80), `two ${field.key}`.slice(0, document.maxLength ?? 80)];
    case "number": return [document.minimum ?? 1, (document.minimum ?? 1) + 1];
    case "yes_no": return [true, false];
    case "choice": return [options[0], options[1] ?? null];
    case "choices": return [options.slice(0, 1), options.slice(1, 2)];
    case "person": return [{ surname: "Kovač", given: "Ana" }, { surname: "Žagar", given: "Boris" }];
    case "phone": return ["+38640111222", "+38640333444"];
    case "email": return ["one@example.test", "two@example.test"];
    case "address": return [{ country: "SI", city: "Ljubljana", street: "Dunajska cesta", house: "5" }, { country: "SI", city: "Maribor", street: "Glavni trg", house: "7" }];
    case "document": return [{ number: "PB1234567" }, { number: "PB7654321" }];
    case "money": return [{ amount: "10.00", currency: document["x-currency"] ?? "EUR" }, { amount: "20.00", currency: document["x-currency"] ?? "EUR" }];
    case "date": return ["2026-03-02", "2026-03-03"];
    case "moment": return ["2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z"];
    case "period": return [{ from: "2026-03-02", to: "2026-03-03" }, { from: "2026-03-04", to: "2026-03-05" }];
    case "file": return [[known.files[0]], [known.files[1]]];
    case "lookup": return known.lookups[document["x-lookup"]?.entity ?? ""] ?? [null, null];
    case "consent": return [{ given: true, text: document["x-text"]?.en ?? "", language: "en", at: "2026-03-02T10:00:00Z" }, { given: false, text: document["x-text"]?.en ?? "", language: "en", at: "2026-03-03T10:00:00Z" }];
    case "table": return [[rowOf(field, known, 0)], [rowOf(field, known, 1)]];
    case "group": return [rowOf(field, known, 0), rowOf(field, known, 1)];
  }
}

const rowOf = (field: Field, known: Known, which: 0 | 1): Record<string, unknown> => Object.fromEntries([...field.parts].map(([key, part]) => [key, samples(part, known)[which]]).filter(([, value]) => value !== null && value !== undefined));

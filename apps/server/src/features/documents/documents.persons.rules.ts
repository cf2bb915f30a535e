import type { Language } from "../projects/texts.contract.ts";

/** Whole names of a form's persons as papers in this language have them: the surname first in Russian, the given name first elsewhere. */
export function personsIn(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => personsIn(each, language));
  if (!isRecord(value)) return value;
  const parts = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, personsIn(each, language)]));
  return typeof parts["full"] === "string" && typeof parts["surname"] === "string" && language !== "ru" ? { ...parts, full: wholeName(parts) } : parts;
}

const wholeName = ({ given, patronymic, surname }: Record<string, unknown>): string => [given, patronymic, surname].filter((part) => typeof part === "string" && part !== "").join(" ");

/** Moments, money and whatever else is more than its fields stay what they are. */
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { envExample } from "../apps/server/src/platform/config.ts";
import { root } from "./steps.ts";

/** Every file a flow page names must exist, every relative link must lead somewhere, every text must be there in three languages. */
export function checkDocs(): string[] {
  return [...pages().flatMap(links), ...flowPages().flatMap(hops), ...messages(), ...spoken(), ...environment()];
}

function pages(): string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  return [...docs, ...["README.md"].filter((name) => existsSync(join(root, name)))];
}

const flowPages = (): string[] => pages().filter((page) => page.startsWith("docs/flows/"));

function links(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!)
    .filter((target) => !existsSync(resolve(root, dirname(page), target))).map((target) => `${page}: the link to ${target} leads nowhere`);
}

/** A hop is written as `path/to/file.ts` in backticks. */
function hops(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  const named = [...text.matchAll(/`((?:apps|packages|tools|projects|tests)\/[\w./-]+\.\w+)`/g)].map((match) => match[1]!);
  const missing = named.filter((path) => !existsSync(join(root, path))).map((path) => `${page}: ${path} does not exist`);
  return named.length === 0 ? [`${page}: names no file`] : missing;
}

function messages(): string[] {
  const read = (language: string) => parse(readFileSync(join(root, `apps/server/src/messages/${language}.yaml`), "utf8")) as Record<string, string>;
  const en = read("en");
  return ["ru", "sl"].flatMap((language) => {
    const texts = read(language);
    const keys = [...new Set([...Object.keys(en), ...Object.keys(texts)])];
    return keys.filter((key) => !texts[key] || !en[key] || holes(en[key]) !== holes(texts[key])).map((key) => `messages/${language}.yaml: ${key} is missing or has other {placeholders} than en`);
  });
}

/** Every code a refusal names in the source has a text. */
function spoken(): string[] {
  const texts = readFileSync(join(root, "apps/server/src/messages/en.yaml"), "utf8");
  const known = new Set([...texts.matchAll(/^(\w+):/gm)].map((match) => match[1]!));
  const files = readdirSync(join(root, "apps/server/src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return files.flatMap((name) => {
    const source = readFileSync(join(root, "apps/server/src", name), "utf8");
    const codes = [...source.matchAll(/\b(?:conflict|forbidden|unauthenticated|unavailable)\("(\w+)"|\binvalidField\("[\w.]+", "(\w+)"|\btooMany\([\w.]+, "(\w+)"/g)].map((match) => match[1] ?? match[2] ?? match[3]!);
    return codes.filter((code) => !known.has(code)).map((code) => `apps/server/src/${name}: the refusal "${code}" has no text in messages/en.yaml`);
  });
}

const holes = (text: string): string => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();

function environment(): string[] {
  const path = join(root, ".env.example");
  return existsSync(path) && readFileSync(path, "utf8") === envExample() ? [] : [".env.example is not what the settings say: run `npm run env-example`"];
}

import { type Document, parseDocument } from "yaml";

/** What a person says of a project made from a template. */
export interface NewProject {
  key: string; name: Record<string, string>; languages: string[]; defaultLanguage: string; numbers: string[]; callerId: string; ticketPrefix: string; mailFrom: string;
  colour?: string | undefined; timeZone?: string | undefined;
}

/**
 * The texts of a new project: the template's own, comments included, with the names, numbers and languages of the new
 * one. Demo clients are left behind, and the template's name is replaced wherever a text says it.
 */
export function fromTemplate(template: ReadonlyMap<string, string>, wanted: NewProject): Map<string, string> {
  const texts = new Map([...template].filter(([path]) => !path.startsWith("demo/")));
  const before = (parseDocument(template.get("project.yaml") ?? "").toJS() as { name?: Record<string, string>; default_language?: string } | null) ?? {};
  for (const [path, text] of texts) texts.set(path, renamed(text, before.name ?? {}, wanted.name));
  edit(texts, "project.yaml", (document) => head(document, wanted));
  edit(texts, "queues.yaml", (document) => speakOnly(document, wanted.languages));
  edit(texts, "ivr.yaml", (document) => greet(document, wanted.languages));
  return texts;
}

function edit(texts: Map<string, string>, path: string, change: (document: Document) => void): void {
  const text = texts.get(path);
  if (text === undefined) return;
  const document = parseDocument(text);
  change(document);
  texts.set(path, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}

/** Longer names first, so that one name inside another is not cut. */
function renamed(text: string, before: Record<string, string>, after: Record<string, string>): string {
  const pairs = Object.entries(before).map(([language, name]): [string, string] => [name, after[language] ?? name]).filter(([name]) => name.length >= 4).sort(([a], [b]) => b.length - a.length);
  const places = new Map(pairs);
  if (places.size === 0) return text;
  const pattern = new RegExp([...places.keys()].map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  // A name with a quote or a colon would break the line it lands in: it is then told by the check, at that line.
  return text.replaceAll(pattern, (name) => places.get(name)!);
}

function head(document: Document, wanted: NewProject): void {
  const fields: Record<string, unknown> = {
    key: wanted.key, name: wanted.name, languages: wanted.languages, default_language: wanted.defaultLanguage, numbers: wanted.numbers, caller_id: wanted.callerId, ticket_prefix: wanted.ticketPrefix,
    mail_from: wanted.mailFrom, ...(wanted.colour && { colour: wanted.colour }), ...(wanted.timeZone && { time_zone: wanted.timeZone }),
  };
  for (const [field, value] of Object.entries(fields)) {
    const node = document.createNode(value);
    if (typeof value === "object") (node as { flow?: boolean }).flow = true;
    document.set(field, node);
  }
}

/** A queue serves the languages of the project; one that would have none left serves them all. */
function speakOnly(document: Document, languages: readonly string[]): void {
  const queues = (document.toJS() as { queues?: { languages?: string[] }[] } | null)?.queues ?? [];
  queues.forEach((queue, index) => {
    const left = (queue.languages ?? []).filter((each) => languages.includes(each));
    const node = document.createNode(left.length > 0 ? left : [...languages]);
    (node as { flow?: boolean }).flow = true;
    document.setIn(["queues", index, "languages"], node);
  });
}

interface Step { do?: string; language?: string; next?: string; keys?: Record<string, string>; prompts?: (string | { key?: string; language?: string })[] }
type Prompt = NonNullable<Step["prompts"]>[number];
const LINKS = ["next", "default", "yes", "no", "open", "closed"] as const;

/** Recorded in the template's own name. */
const saysName = (prompt: Prompt): boolean => (typeof prompt === "string" ? prompt : prompt.key ?? "").startsWith("welcome_");
const isKept = (prompt: Prompt, languages: readonly string[]): boolean => !saysName(prompt) && (typeof prompt === "string" || !prompt.language || languages.includes(prompt.language));

/** No caller is offered a language the project does not speak, nor welcomed in the template's recorded name; what is left out is named above the rest. */
function greet(document: Document, languages: readonly string[]): void {
  const { steps = {}, start = "" } = (document.toJS() as { steps?: Record<string, Step>; start?: string } | null) ?? {};
  const gone = new Map(Object.entries(steps).filter(([, step]) => isGone(step, languages)).map(([key, step]) => [key, step.next ?? ""]));
  if (gone.has(start)) document.set("start", past(gone, start));
  for (const [key, step] of Object.entries(steps)) {
    if (gone.has(key)) { document.deleteIn(["steps", key]); continue; }
    relink(document, key, step, gone);
    keepPrompts(document, key, step, languages);
  }
  const named = leftOutOf(steps);
  if (named.length > 0) document.commentBefore = [document.commentBefore, ` Left out, for they were recorded in the template's name: ${named.join(", ")}. Whoever wants callers welcomed by name records a phrase of their own.`].filter(Boolean).join("\n");
}

/** Where the way leads on when the steps that are gone are passed over. */
function past(gone: ReadonlyMap<string, string>, target: string): string {
  let at = target;
  for (let left = gone.size; left > 0 && gone.has(at); left -= 1) at = gone.get(at)!;
  return at;
}

function relink(document: Document, key: string, step: Step, gone: ReadonlyMap<string, string>): void {
  for (const [digit, target] of Object.entries(step.keys ?? {})) if (gone.has(target)) document.deleteIn(["steps", key, "keys", digit]);
  for (const field of LINKS) {
    const target = (step as Record<string, unknown>)[field];
    if (typeof target === "string" && gone.has(target)) document.setIn(["steps", key, field], past(gone, target));
  }
}

function keepPrompts(document: Document, key: string, { do: what, prompts = [] }: Step, languages: readonly string[]): void {
  const kept = prompts.filter((prompt) => isKept(prompt, languages));
  // A menu must say something; none of ours says nothing else.
  if (kept.length < prompts.length && (kept.length > 0 || what !== "menu")) document.setIn(["steps", key, "prompts"], document.createNode(kept));
}

const isGone = (step: Step, languages: readonly string[]): boolean =>
  (step.do === "set_language" && !languages.includes(step.language ?? "")) || (step.do === "say" && (step.prompts ?? []).every((prompt) => !isKept(prompt, languages)));

const leftOutOf = (steps: Record<string, Step>): string[] => [...new Set(Object.values(steps).flatMap(({ prompts = [] }) => prompts.filter(saysName).map((prompt) => (typeof prompt === "string" ? prompt : prompt.key ?? ""))))];

/** Phrases of a template that a project made from it does without. */
export const leftOut = (template: ReadonlyMap<string, string>): string[] => leftOutOf((parseDocument(template.get("ivr.yaml") ?? "").toJS() as { steps?: Record<string, Step> } | null)?.steps ?? {});

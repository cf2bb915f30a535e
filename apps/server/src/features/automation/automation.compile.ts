import { compileRule, createCatalogue, narrowed, type Catalogue, type Problem, type Rights, type Rule } from "@linija/rules";
import type { Db } from "../../platform/db.ts";
import type { Language, Text } from "../projects/texts.contract.ts";
import { isOpen, workingClock } from "../projects/index.ts";
import { vocabularyFor, type CatalogueOptions, type CatalogueProcess, type CatalogueProject, type WorkingHours } from "../rules/index.ts";
import { processOf, type ProjectInUse } from "../tickets/index.ts";
import type { Waking } from "./automation.contract.ts";
import { readRuleText } from "./automation.document.ts";

/** Whatever makes a catalogue: a declared project or one in use. */
export interface Compilable extends CatalogueProject { calendar: ProjectInUse["calendar"]; project: CatalogueProject["project"] & { name: Text } }

export const hoursOf = ({ calendar, project }: Compilable): WorkingHours => ({ ...workingClock(calendar, project.time_zone), isOpen: (at) => isOpen(calendar, project.time_zone, at) });

export const vocabularyOf = (project: Compilable, processes: readonly CatalogueProcess[], more: Partial<CatalogueOptions> = {}) => vocabularyFor(project, { processes, purpose: "automation", hours: () => hoursOf(project), ...more });

export type CompiledText = { ok: true; rule: Rule } | { ok: false; problems: Problem[] };

/** All problems of a text: those of what wakes it, or those of its steps. */
export function compileText(text: string, catalogue: Catalogue, rights: Rights): CompiledText {
  const read = readRuleText(text);
  return read.ok ? compileRule(read.rule.body, catalogue, rights) : read;
}

/** By what words `event.type` tells a rule what woke it: one of those it waits for, and no other. */
export const eventTypesOf = (on: Waking): readonly string[] => ("event" in on ? on.event : "clock" in on ? ["clock"] : ["schedule"]);

/** The same for a text that is being written, which may ask only for what can have woken it. What is in use already is not taken away for that. */
export function compileWritten(text: string, catalogue: Catalogue, rights: Rights): CompiledText {
  const read = readRuleText(text);
  return read.ok ? compileRule(read.rule.body, narrowed(catalogue, { record: "what_happened", field: "type", values: eventTypesOf(read.rule.trigger.on).map((value) => ({ value })) }), rights) : read;
}

/** What stands in the way of saving a text: its problems, and that it would not end. What is in use already is compiled without the latter and ended by its budget. */
export function checkText(text: string, catalogue: Catalogue, rights: Rights, compile = compileText): Problem[] {
  const compiled = compile(text, catalogue, rights);
  if (!compiled.ok) return compiled.problems;
  const endless = compiled.rule.endless();
  return endless ? [endless] : [];
}

/** A project as it is in use never changes: a new version of it is another object. */
export interface Workshop { catalogue: Catalogue; rules: Map<string, CompiledText>; /** What is done meanwhile is said in this language. */ inLanguage<R>(language: Language, work: () => R): R }
const workshops = new WeakMap<ProjectInUse, Promise<Workshop>>();

export function workshopOf(db: Db, project: ProjectInUse): Promise<Workshop> {
  const known = workshops.get(project);
  if (known) return known;
  const made = makeWorkshop(db, project);
  workshops.set(project, made);
  made.catch(() => workshops.delete(project));
  return made;
}

async function makeWorkshop(db: Db, project: ProjectInUse): Promise<Workshop> {
  const own = project.project.default_language;
  let spoken = own;
  return {
    catalogue: createCatalogue(vocabularyOf(project, await processesOf(db, project), { language: () => spoken })), rules: new Map(),
    inLanguage(language, work) {
      spoken = language;
      try { return work(); } finally { spoken = own; }
    },
  };
}

export const processesOf = (db: Db, project: ProjectInUse) => Promise.all(Object.values(project.processIds).map((id) => processOf(db, id)));

/** A stored text was checked with its author's rights when it was saved. */
export function compiledIn(workshop: Workshop, rule: { versionId: string; text: string }): CompiledText {
  const known = workshop.rules.get(rule.versionId);
  if (known) return known;
  const compiled = compileText(rule.text, workshop.catalogue, "all");
  workshop.rules.set(rule.versionId, compiled);
  return compiled;
}

import type { Ctx, Db } from "../../platform/db.ts";
import { own } from "../../platform/own.ts";
import type { Language } from "../api.contract.ts";
import type { Process } from "../processes/index.ts";
import { findProject, processOf, type ProjectInUse } from "./tickets.definitions.ts";
import { selectOtherVersions } from "./tickets.definitions.sql.ts";
import { selectNames } from "./tickets.process.sql.ts";
import { UUID } from "./tickets.rules.ts";
import { authorityOf } from "./tickets.world.ts";

/** A fact of a ticket's history, with the version its ticket lives by. */
export interface Told { type: string; processId: string; projectKey: string; data: Record<string, unknown> }
/** What a fact speaks of by key or id, as people call it. Absent where it speaks of no such thing, or nobody knows its name any more. */
export type ToldNames = Partial<Record<"stage" | "from" | "step" | "deed" | "item" | "task" | "owner" | "document" | "department", string>>;

/** Names for the facts of a page, in one language: stages and steps as the ticket's version of its process calls them. */
export async function namesOfTold(ctx: Ctx, facts: readonly Told[], language: Language): Promise<ToldNames[]> {
  const people = await selectNames(ctx.db, [...new Set(facts.flatMap((fact) => ownerOf(fact) ?? []))]);
  return Promise.all(facts.map(async (fact) => {
    const [process, project] = [await processOf(ctx.db, fact.processId), await findProject(ctx.db, fact.projectKey)];
    const owner = ownerOf(fact);
    return present({ ...stepNames(process, fact, language), ...(project && projectNames(project, fact, language)), ...(await stageNames(ctx.db, process, fact, language)), owner: owner && people.get(owner) });
  }));
}

const present = (names: { [K in keyof ToldNames]?: string | undefined }): ToldNames => Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined && name !== ""));
const key = ({ data }: Told, name: string): string => (typeof data[name] === "string" ? data[name] : "");

/** Whom a fact names: who got the ticket, or who was reminded of it. */
function ownerOf(fact: Told): string | undefined {
  const id = fact.type === "ticket.assigned" ? key(fact, "to") : fact.type === "ticket.reminded" ? key(fact, "operatorId") : "";
  return UUID.test(id) ? id : undefined;
}

function stepNames(process: Process, fact: Told, language: Language) {
  const item = process.checklists[key(fact, "checklist")]?.items[key(fact, "item")];
  const task = fact.type === "ticket.subtask_ended" ? Object.values(process.transitions).flatMap(({ subtasks }) => subtasks).find((each) => each.key === key(fact, "key")) : undefined;
  return { step: process.transitions[key(fact, "transition")]?.name[language], item: item?.[language], task: task?.subject[language] };
}

function projectNames(project: ProjectInUse, fact: Told, language: Language) {
  const document = fact.type === "ticket.document_made" ? own(project.more["documents"] ?? {}, key(fact, "key")) as { name?: Record<Language, string> } | undefined : undefined;
  return { deed: authorityOf(project)?.deeds[key(fact, "deed")]?.name[language], document: document?.name?.[language], department: project.departments[key(fact, "department")]?.[language] };
}

/** Of a move the two stages; of a new version of the process the stage there was before and the one there is now. */
async function stageNames(db: Db, process: Process, fact: Told, language: Language) {
  const { stage } = fact.data;
  const [from, to] = fact.type === "ticket.process_changed" ? [textOf(stage, "from"), textOf(stage, "to")] : fact.type === "ticket.moved" || fact.type === "ticket.told" ? [key(fact, "from"), key(fact, "to")] : ["", ""];
  const name = async (of: string) => (of === "" ? undefined : (process.stages[of] ?? (await inOtherVersions(db, fact, of)))?.name[language]);
  return { stage: await name(to), from: await name(from) };
}
const textOf = (value: unknown, name: string): string => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : "";
};

/** A ticket that was brought to another version has a history in stages that its version may not have any more. */
async function inOtherVersions(db: Db, { processId }: Told, stage: string): Promise<Process["stages"][string] | undefined> {
  for (const id of await selectOtherVersions(db, processId)) {
    const found = (await processOf(db, id)).stages[stage];
    if (found) return found;
  }
  return undefined;
}

import type { Language } from "@linija/server/contract/api";
import type { TimelineItem } from "@linija/server/contract/clients/clients";
import { languageNames } from "../../i18n/intl.tsx";

type Fact = Pick<TimelineItem, "type" | "data">;

/** Facts that are told in another sentence where their data say so. Every sentence stands in the texts as `event.…`. */
const variants: Record<string, [sentence: string, isSo: (data: TimelineItem["data"]) => boolean]> = {
  "ticket.approval_decided": ["ticket.approval_granted", ({ decision }) => decision === "approve"],
  "ticket.assigned": ["ticket.assigned_nobody", ({ to }) => to === null],
  "ticket.changed": ["ticket.changed_back", ({ undone }) => undone !== undefined],
  "ticket.clock_moved": ["ticket.clock_gone", ({ dueAt }) => dueAt === null],
  "ticket.item_ticked": ["ticket.item_unticked", ({ done }) => done === false],
  "ticket.process_changed": ["ticket.process_restored", ({ undone }) => undone === true],
};

/** Which sentence tells this fact. */
export function sentenceOf({ type, data }: Fact): string {
  const variant = variants[type];
  return variant?.[1](data) ? variant[0] : type;
}
export const sentencesOf = (type: string): string[] => [type, ...(variants[type] ? [variants[type][0]] : [])];

/** What is named after the sentence, each part in the words it needs; `words` are those of the reader's language. */
export interface Words {
  word: (family: string, name: string, otherwise?: string) => string;
  minutes: (count: number) => string;
  money: (amount: unknown) => string;
  moment: (iso: string) => string;
}
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

type Details = (item: Pick<TimelineItem, "data" | "names">, words: Words) => (string | undefined)[];
const stage: Details = ({ data, names }, { word }) => [names.stage ?? (text(data["to"]) && word("stage", text(data["to"])))];
const approval: Details = ({ data, names }, { money }) => [names.deed ?? names.step, money(data["amount"])];
const named: Details = ({ data }) => [text(data["name"])];
const promised: Details = ({ data }) => [text(data["text"])];
const details: Record<string, Details> = {
  "ticket.moved": stage, "ticket.approval_wanted": approval, "ticket.approval_decided": approval,
  "ticket.process_changed": ({ data, names }) => (data["undone"] === true ? [] : [names.stage]),
  "ticket.assigned": ({ names }) => [names.owner], "ticket.reminded": ({ names }) => [names.owner],
  "ticket.changed": ({ data }, { word }) => (data["undone"] === undefined && Array.isArray(data["changed"]) ? data["changed"].map((column) => word("changed", String(column), "")) : []),
  "ticket.move_refused": ({ names }) => [names.step], "ticket.item_ticked": ({ names }) => [names.item],
  "ticket.subtask_ended": ({ data, names }) => [names.task, text(data["subtaskNumber"])],
  "ticket.document_made": ({ data, names }) => [names.document, languageNames[text(data["language"]) as Language] ?? "", number(data["number"]) === null ? "" : `№ ${String(data["number"])}`],
  "ticket.clock_moved": ({ data }, { word, moment }) => [word("clock", text(data["clock"]), ""), text(data["dueAt"]) && moment(text(data["dueAt"]))],
  "ticket.visit_wanted": ({ data }, { minutes }) => [number(data["minutes"]) === null ? "" : minutes(Number(data["minutes"]))],
  "ticket.called_again": ({ data }) => [number(data["calls"]) === null ? "" : `№ ${String(data["calls"])}`],
  "ticket.handover_offered": named, "ticket.handover_taken": named, "ticket.handover_missed": named, "ticket.handover_refused": ({ data }) => [text(data["name"]), text(data["reason"])],
  "ticket.consult_offered": named, "ticket.consult_taken": named, "ticket.consult_missed": named, "ticket.consult_answered": named, "ticket.consult_refused": ({ data }) => [text(data["name"]), text(data["reason"])],
  "ticket.merged": ({ data }) => [text(data["goneNumber"])], "ticket.merged_away": ({ data }) => [text(data["keptNumber"])], "ticket.unmerged": ({ data }) => [text(data["goneNumber"])],
  "ticket.related": ({ data }, { word }) => [`${word("relation", text(data["side"]))} ${text(data["otherNumber"])}`.trim()], "ticket.unrelated": ({ data }, { word }) => [word("relation", text(data["side"]))],
};

/** What a sentence ends with, joined by commas; empty where it says all by itself. */
export function detailOf(item: Pick<TimelineItem, "type" | "data" | "names">, words: Words): string {
  const of = details[item.type] ?? (/^ticket\.(file|solution|variant|guide)_/.test(item.type) ? named : /\.promise_/.test(item.type) ? promised : () => []);
  return of(item, words).filter(Boolean).join(", ");
}
/** Only what has gone out was told to the client. */
export const tellsNotice = (state: string): "story.told" | "story.notTold" | "story.telling" => (state === "sent" ? "story.told" : state === "queued" ? "story.telling" : "story.notTold");
/** Facts whose own words are already in their sentence. */
export const saysItsText = (type: string): boolean => /\.promise_/.test(type);

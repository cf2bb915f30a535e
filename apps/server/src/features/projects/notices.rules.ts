import { type Language } from "./texts.contract.ts";
import { type Notice, type NoticeVariable, noticeVariables } from "./projects.contract.ts";

const slot = /\{\{\s*([a-z_]+(?:\.[A-Za-z]\w*)?)\s*\}\}/g;
const FIELD = "fields.";

/** What the slots of a notice are filled with: its variables, and `fields.…` of the process. */
export type NoticeValues = Partial<Record<NoticeVariable | `fields.${string}`, string>>;

/** The notice as plain text in the client's language. An empty or missing variable takes a line of its own with it. */
export function renderNotice(notice: Notice, language: Language, values: NoticeValues): { subject: string; body: string } {
  const fill = (line: string) => line.replace(slot, (_all, name: keyof NoticeValues) => values[name]?.trim() ?? "");
  const body = notice.body[language].split("\n").filter((line) => !standsEmpty(line, values)).map(fill).join("\n");
  return {
    // A line break in a header would end it.
    subject: fill(notice.subject[language]).replaceAll(/\s+/g, " ").trim(),
    body: `${body.replaceAll(/\n{3,}/g, "\n\n").trim()}\n`,
  };
}

function standsEmpty(line: string, values: NoticeValues): boolean {
  const names = variablesOf(line);
  return names.length > 0 && names.every((name) => !values[name as keyof NoticeValues]?.trim());
}

/** Names a text uses, in order, without repeats. */
export const variablesOf = (text: string): string[] => [...new Set([...text.matchAll(slot)].map((match) => match[1] ?? ""))];

export const isNoticeVariable = (name: string): name is NoticeVariable => noticeVariables.some((each) => each === name);
/** The field of a process that a slot stands for. */
export const noticeField = (name: string): string | null => (name.startsWith(FIELD) ? name.slice(FIELD.length) : null);

import type { Rule, RunResult } from "@linija/rules";
import { languages } from "../api.contract.ts";
import type { Text } from "../projects/texts.contract.ts";
import type { TicketContext } from "../rules/index.ts";
import type { Workshop } from "./automation.compile.ts";

type Fired = Extract<RunResult, { ok: true }>;
/** What a parameter of an action says in each language; null where it says the same in all. */
export type Said = (action: number, param: string) => Text | null;

const NOT_SAID: Said = () => null;
const OF_LANGUAGES = /\bwords\s*\(/;

/**
 * Texts of `words(en, ru, sl)`, whatever is joined to them, in all three: the rule is taken anew in each language. Nothing
 * of it where the language has changed what the rule does, and not only what it says.
 */
export function saidIn(workshop: Workshop, { rule, text }: { rule: Rule; text: string }, { context, decide }: { context: TicketContext; decide: (rule: Rule, context: TicketContext) => RunResult }): Said {
  if (!OF_LANGUAGES.test(text)) return NOT_SAID;
  const runs = languages.flatMap((language) => { const run = workshop.inLanguage(language, () => decide(rule, context)); return run.ok ? [run] : []; });
  if (runs.length < languages.length || new Set(runs.map(deedsOf)).size > 1) return NOT_SAID;
  return (action, param) => {
    const [en, ru, sl] = languages.map((_language, index) => runs[index]!.actions[action]?.params[param]);
    return typeof en === "string" && typeof ru === "string" && typeof sl === "string" && (en !== ru || en !== sl) ? { en, ru, sl } : null;
  };
}

const deedsOf = ({ actions }: Fired): string => JSON.stringify(actions.map(({ action }) => action));

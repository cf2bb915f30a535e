import type { Presence } from "./handovers.contract.ts";

/** Somebody of a circle, as the tables and the desks say. */
export interface Candidate {
  id: string; name: string; roles: readonly string[]; languages: string[]; skills: Record<string, number>;
  /** Of an operator; null: no shift was begun. */
  state: string | null; reason: string | null; since: Date | null; idleSince: Date | null;
  /** Hand-overs that wait for this person's answer. */
  asked: number;
}

/** Operators are what their line says; whoever has no line is there while a desk of theirs is open. */
export function presenceOf({ roles, state, asked }: Pick<Candidate, "roles" | "state" | "asked">, hasDesk: boolean): Presence {
  if (state === "talking" || state === "offered") return "in_call";
  if (state === "wrap_up") return "busy";
  if (state === "not_ready") return "away";
  // Whoever only takes calls and has not begun the shift is not there, whatever desk stands open.
  const isThere = state === "ready" || (hasDesk && roles.some((role) => role !== "operator"));
  if (!isThere) return "off";
  return asked > 0 ? "busy" : "free";
}

type Present = Candidate & { presence: Presence };

/** Who of these is asked next: free, speaking the client's language, idle for the longest. Undefined: nobody is free. */
export const nextOf = <C extends Present>(people: readonly C[], language: string): C | undefined => people.filter(({ presence }) => presence === "free").sort((one, other) => rank(other, language) - rank(one, language)
  || (one.idleSince?.getTime() ?? 0) - (other.idleSince?.getTime() ?? 0) || one.name.localeCompare(other.name) || one.id.localeCompare(other.id))[0];
const rank = ({ languages }: Present, language: string): number => (languages.includes(language) ? 1 : 0);

const ORDER: readonly Presence[] = ["free", "busy", "in_call", "away", "off"];
/** Who can be asked stands first. */
export const inOrder = <C extends Present>(people: readonly C[]): C[] => people.toSorted((one, other) => ORDER.indexOf(one.presence) - ORDER.indexOf(other.presence) || one.name.localeCompare(other.name));

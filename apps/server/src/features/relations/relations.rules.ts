import type { MergePreview, Side } from "./relations.contract.ts";

export type Kind = "related" | "duplicate_of" | "caused_by" | "blocks";
export interface Stored { id: string; fromId: string; toId: string; kind: Kind }

/** Which kind is stored, and whether the other ticket is where it begins. */
const STORED: Record<Side, { kind: Kind; turned: boolean }> = {
  related: { kind: "related", turned: false }, duplicate_of: { kind: "duplicate_of", turned: false }, duplicated_by: { kind: "duplicate_of", turned: true },
  caused_by: { kind: "caused_by", turned: false }, causes: { kind: "caused_by", turned: true }, blocks: { kind: "blocks", turned: false }, blocked_by: { kind: "blocks", turned: true },
};

/** A relation as it is stored, from how it is said at one of its ends. */
export function toStored(side: Side, here: string, there: string): Omit<Stored, "id"> {
  const { kind, turned } = STORED[side];
  const [fromId, toId] = kind === "related" ? [here, there].sort() as [string, string] : turned ? [there, here] : [here, there];
  return { kind, fromId, toId };
}

const TURNED: Record<Kind, Side> = { related: "related", duplicate_of: "duplicated_by", caused_by: "causes", blocks: "blocked_by" };
/** How a stored relation is said at one of its ends. */
export const sideOf = ({ kind, fromId }: Pick<Stored, "kind" | "fromId">, here: string): Side => (fromId === here ? kind : TURNED[kind]);

/** What the relations of a merged ticket become at the kept one; null: there is nothing left to say. */
export function atKept(relation: Stored, goneId: string, keptId: string): Omit<Stored, "id"> | null {
  const other = relation.fromId === goneId ? relation.toId : relation.fromId;
  return other === keptId ? null : toStored(sideOf(relation, goneId), keptId, other);
}

/** The part of a ticket that merging looks at. */
export interface Mergeable {
  id: string; projectKey: string; type: string; status: string; clientId: string | null; contactPhone: string | null; contactEmail: string | null; ownerId: string | null; mergedInto: string | null; parentId: string | null; createdAt: Date;
}
/** What merging asks beside the two tickets: whether one asks for the other as a task, and the cards of their clients. */
export interface Between { isKin: boolean; cards: Readonly<Record<string, { phones: readonly string[]; emails: readonly string[] }>> }

/** Why these two cannot become one; null: they can. A link must never lead to what another client has asked. */
export function refusalOf(kept: Mergeable, gone: Mergeable, between: Between): string | null {
  if (kept.id === gone.id) return "merge_itself";
  if (kept.mergedInto || gone.mergedInto) return "merge_merged";
  if (kept.projectKey !== gone.projectKey) return "merge_other_project";
  if (kept.type === "callback" || gone.type === "callback") return "merge_callback";
  return refusedByTask(kept, gone, between) ?? refusedByClient(kept, gone, between) ?? refusedByState(kept, gone);
}

function refusedByTask(kept: Mergeable, gone: Mergeable, { isKin }: Between): string | null {
  if (isKin) return "merge_own_task";
  // Its client would be led to what one of us asks of another.
  return kept.parentId !== null && gone.parentId === null ? "merge_into_task" : null;
}

function refusedByClient(kept: Mergeable, gone: Mergeable, between: Between): string | null {
  if (kept.clientId && gone.clientId && kept.clientId !== gone.clientId) return "merge_other_client";
  return areStrangers(kept, gone, between) ? "merge_other_person" : null;
}

const isOpen = ({ status }: Mergeable): boolean => status === "open" || status === "waiting";
/** What asked for a task waits for an answer, which one that has ended gives no more. */
function refusedByState(kept: Mergeable, gone: Mergeable): string | null {
  if (kept.status === "closed" && gone.status !== "closed") return "merge_into_closed";
  return gone.parentId !== null && isOpen(gone) && !isOpen(kept) ? "merge_task_into_ended" : null;
}

/** Each has somebody who asked, and nothing says that it is one person: neither a card nor a number or an address of both. */
function areStrangers(kept: Mergeable, gone: Mergeable, { cards }: Between): boolean {
  if (kept.clientId !== null && kept.clientId === gone.clientId) return false;
  const reached = ({ clientId, contactPhone, contactEmail }: Mergeable): string[] => {
    const card = clientId === null ? undefined : cards[clientId];
    return [contactPhone, contactEmail, ...card?.phones ?? [], ...card?.emails ?? []].flatMap((each) => (each ? [each.toLowerCase()] : []));
  };
  const [ofKept, ofGone] = [reached(kept), reached(gone)];
  const isKnown = (ticket: Mergeable, contacts: string[]): boolean => ticket.clientId !== null || contacts.length > 0;
  return isKnown(kept, ofKept) && isKnown(gone, ofGone) && !ofKept.some((each) => ofGone.includes(each));
}

const differ = (one: string | null, other: string | null): boolean => one !== null && other !== null && one !== other;

export function warningsOf(kept: Mergeable, gone: Mergeable): MergePreview["warnings"] {
  const sameClient = kept.clientId !== null && kept.clientId === gone.clientId;
  return [
    ...(!sameClient && (differ(kept.contactPhone, gone.contactPhone) || differ(kept.contactEmail, gone.contactEmail)) ? ["other_contact" as const] : []),
    ...(kept.type !== gone.type ? ["other_type" as const] : []),
    ...(kept.createdAt > gone.createdAt ? ["kept_is_newer" as const] : []),
    ...(gone.ownerId && gone.ownerId !== kept.ownerId ? ["gone_has_owner" as const] : []),
  ];
}

export const UNDO_MS = 24 * 3_600_000;

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
  id: string; projectKey: string; type: string; status: string; clientId: string | null; contactPhone: string | null; contactEmail: string | null; ownerId: string | null; mergedInto: string | null; createdAt: Date;
}

/** Why these two cannot become one; null: they can. A link must never lead to what another client has asked. */
export function refusalOf(kept: Mergeable, gone: Mergeable): string | null {
  if (kept.id === gone.id) return "merge_itself";
  if (kept.mergedInto || gone.mergedInto) return "merge_merged";
  if (kept.projectKey !== gone.projectKey) return "merge_other_project";
  if (kept.type === "callback" || gone.type === "callback") return "merge_callback";
  if (kept.clientId && gone.clientId && kept.clientId !== gone.clientId) return "merge_other_client";
  return kept.status === "closed" && gone.status !== "closed" ? "merge_into_closed" : null;
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

/** A row as it is sealed: texts exactly as PostgreSQL writes them, so that the same row always gives the same bytes. */
export interface SealedText {
  id: string; at: string; actorKind: string; actorId: string | null; actorName: string; action: string; objectKind: string; objectId: string;
  before: string | null; after: string | null; reason: string | null; requestId: string;
}

/** What is hashed after the hash of the row before. The first element is the version of this format. */
export const canonical = (seq: number, row: SealedText): string =>
  JSON.stringify([1, seq, row.id, row.at, row.actorKind, row.actorId, row.actorName, row.action, row.objectKind, row.objectId, row.before, row.after, row.reason, row.requestId]);

/** Before the first row. */
export const GENESIS = "00".repeat(32);

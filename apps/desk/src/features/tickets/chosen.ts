import { MAX_FILE_BYTES } from "@linija/server/contract/tickets/tickets.files";

export interface Refused<F> { file: F; why: "empty" | "too_large" }

/** Of the files somebody chose, those that can be attached, and why the others cannot: said now, not after the upload. */
export function sortChosen<F extends { size: number }>(files: Iterable<F>): { taken: F[]; refused: Refused<F>[] } {
  const taken: F[] = [];
  const refused: Refused<F>[] = [];
  for (const file of files) {
    if (file.size === 0) refused.push({ file, why: "empty" });
    else if (file.size > MAX_FILE_BYTES) refused.push({ file, why: "too_large" });
    else taken.push(file);
  }
  return { taken, refused };
}

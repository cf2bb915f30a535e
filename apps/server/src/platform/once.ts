import { isDeepStrictEqual } from "node:util";
import { conflict } from "./errors.ts";

/**
 * What stands under an id that was drawn when its writing began. The same sent again, because the answer was lost, is
 * answered with it; whatever else comes under that id (other words, another writer, another ticket) is refused.
 */
export function sameOrRefused<T extends object>(there: T | undefined, sent: Partial<T>): T {
  if (!there || !isSame(there, sent)) throw conflict("sent_before");
  return there;
}

export const isSame = <T extends object>(there: T | undefined, sent: Partial<T>): boolean =>
  there !== undefined && Object.entries(sent).every(([name, value]) => isDeepStrictEqual(there[name as keyof T], value));

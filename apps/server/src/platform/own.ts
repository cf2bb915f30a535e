/**
 * What stands under a key that came from outside (a request, a declaration, a rule's computed text). A plain `record[key]` finds
 * functions under `constructor` and the like, which nobody has put there.
 */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);

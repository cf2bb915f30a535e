import { newId } from "./ids.ts";

const QUIET = "quiet-";

/** For the context of work over many things that must not write to clients: whatever follows from its facts, by rules too, is under this id. */
export const quietRequestId = (): string => `${QUIET}${newId()}`;
export const isQuiet = (requestId: string): boolean => requestId.startsWith(QUIET);

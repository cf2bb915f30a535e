import { ApiError } from "./api.ts";
import { newId } from "./ids.ts";

/** No answer, or none that says what has become of it: it may have been written. */
const isLost = (error: unknown): boolean => error instanceof ApiError && (error.problem.status === 0 || error.problem.status >= 500);

/** The server has something else under the id of this draft, which was sent before it was changed: what is sent next is another. */
export const drawAnother = (set: (change: { id: string }) => void) => (error: unknown): void => {
  if (error instanceof ApiError && error.problem.code === "sent_before") set({ id: newId() });
};

const unanswered = new Map<string, string>();

/**
 * The id of what is sent by one press and has no draft that keeps one: the same until its answer is here, so that a press
 * after a lost answer sends the same again. Once what it made is `there` to be seen, the next press means another.
 */
export function idUntilAnswered(what: string, there: readonly { id: string }[] = []): string {
  const known = unanswered.get(what);
  const id = known !== undefined && !there.some((each) => each.id === known) ? known : newId();
  unanswered.set(what, id);
  return id;
}

/** The answer is here, or the error in its place. */
export function answered(what: string, error: unknown): void {
  if (!isLost(error)) unanswered.delete(what);
}

/** What the table says of the call an operator is thought to have. */
export interface Hold { id: string; state: string; operatorId: string | null; isWrapped: boolean }

/** What the table says of an operator. */
export interface Standing { operatorId: string; state: string; interactionId: string | null }

/**
 * What becomes of an operator who is busy with a call that no voice node holds for them; null leaves them as they are.
 * A call that lives in the table and was theirs is first ended by recovery, which then brings them here again.
 */
export function verdictOn(operator: { id: string; state: string }, hold: Hold | undefined, isComplete: boolean): "ready" | "wrap_up" | null {
  if (hold && hold.state !== "ended" && hold.state !== "wrap_up") return isComplete && operator.state !== "wrap_up" && hold.operatorId !== operator.id ? "ready" : null;
  if (!hold || !owesWrapUp(hold, operator.id)) return "ready";
  return operator.state === "wrap_up" ? null : "wrap_up";
}

const owesWrapUp = (hold: Hold, operatorId: string): boolean => hold.state === "wrap_up" && hold.operatorId === operatorId && !hold.isWrapped;

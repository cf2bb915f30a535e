import type { DomainEvent } from "../../platform/events.ts";

/** Languages, skills, extension or phone changed; which of them, never a password. Routing reads the operator again. */
export const operatorChanged = (operatorId: string, changed: string[]): DomainEvent =>
  ({ type: "operator.changed", subject: { kind: "operator", id: operatorId }, data: { changed }, touches: [{ kind: "operators", id: operatorId }] });

/** Not a stored fact, only a push to screens: a phone registered that was not, or left. */
export const phoneMoved = (operatorId: string): DomainEvent =>
  ({ type: "operator.phone_moved", subject: { kind: "operator", id: operatorId }, data: {}, touches: [{ kind: "operators", id: operatorId }] });

import type { DomainEvent } from "../../platform/events.ts";

const about = (userId: string) => ({ kind: "user", id: userId });

export const signedIn = (userId: string): DomainEvent => ({ type: "access.signed_in", subject: about(userId), data: {} });
export const signedOut = (userId: string): DomainEvent => ({ type: "access.signed_out", subject: about(userId), data: {} });
/** Too many wrong passwords; `userId` is null when nobody has that name. Kept for the audit; nobody is alerted by it yet. */
export const lockedOut = (userId: string | null, address: string, until: Date): DomainEvent => ({
  type: "access.locked_out", subject: { kind: "user", id: userId ?? "unknown" }, data: { address, until: until.toISOString() }, touches: [{ kind: "floor", id: "alerts" }],
});
export const userCreated = (userId: string): DomainEvent => ({ type: "access.user_created", subject: about(userId), data: {} });
/** By the person; every other session of theirs has ended. */
export const passwordChanged = (userId: string): DomainEvent => ({ type: "access.password_changed", subject: about(userId), data: {} });
/** Rights, name, block or password changed; open sockets of that user must look at the session again. */
export const userChanged = (userId: string, data: { disabled: boolean; sessionsEnded: boolean }): DomainEvent => ({ type: "access.user_changed", subject: about(userId), data });

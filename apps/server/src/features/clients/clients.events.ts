import type { DomainEvent } from "../../platform/events.ts";

const about = (clientId: string) => ({ kind: "client", id: clientId });
const call = (interactionId: string | null) => (interactionId ? [{ kind: "call", id: interactionId }] : []);

export const clientCreated = (clientId: string, interactionId: string | null): DomainEvent => ({ type: "client.created", subject: about(clientId), data: { interactionId }, touches: call(interactionId) });
export const callsJoined = (clientId: string, { calls, ticketIds }: { calls: number; ticketIds: string[] }): DomainEvent => ({ type: "client.calls_joined", subject: about(clientId), data: { calls }, touches: ticketIds.map((id) => ({ kind: "ticket", id })) });
/** `fields` are names only: what was and what is stands in the audit trail. */
export const clientChanged = (clientId: string, fields: string[]): DomainEvent => ({ type: "client.changed", subject: about(clientId), data: { fields } });
export const clientConfirmed = (clientId: string): DomainEvent => ({ type: "client.confirmed", subject: about(clientId), data: {} });
export const clientArchived = (clientId: string, archived: boolean): DomainEvent => ({ type: archived ? "client.archived" : "client.restored", subject: about(clientId), data: {} });
export const clientsMerged = (keptId: string, otherId: string): DomainEvent => ({ type: "client.merged", subject: about(keptId), data: { otherId }, touches: [about(otherId)] });

import type { Actor, TxCtx } from "./db.ts";
import { newId } from "./ids.ts";
import { remembered } from "./remembered.ts";

/** A fact. `subject` is what it is about; listeners hear the facts of one subject in order. */
export interface DomainEvent<T extends string = string, D = unknown> {
  type: T;
  subject: { kind: string; id: string };
  data: D;
  /** Other things whose screens change with this fact, for realtime only. */
  touches?: { kind: string; id: string }[];
}

export interface StoredEvent extends DomainEvent { id: string; at: Date; actor: Actor; depth: number; requestId: string }

/** Durable listeners, by name, and the types each wants (`*` for all). Filled once by `subscriptions.ts`. */
const durable = new Map<string, (type: string) => boolean>();
/** Told after commit on this node; realtime lives here. Missing one is repaired by a refetch. */
const afterCommit = new Set<(events: StoredEvent[]) => void>();

remembered(() => { durable.clear(); afterCommit.clear(); });

export const registerDurable = (name: string, wants: (type: string) => boolean): void => { durable.set(name, wants); };
export const onCommitted = (listener: (events: StoredEvent[]) => void): (() => void) => {
  afterCommit.add(listener);
  return () => afterCommit.delete(listener);
};
export const announce = (events: StoredEvent[]): void => { for (const listener of afterCommit) listener(events); };
const listenersOf = (type: string): string[] => [...durable].filter(([, wants]) => wants(type)).map(([name]) => name);

/** Who did it, as kept with the fact: never a session or a secret. */
const actorOf = (actor: Actor) => ({ kind: actor.kind, name: actor.name, ...(actor.kind === "system" ? {} : { id: actor.id }) });

/** Writes the fact and one delivery row per durable listener at the end of the transaction that made it true. */
export function emit(ctx: TxCtx, ...events: DomainEvent[]): Promise<void> {
  const stored = events.map((event): StoredEvent => ({ ...event, id: newId(ctx.now().getTime()), at: ctx.now(), actor: ctx.actor, depth: ctx.depth, requestId: ctx.requestId }));
  ctx.facts.events.push(...stored.map(toRow));
  ctx.facts.deliveries.push(...deliveryRows(stored));
  ctx.afterCommit.push(() => announce(stored));
  return Promise.resolve();
}

export const toRow = (event: StoredEvent) => ({
  id: event.id, at: event.at.toISOString(), type: event.type, subject_kind: event.subject.kind, subject_id: event.subject.id,
  actor: actorOf(event.actor), data: event.data, depth: event.depth, request_id: event.requestId,
});

export const deliveryRows = (events: StoredEvent[]) =>
  events.flatMap((event) => listenersOf(event.type).map((listener) => ({ event_id: event.id, listener, subject_id: event.subject.id })));

/**
 * What the catalogue's variables hold while a rule runs. Whoever evaluates an expression gives records of these shapes;
 * what an expression does not read may be left out, what is absent is empty. Moments are ISO 8601 or `Date`.
 */
type Moment = string | Date;

export interface TicketValues {
  number?: string; type?: string; stage?: string; status?: string; priority?: string; subject?: string; description?: string; channel?: string; language?: string;
  department?: string | null; owner?: PersonValues | null; created?: Moment; stage_since?: Moment; due?: Moment | null; closed?: Moment | null;
  /** Milliseconds. */
  age?: number; stage_age?: number; time_left?: number | null;
  overdue?: boolean; paused?: boolean; reopened?: number; calls?: number; subtasks?: number; open_subtasks?: number; undone_subtasks?: number; open_approvals?: number;
  score?: number | null; resolution?: string | null; client_comment?: string | null; closed_as?: string | null;
  /** By `fieldName`. Money as `{ amount, currency }`, moments as ISO 8601. */
  fields?: Record<string, unknown>;
}
export interface PersonValues { id: string; name: string }
export interface ClientValues {
  id?: string; name?: string; kind?: string; language?: string | null; flags?: string[]; city?: string | null; since?: Moment; phone?: string | null; email?: string | null;
  tickets?: number; open_tickets?: number; recent_tickets?: number;
}
/** A call, or another conversation. */
export interface CallValues {
  channel?: string; direction?: string; from?: string; to?: string; queue?: string | null; language?: string | null; outcome?: string | null; disposition?: string | null;
  started?: Moment; /** Milliseconds. */ waited?: number | null; talked?: number | null;
}
export interface ActorValues { kind?: "user" | "client" | "system"; id?: string | null; name?: string; roles?: readonly string[]; department?: string | null; language?: string | null }
export interface ProjectValues { key?: string; name?: string; time_zone?: string; languages?: readonly string[] }
export interface EventValues { type?: string; from?: string | null; to?: string | null; transition?: string | null; by?: string | null; at?: Moment; clock?: string | null; percent?: number | null }

export interface RuleValues {
  ticket?: TicketValues; client?: ClientValues | null; call?: CallValues | null; actor?: ActorValues; project?: ProjectValues; event?: EventValues;
  form?: Record<string, unknown> | null; now?: Moment;
}

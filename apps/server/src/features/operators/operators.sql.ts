import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export type OperatorState = "offline" | "ready" | "not_ready" | "offered" | "talking" | "wrap_up";
export interface OperatorRow {
  id: string; name: string; language: string; projects: string[]; languages: string[]; skills: Record<string, number>; device: "browser" | "phone";
  sipUser: string | null; sipContact: string | null; disabled: boolean;
  state: OperatorState | null; reason: string | null; since: Date | null; idleSince: Date | null; interactionId: string | null;
}

const columns = sql`u.id, u.name, u.language, u.projects, o.languages, o.skills, o.device, o.sip_user, o.sip_contact, u.disabled_at is not null as disabled,
  s.state, s.reason, s.since, s.idle_since, s.interaction_id`;

export const selectOperators = async (db: Db): Promise<OperatorRow[]> =>
  (await sql<OperatorRow>`select ${columns} from operators o join users u on u.id = o.user_id left join operator_states s on s.operator_id = o.user_id where 'operator' = any(u.roles) order by u.id`.execute(db)).rows;

export const selectOperator = async (db: Db, id: string): Promise<OperatorRow | undefined> =>
  (await sql<OperatorRow>`select ${columns} from operators o join users u on u.id = o.user_id left join operator_states s on s.operator_id = o.user_id where o.user_id = ${id} and 'operator' = any(u.roles)`.execute(db)).rows[0];

export const updateDevice = async (db: Db, id: string, device: string): Promise<boolean> =>
  (await sql`update operators set device = ${device} where user_id = ${id}`.execute(db)).numAffectedRows === 1n;

export interface SipAccount { userId: string; ha1: { md5: string; sha256: string } }
export const selectSipAccount = async (db: Db, sipUser: string): Promise<SipAccount | undefined> =>
  (await sql<SipAccount>`select user_id, sip_ha1 as ha1 from operators where sip_user = ${sipUser} and sip_ha1 is not null`.execute(db)).rows[0];

export const upsertRegistration = (db: Db, row: { sipUser: string; contact: string; callId: string; cseq: number; agent: string; expiresAt: Date }) => sql`
  insert into sip_registrations (sip_user, contact, call_id, cseq, agent, expires_at) values (${row.sipUser}, ${row.contact}, ${row.callId}, ${row.cseq}, ${row.agent}, ${row.expiresAt})
  on conflict (sip_user, contact) do update set call_id = excluded.call_id, cseq = excluded.cseq, agent = excluded.agent, expires_at = excluded.expires_at`.execute(db);

export const deleteRegistration = (db: Db, sipUser: string, contact: string | null) => sql`delete from sip_registrations where sip_user = ${sipUser} and (${contact}::text is null or contact = ${contact})`.execute(db);

export const selectContacts = async (db: Db, sipUser: string): Promise<{ contact: string; expiresAt: Date }[]> =>
  (await sql<{ contact: string; expiresAt: Date }>`select contact, expires_at from sip_registrations where sip_user = ${sipUser} and expires_at > now() order by expires_at desc`.execute(db)).rows;

/** What the operator's line needs besides the state: who is registered, which offer rings, which call is live or in wrap-up. */
export interface LineRow { device: "browser" | "phone"; phoneRegistered: boolean; offerId: string | null; offerInteractionId: string | null; offeredAt: Date | null; state: OperatorState; reason: string | null; since: Date; interactionId: string | null; endedAt: Date | null }
export const selectLine = async (db: Db, id: string): Promise<LineRow | undefined> => (await sql<LineRow>`
  select o.device, (o.sip_contact is not null or exists (select 1 from sip_registrations r where r.sip_user = o.sip_user and r.expires_at > now())) as phone_registered,
    f.id as offer_id, f.interaction_id as offer_interaction_id, f.offered_at,
    coalesce(s.state, 'offline') as state, s.reason, coalesce(s.since, now()) as since, s.interaction_id, i.ended_at
  from operators o left join operator_states s on s.operator_id = o.user_id
  left join offers f on f.operator_id = o.user_id and f.state = 'ringing'
  left join interactions i on i.id = s.interaction_id
  where o.user_id = ${id}`.execute(db)).rows[0];

/** A person with the role operator gets what is needed to take calls; what is there already is kept. */
export const ensureOperator = async (db: Db, userId: string, skillsOf: (projects: string[]) => Record<string, number>): Promise<boolean> => {
  const user = (await sql<{ language: string; projects: string[] }>`select language, projects from users where id = ${userId} and 'operator' = any(roles)`.execute(db)).rows[0];
  if (!user) return false;
  await sql`insert into operators (user_id, languages, skills) values (${userId}, ${[user.language]}, ${JSON.stringify(skillsOf(user.projects))}::jsonb) on conflict do nothing`.execute(db);
  return true;
};

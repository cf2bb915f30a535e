import { sql, type Generated, type Updateable } from "kysely";
import type { Db } from "../../platform/db.ts";
import type { Cursor } from "../../platform/page.ts";

export interface OperatorsTable {
  userId: string; languages: string[]; skills: Record<string, number>; queues: Generated<string[]>; device: Generated<"browser" | "phone">;
  sipUser: string | null; sipHa1: Ha1 | null; sipContact: string | null; wrapUpS: Generated<number>; version: Generated<number>;
}
/** HA1 of RFC 7616 by algorithm; never leaves this feature. */
export interface Ha1 { md5: string; sha256: string }
declare module "../../platform/db.ts" { interface Tables { operators: OperatorsTable } }

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

export interface SipAccount { userId: string; ha1: Ha1 }
/** Of somebody who is blocked the phone is unknown, like their session. */
export const selectSipAccount = async (db: Db, sipUser: string): Promise<SipAccount | undefined> => (await sql<SipAccount>`
  select o.user_id, o.sip_ha1 as ha1 from operators o join users u on u.id = o.user_id and u.disabled_at is null where o.sip_user = ${sipUser} and o.sip_ha1 is not null`.execute(db)).rows[0];

export interface Registration { sipUser: string; contact: string; callId: string; cseq: number; agent: string; expiresAt: Date }
/**
 * Null when the account is no longer the one that was asked for the password: a new password, given while the phone was
 * registering with the old one, wins. The row is locked, so whoever comes second sees what the first has done.
 */
export const upsertRegistration = async (db: Db, { md5 }: Ha1, row: Registration): Promise<{ isNew: boolean } | null> => (await sql<{ isNew: boolean }>`
  with account as (select sip_user from operators where sip_user = ${row.sipUser} and sip_ha1->>'md5' = ${md5} for share),
  known as (select 1 from sip_registrations where sip_user = ${row.sipUser} and contact = ${row.contact} and expires_at > now())
  insert into sip_registrations as r (sip_user, contact, call_id, cseq, agent, expires_at) select sip_user, ${row.contact}, ${row.callId}, ${row.cseq}, ${row.agent}, ${row.expiresAt} from account
  on conflict (sip_user, contact) do update set call_id = excluded.call_id, cseq = excluded.cseq, agent = excluded.agent, expires_at = excluded.expires_at
  returning not exists (select 1 from known) as is_new`.execute(db)).rows[0] ?? null;

/** How many there were. */
export const deleteRegistration = async (db: Db, sipUser: string, contact: string | null): Promise<number> =>
  Number((await sql`delete from sip_registrations where sip_user = ${sipUser} and (${contact}::text is null or contact = ${contact})`.execute(db)).numAffectedRows);

/** Of an extension's addresses those that last longest are kept, so many; older ones are forgotten. */
export const keepNewest = (db: Db, sipUser: string, most: number) => sql`delete from sip_registrations where sip_user = ${sipUser}
  and contact in (select contact from sip_registrations where sip_user = ${sipUser} order by expires_at desc, contact offset ${most})`.execute(db);

export const deleteExpiredRegistrations = (db: Db, now: Date) => sql`delete from sip_registrations where expires_at <= ${now}`.execute(db);

export const selectContacts = async (db: Db, sipUser: string): Promise<{ contact: string; expiresAt: Date }[]> =>
  (await sql<{ contact: string; expiresAt: Date }>`select contact, expires_at from sip_registrations where sip_user = ${sipUser} and expires_at > now() order by expires_at desc`.execute(db)).rows;

/** What the operator's line needs besides the state: who is registered, which offer rings, which call is live or in wrap-up. */
export interface LineRow { device: "browser" | "phone"; extension: string | null; phoneRegistered: boolean; offerId: string | null; offerInteractionId: string | null; offeredAt: Date | null; state: OperatorState; reason: string | null; since: Date; interactionId: string | null; endedAt: Date | null }
export const selectLine = async (db: Db, id: string): Promise<LineRow | undefined> => (await sql<LineRow>`
  select o.device, o.sip_user as extension, (o.sip_contact is not null or exists (select 1 from sip_registrations r where r.sip_user = o.sip_user and r.expires_at > now())) as phone_registered,
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

/** An operator as the people's screens show them. */
export interface OperatorDetail {
  id: string; name: string; roles: string[]; projects: string[]; disabled: boolean; languages: string[]; skills: Record<string, number>; device: "browser" | "phone";
  extension: string | null; hasPassword: boolean; sipContact: string | null; registered: boolean; agent: string; state: OperatorState | null; version: number;
}
const detail = sql`u.id, u.name, u.roles, u.projects, u.disabled_at is not null as disabled, o.languages, o.skills, o.device, o.version,
  o.sip_user as extension, o.sip_ha1 is not null as has_password, o.sip_contact, o.sip_contact is not null or r.agent is not null as registered, coalesce(r.agent, '') as agent, s.state
  from operators o join users u on u.id = o.user_id left join operator_states s on s.operator_id = o.user_id
  left join lateral (select agent from sip_registrations r where r.sip_user = o.sip_user and r.expires_at > now() order by r.expires_at desc limit 1) r on true`;

export const selectOperatorDetail = async (db: Db, id: string): Promise<OperatorDetail | undefined> =>
  (await sql<OperatorDetail>`select ${detail} where o.user_id = ${id}`.execute(db)).rows[0];

/** `projects` null: of all; `own` is seen whatever the projects. */
export interface OperatorSearch { text: string; own: string; projects: string[] | null; cursor: Cursor | null; limit: number }
export const selectOperatorDetails = async (db: Db, { text, own, projects, cursor, limit }: OperatorSearch): Promise<OperatorDetail[]> => (await sql<OperatorDetail>`select ${detail}
  where ('operator' = any(u.roles) or o.sip_user is not null)
    and (${projects}::text[] is null or u.projects && ${projects}::text[] or (cardinality(${projects}::text[]) > 0 and cardinality(u.projects) = 0) or u.id = ${own})
    and (${text} = '' or position(lower(${text}) in lower(u.name)) > 0 or o.sip_user like ${text.replaceAll(/[\\%_]/g, "\\$&")} || '%')
    and (${cursor === null} or (u.name, u.id) > (${cursor?.[0] ?? ""}, ${cursor?.[1] ?? null}::uuid))
  order by u.name, u.id limit ${limit + 1}`.execute(db)).rows;

/** Changes only the version the reader saw; false means someone else was first. */
export const updateOperatorRow = async (db: Db, id: string, version: number, set: Omit<Updateable<OperatorsTable>, "userId" | "version">): Promise<boolean> => {
  // `pg` would write an object as a composite; jsonb columns get their text.
  const json = Object.fromEntries((["skills", "sipHa1"] as const).flatMap((key) => (set[key] ? [[key, JSON.stringify(set[key])]] : [])));
  const done = await db.updateTable("operators").set({ ...set, ...json }).set((eb) => ({ version: eb("version", "+", 1) })).where("userId", "=", id).where("version", "=", version).executeTakeFirst();
  return done.numUpdatedRows === 1n;
};

/** Whose number it is. The lock makes two who give the same number at once take turns. */
export const selectHolder = async (db: Db, extension: string): Promise<{ id: string; name: string } | undefined> => {
  await sql`select pg_advisory_xact_lock(${sql.lit(EXTENSIONS)})`.execute(db);
  return (await sql<{ id: string; name: string }>`select u.id, u.name from operators o join users u on u.id = o.user_id where o.sip_user = ${extension}`.execute(db)).rows[0];
};
const EXTENSIONS = 5060;

/** The lowest number from 200 on that nobody has. */
export const selectFreeExtension = async (db: Db, taken: string[]): Promise<string | null> => (await sql<{ extension: string }>`
  select n::text as extension from generate_series(200, 9999) n where n::text <> all(${taken}) and not exists (select 1 from operators where sip_user = n::text) order by n limit 1`.execute(db)).rows[0]?.extension ?? null;

import { sql } from "kysely";
import type { Db } from "../../platform/db.ts";

export interface KnownContacts { id: string; phone: string[]; email: string[] }

/** Of tickets, cards, conversations, forms and promises: what stands on the thing itself and on the card behind it. By primary keys only; what is of another kind has none. */
export const selectContacts = (db: Db, ids: readonly string[]) => sql<KnownContacts>`with asked as materialized (select unnest(${[...ids]}::uuid[]) as id),
  subjects as (select id, id as thing from asked
    union all select f.id, f.subject_id from asked join form_records f using (id) where f.subject_id is not null
    union all select p.id, p.ticket_id from asked join promises p using (id) where p.ticket_id is not null),
  known as (select s.id, t.client_id, t.contact_phone as phone, t.contact_email as email from subjects s join tickets t on t.id = s.thing
    union all select s.id, i.client_id, case i.direction when 'in' then i.from_number else i.to_number end, null from subjects s join interactions i on i.id = s.thing
    union all select s.id, c.id, null, null from subjects s join clients c on c.id = s.thing
    union all select p.id, p.client_id, null, null from asked join promises p using (id)),
  every as (select id, phone, email from known
    union all select k.id, p.e164, null from known k join client_phones p on p.client_id = k.client_id
    union all select k.id, null, m.address from known k join client_emails m on m.client_id = k.client_id)
  select id, coalesce(array_agg(distinct phone) filter (where phone <> ''), '{}') as phone, coalesce(array_agg(distinct email) filter (where email <> ''), '{}') as email from every group by id`.execute(db).then(({ rows }) => rows);

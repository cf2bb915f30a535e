-- Merges of before a ticket inherits whom those are about that were merged into it (R129): their words stand there. What such a
-- ticket asks of departments tells them, too. Undoing a merge computes it anew.
with recursive named as (
  select merged_into as id, about from tickets, unnest(about_user_ids) about where merged_into is not null and parent_id is distinct from merged_into
  union
  select next.id, named.about from named cross join lateral (
    select t.id from tickets t where t.parent_id = named.id
    union all select t.merged_into from tickets t where t.id = named.id and t.merged_into is not null and t.parent_id is distinct from t.merged_into) next
), whole as (select id, array_agg(about) as about from named group by id)
update tickets t set about_user_ids = (select array_agg(distinct about order by about) from unnest(t.about_user_ids || w.about) about),
  owner_id = case when t.owner_id = any(w.about) then null else t.owner_id end
from whole w where w.id = t.id and not coalesce(t.about_user_ids, '{}') @> w.about;

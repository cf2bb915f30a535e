-- A caller who gives up again before anybody has called back is owed one call, not two: the callback counts them.
alter table tickets add column calls int not null default 1, add column last_call_at timestamptz;
create index tickets_callback_number on tickets (contact_phone) where type = 'callback' and status in ('open', 'waiting');

-- The callback a call is owed, its own or the one it was counted on; `ticket_id` may be another ticket of the same call.
alter table interactions add column callback_id uuid;
update interactions i set callback_id = t.id from tickets t where t.interaction_id = i.id and t.type = 'callback';

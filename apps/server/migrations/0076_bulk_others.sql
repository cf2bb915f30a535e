-- What a step of a bulk change has touched: the ticket it was taken on, and those it has changed along with it (sub-tasks it cancelled, a parent that went on).
-- Each as it was before, with the version it was left with and the approvals that lapsed: all of them are taken back, or none.
create table bulk_touched (
  run_id uuid not null,
  n int not null,
  ticket_id uuid not null references tickets (id) on delete cascade,
  -- Null: of a run of before this was kept.
  version_before int,
  version_after int not null,
  before jsonb not null,
  lapsed uuid[] not null default '{}',
  primary key (run_id, n, ticket_id),
  foreign key (run_id, n) references bulk_items (run_id, n) on delete cascade
);
create index bulk_touched_ticket on bulk_touched (ticket_id, version_after);

insert into bulk_touched (run_id, n, ticket_id, version_after, before)
  select run_id, n, ticket_id, version_after, before from bulk_items where state = 'changed' and before is not null and version_after is not null;
alter table bulk_items drop column before, drop column version_after;

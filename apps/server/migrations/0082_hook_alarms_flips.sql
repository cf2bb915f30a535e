-- A sensor at its limit goes off and on again and again: of one alarm a change of state is written down at once when the last one
-- that was is old enough. What comes sooner is counted here, with its last word, and told in one note later.
alter table hook_alarms add column flipped_at timestamptz, add column flips int not null default 0, add column held jsonb;
create index hook_alarms_held on hook_alarms (flipped_at) where flips > 0;

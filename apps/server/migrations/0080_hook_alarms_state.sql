-- Whether the last word of an alarm was that it is on: what says otherwise is written down at once, however soon it comes.
alter table hook_alarms add column is_on boolean not null default true;

-- How bad the worst report of an alarm was (the number of its priority), so that a worse one is told from one more.
alter table hook_alarms add column worst int;

-- What a hook could not take, and why: a row a reason, counted.
create table hook_refusals (
  project_key text not null references projects (key) on delete cascade,
  hook_key text not null,
  -- SHA-256 of reason and places.
  what bytea not null,
  reason text not null,
  params jsonb not null,
  fields jsonb not null,
  times int not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (project_key, hook_key, what)
);
create index hook_refusals_old on hook_refusals (last_at);

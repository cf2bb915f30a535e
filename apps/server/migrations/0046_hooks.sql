-- Doors for other systems, declared in a project's webhooks_in.yaml: their secrets, what has come through, and which ticket it is on.
create table hook_secrets (
  project_key text not null references projects (key) on delete cascade,
  hook_key text not null,
  -- Sealed with the key file of this installation; told once to who made it.
  secret bytea not null,
  made_at timestamptz not null,
  made_by text not null,
  primary key (project_key, hook_key)
);

-- What was sent, by its signature: the same again within the time a signature is good for is answered as the first.
create table hook_calls (
  signature bytea primary key,
  project_key text not null,
  hook_key text not null,
  at timestamptz not null,
  ticket_id uuid references tickets (id) on delete cascade
);
create index hook_calls_old on hook_calls (at);
create index hook_calls_ticket on hook_calls (ticket_id);

-- What tells repeats apart, and the ticket they are on. Its row is locked by whoever brings news of it.
create table hook_alarms (
  project_key text not null,
  hook_key text not null,
  alarm text not null,
  ticket_id uuid references tickets (id) on delete cascade,
  times int not null default 1,
  last_at timestamptz not null,
  noted_at timestamptz,
  primary key (project_key, hook_key, alarm)
);
create index hook_alarms_old on hook_alarms (last_at);
create index hook_alarms_ticket on hook_alarms (ticket_id);

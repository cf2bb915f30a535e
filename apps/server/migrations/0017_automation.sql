-- Rules that work by themselves: what they are (texts live in the declarations; these rows are what is in use), when each
-- scheduled one is next due, what every run did, and what other systems are told.
create table automation_versions (
  id text primary key,
  project_key text not null,
  key text not null,
  number int not null,
  text text not null,
  made_at timestamptz not null,
  unique (project_key, key, number)
);

create table automation_rules (
  project_key text not null,
  key text not null,
  version_id text not null references automation_versions (id),
  name jsonb not null,
  events text[] not null default '{}',
  schedule text,
  clock text,
  at_percent int,
  position int not null default 0,
  enabled boolean not null default true,
  -- Of a scheduled one: when it is due; written by whoever takes it, so that each due moment is taken once. Null until it is
  -- first reckoned by the clock of the project.
  next_at timestamptz,
  primary key (project_key, key)
);
create index automation_rules_due on automation_rules (next_at) where schedule is not null and enabled;

-- One due moment of a scheduled rule, walked over its tickets in batches; `after` is where the last batch ended.
create table automation_sweeps (
  id uuid primary key,
  project_key text not null,
  rule_key text not null,
  version_id text not null references automation_versions (id),
  due_at timestamptz not null,
  after uuid,
  looked_at int not null default 0,
  fired int not null default 0,
  failed int not null default 0,
  state text not null default 'running' check (state in ('running', 'done', 'stopped')),
  attempts int not null default 0,
  try_at timestamptz not null,
  finished_at timestamptz,
  unique (project_key, rule_key, due_at)
);
create index automation_sweeps_running on automation_sweeps (try_at) where state = 'running';

create table automation_runs (
  id uuid primary key,
  at timestamptz not null,
  project_key text not null,
  rule_key text not null,
  version_id text not null,
  ticket_id uuid not null references tickets (id) on delete cascade,
  -- The event, the due moment or the clock's mark that woke it: one run for each of them.
  cause text not null,
  woken_by text not null,
  state text not null check (state in ('fired', 'not_fired', 'failed', 'too_deep')),
  problem jsonb,
  changes jsonb not null default '[]',
  actions jsonb not null default '[]',
  trace jsonb not null default '{}',
  duration_us int not null default 0,
  depth int not null default 0,
  -- Everything that one deed of a person led to has the same.
  request_id text not null default ''
);
create unique index automation_runs_once on automation_runs (cause, rule_key, ticket_id);
create index automation_runs_ticket on automation_runs (ticket_id, id desc);
create index automation_runs_rule on automation_runs (project_key, rule_key, id desc);
create index automation_runs_told on automation_runs (project_key, rule_key, id desc) where state <> 'not_fired';
create index automation_runs_old on automation_runs (state, at);

-- What a scheduled rule walks over: all that may still need something, oldest first.
create index tickets_live on tickets (project_key, id) where status <> 'closed';

create table webhooks (
  id uuid primary key,
  project_key text not null references projects (key) on delete cascade,
  key text not null,
  name text not null,
  url text not null,
  -- Sealed with the key file of this installation; never handed out again.
  secret bytea not null,
  enabled boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (project_key, key)
);

create table webhook_deliveries (
  id uuid primary key,
  webhook_id uuid not null references webhooks (id) on delete cascade,
  ticket_id uuid references tickets (id) on delete set null,
  -- One delivery for each cause: a repeated run cannot tell twice.
  cause text not null unique,
  body jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'dead')),
  attempts int not null default 0,
  next_at timestamptz not null,
  status int,
  error text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index webhook_deliveries_due on webhook_deliveries (next_at) where state = 'queued';
create index webhook_deliveries_of on webhook_deliveries (webhook_id, id desc);
create index webhook_deliveries_old on webhook_deliveries (state, created_at);

-- Who has passed the course on rules and may write them.
alter table users add column rules_certified_at timestamptz;
alter table users add column rules_certified_by uuid references users (id);

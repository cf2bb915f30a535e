-- Declarations are files; these rows give them identity for foreign keys and keep the version a record was made with.
create table projects (
  key text primary key,
  name jsonb not null,
  -- json, not jsonb: the order of stages and transitions is part of the declaration.
  definition json not null,
  hash text not null,
  loaded_at timestamptz not null default now()
);

create table queues (
  id text primary key,
  project_key text not null references projects (key),
  name jsonb not null,
  open boolean not null default true
);

create table process_versions (
  id text primary key,
  project_key text not null,
  key text not null,
  hash text not null,
  -- json, not jsonb: the order of stages and transitions is part of the declaration.
  definition json not null,
  loaded_at timestamptz not null default now(),
  unique (project_key, key, hash)
);

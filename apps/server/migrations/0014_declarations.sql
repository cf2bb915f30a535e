-- A project is a folder of texts (decision 0030). One row a version of a text; the highest number is the one in use, and
-- a version without a text says that it was removed. `company` has the texts at the root, `common` those of all projects.
create table declaration_projects (
  key text primary key,
  -- SHA-256 over paths and hashes of the texts in use: every node looks whether it is still the one it runs on.
  hash text not null,
  template text,
  created_at timestamptz not null default now()
);

create table declaration_files (
  id bigint generated always as identity primary key,
  project_key text not null references declaration_projects (key),
  path text not null,
  number int not null,
  text text,
  hash text not null,
  origin text not null check (origin in ('files', 'desk')),
  author_id uuid references users (id),
  note text not null default '',
  at timestamptz not null,
  unique (project_key, path, number)
);

-- Unfinished work, each person's own; `base` is the version it began from.
create table declaration_drafts (
  project_key text not null,
  path text not null,
  author_id uuid not null references users (id),
  base int not null,
  text text not null,
  at timestamptz not null,
  primary key (project_key, path, author_id)
);

-- Open tickets brought to another version of their process, in batches, and what they were before.
create table process_migrations (
  id uuid primary key,
  project_key text not null references projects (key),
  process_key text not null,
  to_id text not null references process_versions (id),
  -- Old stage → new stage, where the name differs.
  stages jsonb not null,
  state text not null check (state in ('running', 'done', 'stopped', 'undoing', 'undone')),
  moved int not null default 0,
  skipped int not null default 0,
  author_id uuid references users (id),
  at timestamptz not null,
  finished_at timestamptz
);
create unique index process_migrations_one on process_migrations (project_key, process_key) where state in ('running', 'undoing');

create table process_migration_tickets (
  migration_id uuid not null references process_migrations (id) on delete cascade,
  ticket_id uuid not null references tickets (id) on delete cascade,
  from_process_id text not null,
  from_stage text not null,
  to_stage text,
  undone boolean not null default false,
  primary key (migration_id, ticket_id)
);
create index tickets_open_by_process on tickets (process_id, id) where status in ('open', 'waiting', 'done');

create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- Texts of a project that answer something, as they are in use; every version of the text itself is a declaration's.
create table articles (
  -- Texts are put in use before the row of a new project is there.
  project_key text not null references projects (key) deferrable initially deferred,
  key text not null,
  kind text not null,
  title jsonb not null,
  body jsonb not null,
  words text[] not null default '{}',
  -- Lexemes of all three languages, titles above words above bodies.
  search tsvector not null,
  -- Titles and words in one plain Latin spelling, for typing errors and the other alphabet.
  folded text not null,
  used int not null default 0,
  updated_at timestamptz not null,
  primary key (project_key, key)
);
create index articles_search on articles using gin (search);
create index articles_folded on articles using gin (folded gin_trgm_ops);

-- Tickets that were solved, by their own words; filled a moment after the ticket is completed. The project is one of the
-- lexemes (`@internet`), so that one index answers "these words, in this project".
create table solved_tickets (
  ticket_id uuid primary key references tickets (id) on delete cascade,
  project_key text not null,
  words tsvector not null,
  used int not null default 0,
  solved_at timestamptz not null
);
create index solved_tickets_words on solved_tickets using gin (words);
-- Which words are common decides how the search is put: the planner's sample tells it.
alter table solved_tickets alter column words set statistics 1000;

-- What was found to help: the text is copied, so that it says later what it said then.
create table ticket_solutions (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  source text not null check (source in ('article', 'ticket')),
  article_key text,
  from_ticket_id uuid references tickets (id) on delete set null,
  title text not null,
  text text not null,
  attached_by uuid references users (id),
  attached_at timestamptz not null
);
create index ticket_solutions_ticket on ticket_solutions (ticket_id, attached_at desc, id desc);
create unique index ticket_solutions_once on ticket_solutions (ticket_id, source, coalesce(article_key, from_ticket_id::text));

-- Ways to solve it that were offered to the client, and the one chosen (R097).
create table ticket_variants (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  position int not null,
  title text not null,
  pros text not null default '',
  cons text not null default '',
  price text not null default '',
  duration text not null default '',
  state text not null default 'offered' check (state in ('offered', 'chosen')),
  offered_by uuid references users (id),
  created_at timestamptz not null,
  chosen_by uuid references users (id),
  chosen_at timestamptz
);
create index ticket_variants_ticket on ticket_variants (ticket_id, position, id);
create unique index ticket_variants_chosen on ticket_variants (ticket_id) where state = 'chosen';

-- A guide's version lives as long as the talks that were led by it.
create table guide_versions (
  id text primary key,
  project_key text not null,
  key text not null,
  -- json, not jsonb: the order of steps and choices is part of the declaration.
  definition json not null,
  stored_at timestamptz not null default now()
);
create table guide_runs (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  guide_id text not null references guide_versions (id),
  path jsonb not null default '[]',
  state text not null default 'running' check (state in ('running', 'ended', 'left')),
  outcome text,
  started_by uuid references users (id),
  started_at timestamptz not null,
  ended_by uuid references users (id),
  ended_at timestamptz,
  version int not null default 1
);
create index guide_runs_ticket on guide_runs (ticket_id, started_at desc, id desc);
-- One talk at a time: a second press of "start" goes on with the first.
create unique index guide_runs_running on guide_runs (ticket_id) where state = 'running';

-- Views people save: what is shown, in which order, as list or board. Shared by a supervisor with a project, perhaps with one role of it.
create table ticket_views (
  id uuid primary key,
  owner_id uuid not null references users (id),
  name text not null,
  filter jsonb not null,
  sort text not null,
  columns text[] not null,
  layout text not null check (layout in ('list', 'board')),
  shared_project text references projects (key),
  shared_role text,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (shared_role is null or shared_project is not null)
);
create index ticket_views_owner on ticket_views (owner_id, name, id);
create index ticket_views_shared on ticket_views (shared_project, name, id) where shared_project is not null;

-- Orders that views are walked in; a page reads a bounded piece of one of these (decision 0039).
create index tickets_stages on tickets (project_key, stage, updated_at desc, id desc) where status in ('open', 'waiting', 'done');
create index tickets_by_due on tickets (project_key, due_at, id) where status in ('open', 'waiting') and due_at is not null;
create index tickets_by_age on tickets (project_key, created_at, id) where status in ('open', 'waiting');

-- Words of tickets: Russian and English by their stems, everything else as it is written but without its accents, which
-- for Slovenian has to do. One configuration serves all, for people write in several languages about one thing.
create text search configuration ticket_text (copy = russian);
create function ticket_words(text text) returns tsvector language sql stable as
  $$ select to_tsvector('ticket_text', unaccent(translate(text, '/.:@-_+#', '        '))) $$;

-- A table of its own: a word index on `tickets` would be written again at each move of a ticket, whose words do not change.
-- Beside words there are `@p…` the project and `@w…` the week: newest first is read week by week, however common a word is.
create table ticket_search (
  ticket_id uuid primary key references tickets (id) on delete cascade,
  created_at timestamptz not null,
  words tsvector not null
);
create index ticket_search_words on ticket_search using gin (words) with (gin_pending_list_limit = 1024);

create function ticket_week(at timestamptz) returns text language sql immutable as $$ select '@w' || floor(extract(epoch from at) / 604800)::int $$;
create function ticket_search_of(t tickets) returns tsvector language sql stable as $$
  select ticket_words(t.subject || ' ' || left(t.description, 20000) || ' ' || coalesce(t.resolution, '') || ' ' || coalesce((select name from clients where id = t.client_id), ''))
    || array_to_tsvector(array['@p' || t.project_key, ticket_week(t.created_at), translate(lower(t.number), '-', '')::text, regexp_replace(t.number, '\D', '', 'g')])
$$;

-- Kept by the database as it keeps an index: whoever writes a ticket, in whatever way, need not know of it.
create function index_ticket() returns trigger language plpgsql as $$ begin
  insert into ticket_search (ticket_id, created_at, words) values (new.id, new.created_at, ticket_search_of(new)) on conflict (ticket_id) do update set words = excluded.words;
  return null;
end $$;
create trigger tickets_search_new after insert on tickets for each row execute function index_ticket();
create trigger tickets_search_changed after update on tickets for each row
  when ((old.subject, old.description, old.resolution, old.client_id) is distinct from (new.subject, new.description, new.resolution, new.client_id)) execute function index_ticket();
create function index_tickets_of_client() returns trigger language plpgsql as $$ begin
  update ticket_search s set words = ticket_search_of(t) from tickets t where t.client_id = new.id and s.ticket_id = t.id;
  return null;
end $$;
create trigger clients_name_searched after update on clients for each row when (old.name is distinct from new.name) execute function index_tickets_of_client();
insert into ticket_search (ticket_id, created_at, words) select t.id, t.created_at, ticket_search_of(t) from tickets t;

-- When its owner was last told that nobody had touched a ticket for too long.
create table ticket_reminders (
  ticket_id uuid primary key references tickets (id) on delete cascade,
  at timestamptz not null
);

-- Many tickets changed by one decision: looked through first, then done in small steps, and taken back if need be.
create table bulk_runs (
  id uuid primary key,
  author_id uuid not null references users (id),
  action jsonb not null,
  state text not null check (state in ('checking', 'ready', 'running', 'stopped', 'done', 'undoing', 'undone')),
  -- Clients are told only of a run for which this was asked, with their number.
  tells_clients boolean not null default false,
  total int not null,
  at timestamptz not null,
  finished_at timestamptz
);
create index bulk_runs_author on bulk_runs (author_id, at desc, id desc);

create table bulk_items (
  run_id uuid not null references bulk_runs (id) on delete cascade,
  n int not null,
  ticket_id uuid not null references tickets (id) on delete cascade,
  -- unchecked → ready or refused; ready → changed or failed; changed → undone or kept.
  state text not null default 'unchecked' check (state in ('unchecked', 'ready', 'refused', 'changed', 'failed', 'undone', 'kept')),
  tells boolean not null default false,
  -- Message key and what fills it.
  reason jsonb,
  -- The ticket and its clocks before, and its version after: what undoing goes by.
  before jsonb,
  version_after int,
  primary key (run_id, n),
  unique (run_id, ticket_id)
);
create index bulk_items_state on bulk_items (run_id, state, n);

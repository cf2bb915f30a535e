-- Tickets that have to do with each other. `related` has no direction and is kept with the smaller id first.
create table ticket_relations (
  id uuid primary key,
  from_id uuid not null references tickets (id) on delete cascade,
  to_id uuid not null references tickets (id) on delete cascade,
  kind text not null check (kind in ('related', 'duplicate_of', 'caused_by', 'blocks')),
  created_by uuid references users (id),
  created_at timestamptz not null,
  check (from_id <> to_id),
  check (kind <> 'related' or from_id < to_id),
  unique (from_id, to_id, kind)
);
create index ticket_relations_to on ticket_relations (to_id);

-- A ticket that was merged: its number and its link lead to the one that was kept.
alter table tickets add column merged_into uuid references tickets (id);
create index tickets_merged on tickets (merged_into) where merged_into is not null;

-- What a merge carried over, so that it can be taken back exactly.
create table ticket_merges (
  id uuid primary key,
  kept_id uuid not null references tickets (id) on delete cascade,
  gone_id uuid not null references tickets (id) on delete cascade,
  carried jsonb not null,
  -- Versions both tickets had after the merge: whoever changed either since has made it final.
  kept_version int not null,
  gone_version int not null,
  merged_by uuid references users (id),
  merged_at timestamptz not null,
  undone_by uuid references users (id),
  undone_at timestamptz
);
create unique index ticket_merges_gone on ticket_merges (gone_id) where undone_at is null;
create index ticket_merges_kept on ticket_merges (kept_id) where undone_at is null;

-- What was said will be done: to a client, perhaps about a ticket.
create table promises (
  id uuid primary key,
  project_key text not null references projects (key),
  ticket_id uuid references tickets (id) on delete cascade,
  client_id uuid references clients (id),
  text text not null,
  due_at timestamptz not null,
  promised_by uuid references users (id),
  state text not null default 'open' check (state in ('open', 'kept', 'broken')),
  reason text,
  -- The moment its being late was told; told once, by whichever node finds it first.
  told_at timestamptz,
  closed_by uuid references users (id),
  closed_at timestamptz,
  version int not null default 1,
  created_at timestamptz not null,
  check (ticket_id is not null or client_id is not null),
  check (state = 'open' or closed_at is not null),
  check (state <> 'broken' or reason is not null)
);
create index promises_untold on promises (due_at, id) where state = 'open' and told_at is null;
create index promises_open on promises (project_key, due_at, id) where state = 'open';
create index promises_mine on promises (promised_by, due_at, id) where state = 'open';
create index promises_ticket on promises (ticket_id, due_at, id) where ticket_id is not null;
create index promises_client on promises (client_id, due_at, id) where client_id is not null;
create index promises_closed on promises (project_key, closed_at) where state <> 'open';

create table clients (
  id uuid primary key,
  kind text not null default 'person' check (kind in ('person', 'organisation')),
  family_name text not null default '',
  given_name text not null default '',
  middle_name text not null default '',
  organisation text not null default '',
  -- How the client is called everywhere: family name first in Russian, last elsewhere.
  name text not null generated always as (regexp_replace(btrim(
    case when organisation <> '' and (kind = 'organisation' or family_name || given_name = '') then organisation
      when language = 'ru' then family_name || ' ' || given_name || ' ' || middle_name
      else given_name || ' ' || family_name end), '\s+', ' ', 'g')) stored,
  language text check (language in ('en', 'ru', 'sl')),
  pinned_note text not null default '',
  flags text[] not null default '{}',
  projects text[] not null default '{}',
  address jsonb not null default '{}',
  -- Words of names, address, mails and the digits of phones, folded by clients.search.rules.ts; one space before each.
  search text not null default '',
  data_confirmed_at timestamptz,
  archived_at timestamptz,
  merged_into uuid references clients (id),
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index clients_search on clients using gin (search gin_trgm_ops) where archived_at is null;
-- Which plan is best depends on how common the words are; finer statistics let the planner know.
alter table clients alter column search set statistics 500;
create index clients_projects on clients using gin (projects) where archived_at is null;
create index clients_merged on clients (merged_into) where merged_into is not null;
-- Lists are newest change first. Common words are found by walking this index alone (2 ms where the table took 10), rare
-- ones by the trigrams above; the planner chooses. Search text is held short enough for an index entry (2,704 bytes).
create index clients_updated on clients (updated_at desc, id desc) include (search, projects) where archived_at is null;

create table client_phones (
  client_id uuid not null references clients (id) on delete cascade,
  e164 text not null,
  label text not null default '',
  position int not null default 0,
  primary key (client_id, e164)
);
create index client_phones_number on client_phones (e164);

create table client_emails (
  client_id uuid not null references clients (id) on delete cascade,
  address text not null,
  position int not null default 0,
  primary key (client_id, address)
);
create index client_emails_address on client_emails (lower(address));

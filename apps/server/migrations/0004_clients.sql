create table clients (
  id uuid primary key,
  kind text not null default 'person' check (kind in ('person', 'organisation')),
  family_name text not null default '',
  given_name text not null default '',
  middle_name text not null default '',
  organisation text not null default '',
  language text check (language in ('en', 'ru', 'sl')),
  pinned_note text not null default '',
  flags text[] not null default '{}',
  projects text[] not null default '{}',
  address jsonb not null default '{}',
  -- Lower-case name, phones, mails and account numbers, as written and transliterated to Latin: what search looks in.
  search text not null default '',
  data_confirmed_at timestamptz,
  archived_at timestamptz,
  merged_into uuid references clients (id),
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index clients_search on clients using gin (search gin_trgm_ops) where archived_at is null;
create index clients_updated on clients (updated_at desc, id desc) where archived_at is null;

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

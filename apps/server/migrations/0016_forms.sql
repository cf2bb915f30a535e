-- Versions of forms by hash, kept for ever: records go on living by the one they began with (R159).
create table form_versions (
  id text primary key,
  project_key text not null,
  key text not null,
  -- json, not jsonb: the order of fields is part of the form.
  definition json not null,
  loaded_at timestamptz not null default now()
);

-- A filled form. Its id is chosen by who begins it, so that what is sent again after a lost network is the same one.
create table form_records (
  id uuid primary key,
  project_key text not null references projects (key),
  form_id text not null references form_versions (id),
  form_key text not null,
  subject_kind text check (subject_kind in ('ticket', 'interaction', 'client')),
  subject_id uuid,
  owner_id uuid references users (id),
  state text not null default 'draft' check (state in ('draft', 'submitted')),
  data jsonb not null default '{}',
  -- The same as conditions read it: computed, without what is hidden, days as moments.
  reads jsonb not null default '{}',
  -- Who filled what, by place.
  filled_by jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  submitted_at timestamptz,
  submitted_by text,
  -- SHA-256 of the secret in the client's link; the secret itself is only with the client.
  link_hash bytea,
  link_until timestamptz,
  -- Who is where now: [{ by, id, name, path, until }]; of no worth a minute later.
  typing jsonb not null default '[]',
  check ((subject_kind is null) = (subject_id is null))
);
create unique index form_records_link on form_records (link_hash) where link_hash is not null;
create index form_records_subject on form_records (subject_kind, subject_id, created_at, id) where subject_id is not null;
create index form_records_drafts on form_records (owner_id, updated_at desc, id desc) where state = 'draft';
create index form_records_sent on form_records (project_key, form_key, submitted_at desc, id desc) where state = 'submitted';

-- Numbers given when a form is submitted: a sequence makes nobody wait, and a gap harms nobody.
create sequence form_numbers;

-- Every change of every place; `version` is the record's after it.
create table form_changes (
  id bigint generated always as identity primary key,
  record_id uuid not null references form_records (id) on delete cascade,
  version int not null,
  path text not null,
  before jsonb,
  after jsonb,
  by_kind text not null,
  by_id uuid,
  by_name text not null,
  at timestamptz not null
);
create index form_changes_record on form_changes (record_id, version, id);

create table form_files (
  id uuid primary key,
  record_id uuid not null references form_records (id) on delete cascade,
  name text not null,
  media_type text not null,
  bytes bigint not null,
  sha256 text not null,
  path text not null,
  by_kind text not null,
  by_name text not null,
  at timestamptz not null
);
create index form_files_record on form_files (record_id, at, id);

-- Cities and streets of a project (places.yaml). `search` is folded: one alphabet whatever it is written in.
-- No reference to projects: the places of a new project are stored a moment before its row, in the same transaction.
create table form_cities (
  project_key text not null,
  key text not null,
  name text not null,
  country text not null,
  region text not null default '',
  time_zone text,
  search text not null,
  primary key (project_key, key)
);
create table form_streets (
  project_key text not null,
  city_key text not null,
  key text not null,
  name text not null,
  search text not null,
  primary key (project_key, city_key, key),
  foreign key (project_key, city_key) references form_cities (project_key, key) on delete cascade
);
create index form_streets_search on form_streets using gin (search gin_trgm_ops);

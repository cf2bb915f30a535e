create table users (
  id uuid primary key,
  login text not null,
  name text not null,
  language text not null default 'en' check (language in ('en', 'ru', 'sl')),
  roles text[] not null,
  projects text[] not null default '{}',
  -- Of a department worker: whose tickets; null serves every department of the projects.
  department text,
  password_hash text not null,
  disabled_at timestamptz,
  version int not null default 1,
  created_at timestamptz not null default now()
);
create unique index users_login on users (lower(login));

create table sessions (
  token_hash bytea primary key,
  user_id uuid not null references users (id) on delete cascade,
  csrf text not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text not null default '',
  agent text not null default ''
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- Tries by login and address and by address alone; counted in windows, forgiven by success. Keys are hashed: what somebody
-- types as a name may be a password.
create table sign_in_failures (
  key text primary key,
  failures int not null,
  first_at timestamptz not null,
  locked_until timestamptz
);

create table operators (
  user_id uuid primary key references users (id) on delete cascade,
  languages text[] not null default '{}',
  skills jsonb not null default '{}',
  queues text[] not null default '{}',
  -- browser: the desk rings. phone: the registered SIP phone rings and the desk controls the call.
  device text not null default 'browser' check (device in ('browser', 'phone')),
  sip_user text unique,
  -- HA1 of RFC 7616 for MD5 and SHA-256, so that the password itself is not stored.
  sip_ha1 jsonb,
  sip_contact text,
  wrap_up_s int not null default 60
);

create table operator_states (
  operator_id uuid primary key references operators (user_id) on delete cascade,
  state text not null check (state in ('offline', 'ready', 'not_ready', 'offered', 'talking', 'wrap_up')),
  reason text,
  since timestamptz not null,
  idle_since timestamptz not null,
  interaction_id uuid,
  version int not null default 1
);

-- Intervals that have ended; the running one is in operator_states.
create table operator_state_log (
  id bigint generated always as identity primary key,
  operator_id uuid not null references operators (user_id) on delete cascade,
  state text not null,
  reason text,
  interaction_id uuid,
  started_at timestamptz not null,
  ended_at timestamptz not null
);
create index operator_state_log_day on operator_state_log (operator_id, started_at desc);

create table sip_registrations (
  sip_user text not null,
  contact text not null,
  call_id text not null default '',
  cseq bigint not null default 0,
  agent text not null default '',
  expires_at timestamptz not null,
  primary key (sip_user, contact)
);

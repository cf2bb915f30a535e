-- What every feature stands on: facts, their deliveries, the audit trail, settings, nodes.
create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gin;

create table events (
  id uuid primary key,
  at timestamptz not null,
  type text not null,
  subject_kind text not null,
  subject_id text not null,
  actor jsonb not null,
  data jsonb not null,
  depth int not null default 0,
  request_id text not null default ''
);
create index events_subject on events (subject_id, at desc, id desc);
create index events_at on events (at desc, id desc);

create table deliveries (
  event_id uuid not null references events (id) on delete cascade,
  listener text not null,
  subject_id text not null,
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  failed text,
  primary key (event_id, listener)
);
create index deliveries_due on deliveries (listener, next_at);
create index deliveries_subject on deliveries (listener, subject_id, event_id);

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text,
  actor_name text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before jsonb,
  after jsonb,
  reason text,
  request_id text not null default '',
  seq bigint unique,
  hash bytea
);
create index audit_log_unsealed on audit_log (id) where seq is null;
create index audit_log_object on audit_log (object_kind, object_id, id desc);
create index audit_log_actor on audit_log (actor_id, id desc);

-- Nothing but the seal is ever written over. Who owns the database can still take this away; the chain of hashes then tells.
create function audit_log_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.seq is null and (old.id, old.at, old.actor_kind, old.actor_id, old.actor_name, old.action, old.object_kind, old.object_id, old.before, old.after, old.reason, old.request_id)
    is not distinct from (new.id, new.at, new.actor_kind, new.actor_id, new.actor_name, new.action, new.object_kind, new.object_id, new.before, new.after, new.reason, new.request_id) then
    return new;
  end if;
  raise exception 'audit_log is append-only';
end $$;
create trigger audit_log_append_only before update or delete on audit_log for each row execute function audit_log_append_only();

create table settings (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);

create table nodes (
  id uuid primary key,
  roles text[] not null,
  host text not null,
  port int not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

create table leases (
  name text primary key,
  node_id uuid not null,
  until timestamptz not null
);

create index events_alerts on events (at desc, id desc) where type = 'alert.raised';

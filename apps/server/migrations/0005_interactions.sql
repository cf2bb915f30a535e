-- One conversation with a client on one channel. Voice keeps its own columns here too: one row a call, read as one timeline.
create table interactions (
  id uuid primary key,
  channel text not null check (channel in ('voice', 'chat', 'mail', 'form', 'visit')),
  direction text not null check (direction in ('in', 'out')),
  project_key text references projects (key),
  queue_id text references queues (id),
  client_id uuid references clients (id),
  operator_id uuid references users (id),
  ticket_id uuid,
  language text,
  -- ivr → waiting → offered → talking → wrap_up → ended
  state text not null check (state in ('ivr', 'waiting', 'offered', 'dialling', 'talking', 'wrap_up', 'ended')),
  -- answered, abandoned, callback_taken, closed_hours, refused, failed, interrupted, busy, no_answer
  outcome text,
  from_number text not null default '',
  to_number text not null default '',
  -- What the line or the web form said of an unknown caller; a client's card replaces it.
  caller_name text not null default '',
  priority int not null default 0,
  node_id uuid,
  started_at timestamptz not null,
  queued_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  wrapped_at timestamptz,
  disposition text,
  notes text not null default '',
  recording_id uuid,
  media_stats jsonb,
  version int not null default 1
);
create index interactions_client on interactions (client_id, started_at desc, id desc);
create index interactions_started on interactions (started_at desc, id desc);
create index interactions_live on interactions (node_id, state) where state <> 'ended';
create index interactions_queue_day on interactions (queue_id, queued_at) where queued_at is not null;
create index interactions_operator on interactions (operator_id, started_at desc, id desc);
-- Most calls are answered; lists of the others (abandoned, interrupted, …) would else walk past them all.
create index interactions_outcome on interactions (outcome, started_at desc, id desc) where outcome <> 'answered';
create index interactions_number on interactions (from_number, started_at desc);
create index interactions_ticket on interactions (ticket_id) where ticket_id is not null;

-- An offer of one interaction to one operator. The two constraints make a double offer impossible whatever nodes believe.
create table offers (
  id uuid primary key,
  interaction_id uuid not null references interactions (id) on delete cascade,
  operator_id uuid not null references users (id),
  state text not null check (state in ('ringing', 'accepted', 'declined', 'missed', 'failed', 'withdrawn', 'done')),
  offered_at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz
);
-- Exclusion constraints are unique indexes that can be checked at the end of a statement: within one batch an operator's
-- old offer is closed and a new one made, in no order.
alter table offers
  add constraint offers_one_per_interaction exclude using btree (interaction_id with =) where (state in ('ringing', 'accepted')) deferrable initially immediate,
  add constraint offers_one_per_operator exclude using btree (operator_id with =) where (state in ('ringing', 'accepted')) deferrable initially immediate;
create index offers_interaction on offers (interaction_id, offered_at);

create table recordings (
  id uuid primary key,
  interaction_id uuid not null references interactions (id) on delete cascade,
  path text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  duration_ms int,
  bytes bigint,
  sha256 text,
  peaks jsonb,
  repaired boolean not null default false
);
create index recordings_interaction on recordings (interaction_id);
create index recordings_open on recordings (started_at) where ended_at is null;

create index interactions_waiting on interactions (queue_id, queued_at, id) where state in ('waiting', 'offered');

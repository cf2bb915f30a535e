-- A sub-task is a ticket of its own that a parent waits for, or does not; `parent_task` is its key in the parent's process.
alter table tickets
  add column parent_id uuid references tickets (id) on delete cascade,
  add column parent_task text,
  add column parent_waits boolean not null default false,
  -- Colleagues the ticket is about: it does not exist for them.
  add column about_user_ids uuid[];
create index tickets_parent on tickets (parent_id, created_at, id) where parent_id is not null;

-- A transition above its mover's authority, held until somebody with enough decides. One at a time a ticket.
create table ticket_approvals (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  project_key text not null references projects (key),
  transition text not null,
  -- The stage it was asked in: when the ticket leaves it by another way, the question lapses.
  stage text not null,
  input jsonb not null,
  deed text not null,
  amount jsonb,
  requested_by uuid references users (id),
  requested_at timestamptz not null,
  state text not null default 'pending' check (state in ('pending', 'approved', 'refused', 'lapsed')),
  decided_by uuid references users (id),
  decided_at timestamptz,
  note text,
  check (decided_by is distinct from requested_by or decided_by is null)
);
create unique index ticket_approvals_pending on ticket_approvals (ticket_id) where state = 'pending';
create index ticket_approvals_ticket on ticket_approvals (ticket_id, requested_at, id);
create index ticket_approvals_open on ticket_approvals (project_key, requested_at, id) where state = 'pending';

create table ticket_checks (
  ticket_id uuid not null references tickets (id) on delete cascade,
  checklist text not null,
  item text not null,
  user_id uuid references users (id),
  at timestamptz not null,
  primary key (ticket_id, checklist, item)
);

-- Why a ticket is as it is: each decision with the place in the declaration that made it and what it was made from.
create table ticket_reasons (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  at timestamptz not null,
  what text not null,
  value jsonb,
  kind text not null,
  version text not null,
  path text not null,
  text text not null,
  inputs jsonb not null
);
create index ticket_reasons_ticket on ticket_reasons (ticket_id, at desc, id desc);

-- A ticket handed over with its words: until somebody takes it, it belongs to whom it belonged (R137, R213, R220).
create table handovers (
  id uuid primary key,
  project_key text not null references projects (key),
  ticket_id uuid not null references tickets (id) on delete cascade,
  -- The talk the giver was in, when the client was on the line.
  interaction_id uuid references interactions (id) on delete set null,
  -- Null: a process or a rule asked for it; `asked_by` says which.
  given_by uuid references users (id),
  asked_by text,
  -- The fact that asked for it: heard twice it is one hand-over.
  cause uuid unique,
  -- Whose the ticket was when it was handed over; given to somebody else meanwhile, the hand-over is over.
  owner_id uuid references users (id),
  circle text not null check (circle in ('operators', 'department', 'supervisors')),
  department text,
  wanted text not null,
  tried text not null,
  expected text not null,
  expected_by timestamptz,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'returned', 'withdrawn')),
  -- When it is looked at next: the offer runs out, or somebody free is looked for again.
  look_at timestamptz not null,
  taken_by uuid references users (id),
  ended_at timestamptz,
  -- Why it was withdrawn or came back: `by_hand`, `closed`, `merged`, `owner_changed`, `nobody`, `all_refused`.
  ended_as text,
  created_at timestamptz not null,
  check ((circle = 'department') = (department is not null)),
  check ((state = 'waiting') = (ended_at is null))
);
create unique index handovers_waiting on handovers (ticket_id) where state = 'waiting';
create index handovers_look on handovers (look_at) where state = 'waiting';
create index handovers_ticket on handovers (ticket_id, created_at desc);
create index handovers_given on handovers (given_by, created_at desc, id desc);
create index handovers_project on handovers (project_key, created_at desc, id desc);

-- To whom it was offered, one after the other, and what each of them said.
create table handover_offers (
  id uuid primary key,
  handover_id uuid not null references handovers (id) on delete cascade,
  user_id uuid not null references users (id),
  offered_at timestamptz not null,
  answer_by timestamptz not null,
  state text not null default 'offered' check (state in ('offered', 'taken', 'refused', 'missed', 'withdrawn')),
  reason text,
  answered_at timestamptz
);
create unique index handover_offers_open on handover_offers (handover_id) where state = 'offered';
create unique index handover_offers_once on handover_offers (handover_id, user_id);
create index handover_offers_mine on handover_offers (user_id) where state = 'offered';

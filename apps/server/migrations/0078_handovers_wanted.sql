-- What a process or a rule asked for while another hand-over of the ticket waited: it begins when that one ends without being taken (R137, R213).
create table handovers_wanted (
  -- The fact that asked for it: heard twice it is one.
  cause uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  -- Whose the ticket was when it was asked for; given to somebody else meanwhile, nothing is wanted any more.
  owner_id uuid references users (id),
  asked_by text not null,
  -- Null: supervisors.
  department text,
  expected text not null,
  created_at timestamptz not null
);
create index handovers_wanted_ticket on handovers_wanted (ticket_id, created_at);

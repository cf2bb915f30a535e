-- Forms that are due again and again (duties.yaml): which ticket was given to whom for which moment, so that each is given once whatever node looks.
create table duties_given (
  project_key text not null,
  duty_key text not null,
  at timestamptz not null,
  -- The person's id, or the department's key.
  given_to text not null,
  ticket_id uuid references tickets (id) on delete cascade,
  primary key (project_key, duty_key, at, given_to)
);
create index duties_given_ticket on duties_given (ticket_id);

create sequence ticket_numbers;

create table tickets (
  id uuid primary key,
  number text not null unique,
  project_key text not null references projects (key),
  type text not null,
  process_id text not null references process_versions (id),
  stage text not null,
  status text not null check (status in ('open', 'waiting', 'done', 'closed')),
  client_id uuid references clients (id),
  interaction_id uuid references interactions (id),
  subject text not null,
  description text not null default '',
  fields jsonb not null default '{}',
  priority int not null default 0,
  language text not null check (language in ('en', 'ru', 'sl')),
  channel text not null default 'voice',
  contact_phone text,
  contact_email text,
  owner_id uuid references users (id),
  department text,
  due_at timestamptz,
  stage_since timestamptz not null,
  -- The process engine's own clock: where the time allowed began, since when it stands still, the hours it was given.
  clock_from timestamptz,
  paused_at timestamptz,
  deadline_hours jsonb,
  reopened int not null default 0,
  score int check (score between 1 and 5),
  client_comment text,
  resolution text,
  closed_at timestamptz,
  closed_as text check (closed_as in ('confirmed', 'unconfirmed', 'rejected', 'cancelled')),
  -- SHA-256 of the secret in the client's link; the secret itself is only in the mail.
  link_hash bytea not null,
  created_by uuid references users (id),
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index tickets_link on tickets (link_hash);
-- The digits alone name a ticket: clients leave the prefix out and telephones have no letters.
create unique index tickets_digits on tickets (right(number, 13));
create unique index tickets_callback_once on tickets (interaction_id) where type = 'callback';
create index tickets_interaction on tickets (interaction_id) where interaction_id is not null;
-- One index for each view of the list, in the view's order, project first: a reader of several projects merges their heads.
create index tickets_all on tickets (project_key, updated_at desc, id desc);
create index tickets_open on tickets (project_key, updated_at desc, id desc) where status in ('open', 'waiting');
create index tickets_unassigned on tickets (project_key, updated_at desc, id desc) where status in ('open', 'waiting') and owner_id is null;
create index tickets_waiting on tickets (project_key, updated_at desc, id desc) where status = 'waiting';
create index tickets_done on tickets (project_key, updated_at desc, id desc) where status = 'done';
create index tickets_unconfirmed on tickets (project_key, updated_at desc, id desc) where closed_as = 'unconfirmed';
create index tickets_callbacks on tickets (project_key, due_at, id) where type = 'callback' and status in ('open', 'waiting');
create index tickets_running on tickets (project_key, due_at, id) where status = 'open' and paused_at is null;
create index tickets_department on tickets (project_key, department, updated_at desc, id desc) where status in ('open', 'waiting') and department is not null;
create index tickets_mine on tickets (owner_id, updated_at desc, id desc) where status in ('open', 'waiting', 'done');
create index tickets_client on tickets (client_id, updated_at desc, id desc);

-- Internal notes and messages to the client are different tables on purpose: a note has no path to a client.
create table ticket_notes (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  author_id uuid references users (id),
  text text not null,
  at timestamptz not null
);
create index ticket_notes_ticket on ticket_notes (ticket_id, at, id);

create table attachments (
  id uuid primary key,
  ticket_id uuid references tickets (id) on delete cascade,
  name text not null,
  media_type text not null,
  bytes bigint not null,
  sha256 text not null,
  path text not null,
  uploaded_by uuid references users (id),
  at timestamptz not null
);
create index attachments_ticket on attachments (ticket_id, at, id);

-- What the client was told or is about to be told; one row per rule and stage entry, sent by a job.
create table notices (
  id uuid primary key,
  ticket_id uuid references tickets (id) on delete cascade,
  -- Makes a notice of one cause unique: a repeated job cannot tell the client twice.
  cause text not null unique,
  key text not null,
  language text not null,
  channel text not null default 'mail',
  recipient text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'no_address')),
  attempts int not null default 0,
  message_id text not null,
  error text,
  created_at timestamptz not null,
  sent_at timestamptz
);
create index notices_ticket on notices (ticket_id, created_at, id);
create index notices_queued on notices (created_at) where state = 'queued';

-- Tries at the status page by ticket and by address.
create table status_tries (
  key text primary key,
  tries int not null,
  first_at timestamptz not null
);

create index tickets_unconfirmed_recent on tickets (updated_at desc, id desc) where closed_as = 'unconfirmed';

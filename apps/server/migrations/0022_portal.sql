-- What a client and colleagues write to each other. Notes stand in another table and have no way here.
create table ticket_messages (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  by_client boolean not null,
  -- The colleague; the client is the ticket's.
  author_id uuid references users (id),
  text text not null,
  at timestamptz not null,
  check (by_client = (author_id is null))
);
create index ticket_messages_ticket on ticket_messages (ticket_id, at, id);

-- What went with a message. A client sees of a ticket's files and documents only what stands here.
create table ticket_message_files (
  message_id uuid not null references ticket_messages (id) on delete cascade,
  attachment_id uuid references attachments (id) on delete cascade,
  document_id uuid references documents (id) on delete cascade,
  check (num_nonnulls(attachment_id, document_id) = 1)
);
create index ticket_message_files_message on ticket_message_files (message_id);
create index ticket_message_files_attachment on ticket_message_files (attachment_id) where attachment_id is not null;
create index ticket_message_files_document on ticket_message_files (document_id) where document_id is not null;

-- Files that go with a mail, by their path under the data folder.
create table notice_files (
  notice_id uuid not null references notices (id) on delete cascade,
  position int not null,
  name text not null,
  media_type text not null,
  path text not null,
  bytes bigint not null,
  primary key (notice_id, position)
);

-- Codes for signing in to the portal, asked for with any address, known or not.
create table portal_codes (
  id uuid primary key,
  -- SHA-256 of the secret in the cookie of the browser that asked: only there the code is worth something.
  secret_hash bytea not null unique,
  address text not null,
  language text not null check (language in ('en', 'ru', 'sl')),
  -- SHA-256 of that secret and the code, so that six digits cannot be found out from here.
  code_hash bytea not null,
  -- The code for the mail, sealed; gone when the mail is.
  sealed bytea,
  -- Where the reader wanted to go.
  ticket_id uuid,
  tries int not null default 0,
  network text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index portal_codes_expired on portal_codes (expires_at);

-- Clients who are signed in; apart from the sessions of colleagues. A session is of an address: what it opens is asked each time.
create table portal_sessions (
  token_hash bytea primary key,
  address text not null,
  csrf text not null,
  language text not null check (language in ('en', 'ru', 'sl')),
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  network text not null,
  agent text not null
);
create index portal_sessions_address on portal_sessions (address);
create index portal_sessions_expired on portal_sessions (expires_at);

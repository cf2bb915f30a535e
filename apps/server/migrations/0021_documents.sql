-- PDFs made for tickets. A document is never changed: made again, it is the next number.
create table documents (
  id uuid primary key,
  ticket_id uuid not null references tickets (id) on delete cascade,
  key text not null,
  number int not null,
  language text not null check (language in ('en', 'ru', 'sl')),
  name text not null,
  file_name text not null,
  bytes bigint not null,
  pages int not null,
  sha256 text not null,
  path text not null,
  -- What it was made from: the hash of the declaration, and the version of the ticket.
  declaration_hash text not null,
  ticket_version int not null,
  made_by uuid references users (id),
  made_at timestamptz not null,
  unique (ticket_id, key, number)
);

-- What the demo mail server received. Bounded by its writer; nothing here is sent on.
create table demo_mails (
  id uuid primary key,
  received_at timestamptz not null,
  sender text not null,
  recipients text not null,
  subject text not null,
  message_id text not null,
  body_text text not null,
  body_html text not null
);
create index demo_mails_newest on demo_mails (received_at desc, id desc);
create index demo_mails_message on demo_mails (message_id);

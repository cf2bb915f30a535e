-- What a rule or another system's hook says in all languages: a note is kept once and shown in its reader's. Null: people wrote it,
-- or it is said in one language. `text` stays as the project reads it.
alter table ticket_notes add column texts jsonb;

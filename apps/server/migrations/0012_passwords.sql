-- Somebody else knows this password (the server made it, or an administrator): its owner chooses another before anything else.
alter table users add column password_must_change boolean not null default false;

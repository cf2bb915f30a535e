-- Two administrators must not overwrite each other: a change names the version it was made from.
alter table operators add column version int not null default 1;
-- Operators are listed by name, page after page.
create index users_name on users (name, id);

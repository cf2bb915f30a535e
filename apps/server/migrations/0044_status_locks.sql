-- Wrong tries at one ticket's status lock it for longer each time.
alter table status_tries add column locks int not null default 0, add column locked_until timestamptz;

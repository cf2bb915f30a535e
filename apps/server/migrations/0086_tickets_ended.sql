-- What ended in a period, for the report of what it was about. No move but the last one touches it.
create index tickets_ended on tickets (project_key, closed_at, id) where closed_at is not null;

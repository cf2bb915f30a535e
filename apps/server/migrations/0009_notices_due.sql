-- A notice waits in its own row until it is due; sending takes rows by the sixteen instead of a job for each.
alter table notices add column next_at timestamptz not null default now();
drop index notices_queued;
create index notices_due on notices (next_at, id) where state = 'queued';
-- Jobs of the earlier way; a new database has no jobs yet.
do $$ begin
  if to_regclass('graphile_worker._private_jobs') is not null then
    delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t where t.id = j.task_id and t.identifier = 'notice.send';
  end if;
end $$;

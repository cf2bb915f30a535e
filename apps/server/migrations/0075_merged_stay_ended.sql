-- A ticket that was merged ends there: answers to its tasks had brought some back to life, where nobody could move them.
update tickets set status = 'closed', closed_at = coalesce(closed_at, updated_at) where merged_into is not null and status <> 'closed';
alter table tickets add constraint tickets_merged_ended check (merged_into is null or status = 'closed');

-- Decisions that lapsed because a ticket was brought to another version of its process; they wait again when that is undone.
alter table process_migration_tickets add column approvals uuid[];

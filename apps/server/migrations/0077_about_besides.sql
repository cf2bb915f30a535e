-- Whom a ticket is about by what it was made of: the closed request a client wrote again about, the ticket a rule acted on.
-- It stands for itself, so that a change of the ticket's own fields and forms does not forget it (R129).
alter table tickets add column about_besides uuid[];
-- Of those that nobody registered and that are no tasks, what they are about came from there or may have.
update tickets set about_besides = about_user_ids where about_user_ids is not null and created_by is null and parent_id is null;

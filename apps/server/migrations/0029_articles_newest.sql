-- Where every word of a ticket is common, the newest solved ones are looked through.
create index solved_tickets_newest on solved_tickets (project_key, solved_at desc);

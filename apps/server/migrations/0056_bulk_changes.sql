-- What a bulk change makes of each ticket, in words of its author's language, and the name of the step it takes: shown before it is started and found again afterwards.
alter table bulk_runs add column step_name text;
alter table bulk_items add column changes jsonb not null default '[]';

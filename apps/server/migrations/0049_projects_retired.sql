-- A project out of use: nothing new comes into it, its numbers are free, and what it has done stays readable. Null: in use.
alter table projects add column retired_at timestamptz;
alter table projects add column retired_by uuid references users (id);
alter table projects add column retired_note text not null default '';

-- What happened to each clock; due_at and next_at are computed from it and from the calendar that `calendar` marks.
-- Who changes a row holds the lock of its subject.
create table clocks (
  subject_kind text not null,
  subject_id uuid not null,
  name text not null,
  project_key text not null references projects (key),
  allowed_ms bigint not null,
  counts text not null check (counts in ('working', 'always')),
  thresholds int[] not null,
  fired int[] not null default '{}',
  intervals jsonb not null,
  state text not null check (state in ('running', 'paused', 'stopped')),
  due_at timestamptz,
  -- When a node looks at it next: the moment of next_threshold, or the next try after a failure.
  next_at timestamptz,
  next_threshold int,
  calendar text not null default '',
  attempts int not null default 0,
  error text,
  updated_at timestamptz not null,
  primary key (subject_kind, subject_id, name)
);
-- Each kind's head is read by itself: what no node of this version handles must not stand before what it does.
create index clocks_due on clocks (subject_kind, next_at) where next_at is not null;
create index clocks_calendar on clocks (project_key, subject_kind, calendar) where state = 'running' and counts = 'working';
create index clocks_failing on clocks (attempts) where attempts > 0;

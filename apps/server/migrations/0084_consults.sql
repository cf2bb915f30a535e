-- A colleague asked for advice (R214): offered like a hand-over, but the ticket stays whose it is, and who accepts may read it until the question is over.
alter table handovers add column kind text not null default 'handover' check (kind in ('handover', 'consult'));
-- Of a consult: what the colleague answered, and whether they may read the ticket by it still, and until when.
alter table handovers add column answer text;
alter table handovers add column answered_at timestamptz;
alter table handovers add column advises boolean not null default false;
alter table handovers add column advises_until timestamptz;
drop index handovers_waiting;
create unique index handovers_waiting on handovers (ticket_id, kind) where state = 'waiting';
create index handovers_advises on handovers (taken_by, ticket_id) where advises;
-- Colleagues who may read the ticket and write notes on it besides those who may anyway.
alter table tickets add column adviser_ids uuid[];

-- When somebody was last given a ticket, so that of those with equally much to do the one who has waited longest is next (R218).
create table loads (
  user_id uuid primary key references users (id),
  given_at timestamptz not null
);

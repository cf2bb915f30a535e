-- When the client said by their link that their part is filled; what they write afterwards takes it back.
alter table form_records add column client_ready_at timestamptz;

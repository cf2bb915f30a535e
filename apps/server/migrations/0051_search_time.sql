-- Search looks through the newest tickets one by one before it asks the index of words (decision 0050).
create index ticket_search_time on ticket_search (created_at desc, ticket_id desc);

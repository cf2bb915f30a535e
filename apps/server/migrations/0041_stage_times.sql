-- Reports of how long tickets stay in a stage read the moves of one project in a period, and nothing else.
create index events_moves on events ((data->>'projectKey'), at, id) where type = 'ticket.moved';

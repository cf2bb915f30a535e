-- What rules have done because of one deed is counted over all tickets, by the request they all have.
create index automation_runs_deed on automation_runs (request_id) where state in ('fired', 'too_deep');

-- What is due is looked for hook by hook, so that many waiting for one receiver are not read before the others'.
drop index webhook_deliveries_due;
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at) where state = 'queued';

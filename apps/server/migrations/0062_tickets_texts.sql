-- Of subject and description what a declaration says, in all languages: it is shown in its reader's. Null, or the part is not there:
-- people wrote it. `subject` and `description` stay as they are searched and as rules read them.
alter table tickets add column texts jsonb;

-- Sub-tasks of before, whose words nobody has written anew since.
with wishes as (
  select v.id as process_id, s ->> 'key' as task, s -> 'subject' as subject, s -> 'task' as description
  from process_versions v, jsonb_each(v.definition::jsonb -> 'transitions') w, jsonb_array_elements(w.value -> 'subtasks') s
), told as (
  select t.id, jsonb_strip_nulls(jsonb_build_object(
    'subject', case when t.subject in (w.subject ->> 'en', w.subject ->> 'ru', w.subject ->> 'sl') then w.subject end,
    'description', case when t.description in (w.description ->> 'en', w.description ->> 'ru', w.description ->> 'sl') then w.description end)) as texts
  from tickets t join tickets p on p.id = t.parent_id join wishes w on w.process_id = p.process_id and w.task = t.parent_task
  where t.parent_id is not null
)
update tickets t set texts = told.texts from told where told.id = t.id and told.texts <> '{}';

-- Callbacks that still wait.
update tickets set texts = '{"subject": {"en": "Call back", "ru": "Перезвонить", "sl": "Povratni klic"}}'
where type = 'callback' and status in ('open', 'waiting') and subject in ('Call back', 'Перезвонить', 'Povratni klic');

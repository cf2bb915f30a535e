-- A field that only said which department gets a task gave that department the whole ticket: complaints, claims and alarms. It has its task.
update tickets t set department = null from process_versions v
where v.id = t.process_id and t.department is not null and t.parent_id is null
  and exists (select from jsonb_each((v.definition -> 'transitions')::jsonb) x, jsonb_array_elements(coalesce(x.value -> 'subtasks', '[]')) s where jsonb_typeof(s -> 'department') = 'object')
  and exists (select from tickets c where c.parent_id = t.id and c.department = t.department);

-- Search text tells names from the rest by a bar: a client whose name begins with what is typed is found before one who
-- lives in a town that does. The names of cards that are there are the first words, as many as their names have.
update clients c set search = s.names || ' |' || s.rest
from (
  select id, ' ' || array_to_string(words[1:n], ' ') as names, case when cardinality(words) > n then ' ' || array_to_string(words[n + 1:], ' ') else '' end as rest
  from (select id, string_to_array(ltrim(search), ' ') as words,
      regexp_count(replace(concat_ws(' ', family_name, given_name, middle_name, organisation), '.', ''), '[[:alnum:]]+') as n
    from clients where search <> '' and position('|' in search) = 0) w
) s where s.id = c.id;

-- Family names by their beginning, from the index alone.
create index clients_family on clients (search text_pattern_ops) include (updated_at, id, projects) where archived_at is null;
-- Other names by the beginning of a word. Not for living cards only: of a partial index the planner takes no statistics.
create index clients_names on clients using gin (split_part(search, '|', 1) gin_trgm_ops);
alter index clients_names alter column 1 set statistics 500;
analyze clients;

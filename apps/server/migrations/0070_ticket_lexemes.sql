-- Every word that is in the index of words, so that the beginning somebody types is made the whole words it begins: the index
-- finds those ten times sooner than a beginning (decision 0050). A word with digits stands here as far as its first digit.
-- No key: two that write one new word in the same moment need not wait for each other, and twice does no harm.
create table ticket_lexemes (lexeme text collate "C" not null);
create index ticket_lexemes_lexeme on ticket_lexemes (lexeme);

-- What stands here for a lexeme of a ticket; nothing for what begins with a digit and for marks of project and week.
create function ticket_lexeme(lexeme text) returns text language sql immutable parallel safe as $$
  select case when lexeme ~ '^[^0-9@]+$' then lexeme else substring(lexeme from '^[^0-9@]+[0-9]') end
$$;
-- In the transaction that writes the words: whoever sees a ticket sees its words here too.
create function learn_lexemes() returns trigger language plpgsql as $$ begin
  insert into ticket_lexemes (lexeme) select distinct ticket_lexeme(w) from unnest(tsvector_to_array(new.words)) w
    where ticket_lexeme(w) is not null and not exists (select 1 from ticket_lexemes l where l.lexeme = ticket_lexeme(w) collate "C");
  return null;
end $$;
create trigger ticket_search_learnt after insert or update of words on ticket_search for each row execute function learn_lexemes();
insert into ticket_lexemes (lexeme) select distinct ticket_lexeme(w) from ticket_search, unnest(tsvector_to_array(words)) w where ticket_lexeme(w) is not null;

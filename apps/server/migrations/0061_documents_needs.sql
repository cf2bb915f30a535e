-- Rights that reading a paper takes: it was made with those of its maker, and shows what they may see. Of papers of before it is not known.
alter table documents add column needs text[];

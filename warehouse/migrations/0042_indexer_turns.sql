-- One row: the worker that makes texts searchable, as store.linker_turns has the one that links.
CREATE TABLE store.indexer_turns (
    owner VARCHAR,
    turn BIGINT
);

INSERT INTO store.indexer_turns VALUES ('', 0);

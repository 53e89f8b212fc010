-- One row: the worker that links and a count of what it stored. A worker that takes linking over and
-- one that stores its outcome both change it, so that of two at once one is refused.
CREATE TABLE store.linker_turns (
    owner VARCHAR,
    turn BIGINT
);

INSERT INTO store.linker_turns VALUES ('', 0);

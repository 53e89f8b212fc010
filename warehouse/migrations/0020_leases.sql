-- Who works on what, so that of several workers no two do the same.

-- One row per thing somebody works on: article:<id>, feed:<id> or stage:<name>. A lease that has
-- run out is free to take; its owner is taken for dead.
CREATE TABLE store.leases (
    resource VARCHAR,
    owner VARCHAR,
    leased_until TIMESTAMPTZ
);

-- One row, changed by everybody who takes a lease: of two at once one is refused and tries again.
CREATE TABLE store.lease_turns (
    turn BIGINT
);

INSERT INTO store.lease_turns VALUES (0);

-- One row per session of a calendar on which the market was shut, as price files show: listings of
-- it have bars before and after, and none has one that day. Found anew by every market pass.
CREATE TABLE store.closed_days (
    mic VARCHAR,
    session_date DATE,
    found_at TIMESTAMPTZ
);

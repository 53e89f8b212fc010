-- One row per development of `wanted_batch`: its row of `policy_events`, computed once.
CREATE OR REPLACE TEMP TABLE wanted_policy_events AS
FROM policy_events
SEMI JOIN wanted_batch USING (development_id)

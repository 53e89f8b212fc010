-- Which process began a run, so that one that was killed is told from one that goes on.
-- `process` names it on its machine for good: boot, number and start of the process, as text.
ALTER TABLE store.runs ADD COLUMN host VARCHAR;
ALTER TABLE store.runs ADD COLUMN process VARCHAR;

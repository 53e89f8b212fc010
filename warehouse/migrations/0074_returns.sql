-- The day on which a paused measure returns. NULL in what was stored before, until its measure has
-- news: the view then takes the end of its last step.
ALTER TABLE store.measure_states ADD COLUMN returns_on DATE;

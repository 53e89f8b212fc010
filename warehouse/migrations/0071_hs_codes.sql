-- Harmonized System codes of the goods, as text of 2, 4 or 6 digits: of a mention those that its
-- sentence gives, of a development those of all its reports. NULL in what was stored before.
ALTER TABLE store.event_mentions ADD COLUMN hs_codes VARCHAR[];
ALTER TABLE store.developments ADD COLUMN hs_codes VARCHAR[];

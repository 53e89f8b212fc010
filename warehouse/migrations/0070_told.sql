-- Whether the document of a mention is taken to tell it. Only told mentions make developments; the
-- others are asides, kept to be looked at. Every mention from before is told.
-- A lake takes a literal as default only, and the keyword true is none.
ALTER TABLE store.event_mentions ADD COLUMN told BOOLEAN DEFAULT 'true';

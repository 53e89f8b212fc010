-- How much of a body could not be decoded: the share of its characters that are U+FFFD, 0 to 1.
ALTER TABLE store.fetches ADD COLUMN replaced_share DOUBLE;

-- One row per fetch, unless it is stored already.
INSERT INTO store.fetches BY NAME
SELECT DISTINCT ON (given.fetch_id) given.*
FROM fetch_batch AS given
ANTI JOIN store.fetches AS held ON held.fetch_id = given.fetch_id;

-- One row per feed of the operator's list; known feeds get their new settings.
MERGE INTO store.feeds AS held
USING (
    SELECT DISTINCT ON (feed_id) *, true AS listed, now() AS updated_at FROM feed_batch
) AS given
ON held.feed_id = given.feed_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

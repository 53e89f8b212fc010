-- One row: the feed that an archive's articles belong to, unless the operator's list has it.
INSERT INTO store.feeds BY NAME
SELECT
    $feed_id AS feed_id, $feed_id AS name, $source AS url, 'archive' AS kind,
    $feed_id AS publisher, 'other' AS category, 'en' AS language, 3 AS trust_tier,
    0 AS poll_minutes, false AS enabled, false AS full_text, false AS allow_private,
    false AS listed, CAST($now AS TIMESTAMPTZ) AS updated_at
WHERE NOT EXISTS (FROM store.feeds WHERE feed_id = $feed_id);

-- One row per article version to read: the newest English one with a text, first seen in the span,
-- that matches the operator's condition (inserted for {predicate}) and was read before by another
-- extractor (without $read_before: by none), but not by this one; earliest first.
SELECT article_id, version
FROM articles
WHERE text IS NOT NULL
    AND (language IS NULL OR language = 'en' OR language LIKE 'en-%')
    AND ($since IS NULL OR first_seen_at >= CAST($since AS TIMESTAMPTZ))
    AND ($until IS NULL OR first_seen_at < CAST($until AS TIMESTAMPTZ))
    AND (extractor_version IS NOT NULL) = $read_before
    AND TRY((
{predicate}
    ))
    AND NOT EXISTS (
        FROM store.extractions AS read
        WHERE read.article_id = articles.article_id AND read.version = articles.version
            AND read.extractor_version = $extractor_version
    )
ORDER BY first_seen_at, article_id;

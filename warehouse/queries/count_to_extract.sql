-- One row: how many articles `articles_to_extract` would give, newest version of each.
SELECT count(*)
FROM (
    SELECT held.article_id, held.version
    FROM store.articles AS held
    SEMI JOIN store.article_texts AS kept
        ON kept.article_id = held.article_id AND kept.version = held.version
    WHERE held.language IS NULL OR held.language = 'en' OR held.language LIKE 'en-%'
    QUALIFY row_number() OVER (PARTITION BY held.article_id ORDER BY held.version DESC) = 1
) AS newest
ANTI JOIN store.extractions AS done
    ON done.article_id = newest.article_id AND done.version = newest.version
    AND (done.extractor_version = $extractor_version OR done.reject IS NULL);

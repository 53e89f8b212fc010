-- One row per article that contains a word of the query, best first: BM25 (k1 1.2, b 0.75) over titles and bodies.
-- after: search_terms
CREATE OR REPLACE MACRO search_articles(words) AS TABLE
WITH asked AS (
    SELECT DISTINCT unnest(search_terms(CAST(words AS VARCHAR))) AS term
),
size AS (
    SELECT count(*) AS documents, avg(term_count) AS mean_terms FROM store.search_documents
),
hits AS (
    SELECT held.term, held.document_no, held.occurrences
    FROM store.search_postings AS held
    JOIN asked ON asked.term = held.term
),
rarity AS (
    SELECT
        hits.term,
        ln(1 + (any_value(size.documents) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
    FROM hits, size
    GROUP BY hits.term
),
scored AS (
    SELECT
        document.article_id,
        document.version,
        sum(
            rarity.weight * hits.occurrences * 2.2
            / (hits.occurrences + 1.2 * (0.25 + 0.75 * document.term_count / size.mean_terms))
        ) AS score,
        count(*) AS matched_terms
    FROM hits
    JOIN rarity ON rarity.term = hits.term
    JOIN store.search_documents AS document ON document.document_no = hits.document_no
    CROSS JOIN size
    GROUP BY document.article_id, document.version
    QUALIFY row_number() OVER (PARTITION BY document.article_id ORDER BY document.version DESC) = 1
)
SELECT
    scored.article_id,
    round(scored.score, 4) AS score,
    scored.matched_terms,
    held.title,
    held.feed_id,
    held.published_at,
    held.first_seen_at,
    held.url
FROM scored
JOIN store.articles AS held
    ON held.article_id = scored.article_id AND held.version = scored.version
ORDER BY scored.score DESC, scored.article_id;

COMMENT ON MACRO TABLE search_articles IS 'One row per article that contains a word of the query, best first: BM25 over titles and bodies.';

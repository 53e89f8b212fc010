-- One row per macro: search_terms(words) returns the terms of a text as in the index: lower case,
-- no accents, no plural s, one spelling of licence and aluminium, no stop words.
CREATE OR REPLACE MACRO search_terms(words) AS
    list_filter(
        list_transform(
            regexp_extract_all(lower(strip_accents(words)), '[a-z0-9]{2,40}'),
            lambda word: CASE
                WHEN word LIKE '%ies' AND length(word) > 4
                    THEN left(word, length(word) - 3) || 'y'
                WHEN word LIKE 'licenc%' OR word LIKE 'licens%'
                    THEN 'license'
                WHEN word = 'aluminium' THEN 'aluminum'
                WHEN word LIKE '%ss' OR word LIKE '%us' OR word LIKE '%is' THEN word
                WHEN word LIKE '%s' AND length(word) > 3 THEN left(word, length(word) - 1)
                ELSE word
            END
        ),
        lambda term: NOT list_contains(
            ['an', 'and', 'are', 'as', 'at', 'be', 'been', 'by', 'for', 'from', 'has', 'have', 'in',
             'is', 'it', 'its', 'no', 'not', 'of', 'on', 'or', 'that', 'the', 'their', 'this', 'to',
             'was', 'were', 'which', 'will', 'with', 'wa', 'ha'],
            term
        )
    );

COMMENT ON MACRO search_terms IS 'The terms of a text as the search index holds them.';

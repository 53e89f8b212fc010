-- One row per part of a linked mention of the articles in article_batch.
SELECT linked.mention_id, linked.part, linked.development_id
FROM store.development_mentions AS linked
SEMI JOIN article_batch AS wanted ON wanted.article_id = linked.article_id;

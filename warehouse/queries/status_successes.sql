-- One row per flow or stage that ever went well: when it last did.
SELECT flow, max(ended_at) AS ended_at
FROM store.runs
WHERE outcome = 'ok'
GROUP BY flow
ORDER BY flow

-- One row per correction sent, or due, on a measure of the report.
SELECT measure_id, development_id, headline, created_at, state, severity
FROM alerts
WHERE kind = 'correction' AND measure_id IN (SELECT measure_id FROM report_measures)
ORDER BY created_at

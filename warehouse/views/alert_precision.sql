-- One row per rule that sent a notice: how many of its developments were judged right.
-- after: alert_precision_since
CREATE OR REPLACE VIEW alert_precision AS
FROM alert_precision_since(TIMESTAMPTZ '1970-01-01 00:00:00+00');

COMMENT ON VIEW alert_precision IS 'One row per rule that sent a notice: how many were judged right, of those judged. Corrections do not count.';
COMMENT ON COLUMN alert_precision.rule_id IS 'Id of the rule.';
COMMENT ON COLUMN alert_precision.sent_count IS 'Number of developments it sent a notice about; several channels count once.';
COMMENT ON COLUMN alert_precision.judged_count IS 'How many of them a person judged; the last word on a development counts.';
COMMENT ON COLUMN alert_precision.right_count IS 'How many were judged right.';
COMMENT ON COLUMN alert_precision.wrong_count IS 'How many were judged wrong.';
COMMENT ON COLUMN alert_precision.precision IS 'right_count / judged_count; NULL when none was judged.';
COMMENT ON COLUMN alert_precision.precision_low IS 'Lower end of the 95% interval of the precision (Wilson), 0 to 1; NULL when none was judged. It takes the judged ones for a fair draw of those sent.';
COMMENT ON COLUMN alert_precision.precision_high IS 'Upper end of that interval.';

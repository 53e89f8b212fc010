-- One row per day and family: policy_index_daily up to today.
SELECT * FROM policy_index_daily WHERE index_date <= $today::DATE

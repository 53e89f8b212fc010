-- One row per listing of the chosen events: its mean abnormal return over [0,+1].
SELECT
    found.listing_id,
    count(*) AS event_count,
    avg(found.car) AS mean_car,
    avg(CASE WHEN found.car > 0 THEN 1.0 ELSE 0.0 END) AS share_positive,
    avg(found.car) / nullif(stddev_samp(found.car) / sqrt(count(*)), 0) AS t_cross,
    avg(found.beta) AS mean_beta,
    list(DISTINCT found.event_date) AS event_dates
FROM store.cumulative_returns(
    $type, $status, $actor, $target, $commodity, $ticker, $ticker_group, $sign, $link,
    $since, $until, false
) AS found
WHERE found.window_name = '[0,+1]'
GROUP BY found.listing_id
ORDER BY abs(mean_car) DESC;

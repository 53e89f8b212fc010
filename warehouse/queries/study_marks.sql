-- One row per day 0 of the chosen events.
SELECT DISTINCT found.event_date
FROM store.cumulative_returns(
    $type, $status, $actor, $target, $commodity, $ticker, $ticker_group, $sign, $link,
    $since, $until, 0
) AS found
ORDER BY found.event_date;

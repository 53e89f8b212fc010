-- One row per sign and session around day 0: the mean cumulative abnormal return and its band.
FROM event_path(
    type := $type, status := $status, actor := $actor, target := $target, commodity := $commodity,
    ticker := $ticker, ticker_group := $ticker_group, sign := $sign, link := $link,
    since := $since, until := $until, placebo := $placebo
);

-- One row per window: the same listings on quiet days.
FROM event_placebo(
    type := $type, status := $status, actor := $actor, target := $target, commodity := $commodity,
    ticker := $ticker, ticker_group := $ticker_group, sign := $sign, link := $link,
    since := $since, until := $until
);

-- One row per window and sign: the mean over the chosen developments, with its tests.
FROM event_study(
    type := $type, status := $status, actor := $actor, target := $target, commodity := $commodity,
    ticker := $ticker, ticker_group := $ticker_group, sign := $sign, link := $link,
    since := $since, until := $until,
    alone := $alone
);

"""Follow one measure in a notebook: its life, what was known when, its tickers, their prices.

    pip install marimo                                      # or: pip install "policywire[notebook]"
    marimo edit examples/analyst.py -- --snapshot var/demo/demo.snapshot.duckdb

As a script it prints the same findings, and writes the chart where you ask for it:

    python examples/analyst.py --snapshot var/demo/demo.snapshot.duckdb --chart chart.svg

Other options: --commodity rare_earths, --measure KEY. It opens the snapshot, never the live file:
readers of the snapshot do not block a pass. Columns: docs/DATA_DICTIONARY.md.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")

with app.setup:
    from html import escape
    from typing import Any

    import duckdb
    import marimo as mo
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.dates as mdates
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    Rows = list[dict[str, Any]]

    SNAPSHOT = "var/demo/demo.snapshot.duckdb"
    MEASURES = """
    SELECT measure_key, status_today, step_count, last_step_date, measure_id
    FROM measure_status
    WHERE list_contains(commodities, $commodity)
        OR measure_id = $named OR measure_key = $named
    ORDER BY measure_id = $named OR measure_key = $named DESC, step_count DESC,
        len(tickers) DESC, measure_key, measure_id
    LIMIT 50
    """
    LIFE = """
    SELECT decision_date AS decided, type, status, ends_on, source_count AS sources,
        strftime(first_seen_at, '%Y-%m-%d %H:%M') AS first_seen, evidence, first_url AS link
    FROM policy_events
    WHERE measure_id = $measure
    ORDER BY first_seen_at, development_id
    """
    KNOWN = """
    SELECT type, status, decision_date AS decided, ends_on, source_count AS sources,
        evidence
    FROM policy_events_as_of($moment::TIMESTAMPTZ)
    WHERE measure_id = $measure
    ORDER BY first_seen_at, development_id
    """
    TICKERS = """
    SELECT listing_id AS listing, sign, link, relevance, why
    FROM event_tickers
    WHERE measure_id = $measure
    QUALIFY row_number() OVER (
        PARTITION BY listing_id ORDER BY first_seen_at DESC, relevance DESC, why) = 1
    ORDER BY relevance DESC, listing
    """
    ABNORMAL = """
    SELECT listing_id AS listing, event_date, status, window_name AS window,
        round(100 * car, 2) AS car_pct, round(t, 2) AS t, overlap_count AS other_steps_near
    FROM event_cars
    WHERE development_id IN (SELECT development_id FROM policy_events WHERE measure_id = $measure)
        AND window_name = '[0,+1]'
    ORDER BY event_date, listing
    """
    STUDY = """
    SELECT window_name AS window, event_count AS events, development_count AS steps,
        listing_count AS listings, round(100 * mean_car, 2) AS mean_pct,
        round(100 * low, 2) AS low_pct, round(100 * high, 2) AS high_pct,
        round(t_development, 2) AS t_development, round(z_rank, 2) AS z_rank
    FROM event_study(commodity := $commodity)
    """
    # From 30 days before the first step to 30 days after the last, 100 on the first day shown.
    PRICES = """
    WITH span AS (
        SELECT min(first_seen_at)::DATE - 30 AS start, max(first_seen_at)::DATE + 30 AS stop
        FROM policy_events WHERE measure_id = $measure
    ),
    chosen AS (
        SELECT tie.listing_id
        FROM event_tickers AS tie
        WHERE tie.measure_id = $measure AND tie.listing_id IN (SELECT listing_id FROM prices)
        GROUP BY tie.listing_id
        ORDER BY max(tie.relevance) DESC, tie.listing_id
        LIMIT 4
    )
    SELECT listing_id, session_date,
        100 * adj_close / first(adj_close) OVER (
            PARTITION BY listing_id ORDER BY session_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS value
    FROM prices, span
    WHERE listing_id IN (SELECT listing_id FROM chosen)
        AND session_date BETWEEN span.start AND span.stop
    ORDER BY listing_id, session_date
    """


@app.function
def ask(con: duckdb.DuckDBPyConnection, sql: str, **parameters: object) -> Rows:
    """Return the rows of a query as dictionaries."""
    found = con.execute(sql, parameters or None)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@app.function
def drawn(prices: Rows, steps: Rows, title: str) -> Figure:
    """Return the chart: one line per listing, one upright per step."""
    figure, axes = plt.subplots(figsize=(9, 4), layout="constrained")
    for listing in dict.fromkeys(str(row["listing_id"]) for row in prices):
        line = [row for row in prices if row["listing_id"] == listing]
        axes.plot([r["session_date"] for r in line], [r["value"] for r in line], label=listing)
    days: dict[str, list[str]] = {}
    for step in steps:
        days.setdefault(str(step["first_seen"])[:10], []).append(str(step["status"]))
    for day, statuses in days.items():
        place = mdates.datestr2num(day)
        axes.axvline(place, color="grey", linewidth=0.8, linestyle="--")
        axes.text(
            place, 0.98, " " + ", ".join(dict.fromkeys(statuses)), rotation=90, va="top",
            fontsize=8, transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    # matplotlib would read text between dollar signs as a formula.
    axes.set_title(title.replace("$", r"\$"), fontsize=9)
    axes.set_ylabel("adjusted close, first day = 100")
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    if prices:
        axes.legend(fontsize=8)
    return figure


@app.cell
def _():
    mo.md("""
    # One measure, from its first report to its prices

    A *measure* is one tariff, control, sanction or deal. Its *steps* (developments) are what
    happens to it: announced, adopted, suspended, back in force. `first_seen_at` is when a report
    reached us, the only time that a test of a strategy may use.

    Texts in the tables are quotations from news articles.
    """)
    return


@app.cell
def _():
    arguments = mo.cli_args()
    con = duckdb.connect(str(arguments.get("snapshot") or SNAPSHOT), read_only=True)
    # Otherwise DuckDB reads and prints times in this machine's time zone.
    con.execute("SET TimeZone = 'UTC'")
    goods = [
        row["commodity"]
        for row in ask(
            con,
            "SELECT commodity FROM measure_status, unnest(commodities) AS held(commodity) "
            "GROUP BY ALL ORDER BY count(*) DESC, commodity",
        )
    ]
    wanted = str(arguments.get("commodity") or "rare_earths")
    commodity = mo.ui.dropdown(
        goods, value=wanted if wanted in goods else next(iter(goods), None), label="Commodity"
    )
    commodity
    return arguments, commodity, con


@app.cell
def _(arguments, commodity, con):
    named = str(arguments.get("measure") or "")
    measures = ask(con, MEASURES, commodity=commodity.value, named=named)
    # Two measures may have one key.
    choices = {f"{row['measure_key']} ({str(row['measure_id'])[:8]})": row for row in measures}
    measure = mo.ui.dropdown(choices, value=next(iter(choices), None), label="Measure")
    mo.vstack([mo.ui.table(measures, selection=None), measure])
    return (measure,)


@app.cell
def _(measure):
    mo.stop(measure.value is None, mo.md("No measure is stored for this commodity."))
    measure_id = str(measure.value["measure_id"])
    measure_key = str(measure.value["measure_key"])
    return measure_id, measure_key


@app.cell
def _(con, measure_id, measure_key):
    steps = ask(con, LIFE, measure=measure_id)
    mo.vstack(
        [
            mo.md("## Its life"),
            mo.Html(f"<p>{len(steps)} steps of <code>{escape(measure_key)}</code>, "
                    "in the order in which we learnt of them.</p>"),
            mo.ui.table(steps, selection=None),
        ]
    )  # fmt: skip
    return (steps,)


@app.cell
def _(steps):
    moments = list(dict.fromkeys(str(step["first_seen"]) for step in steps))
    moment = mo.ui.dropdown(
        moments, value=next(iter(moments), None), label="What was known at (UTC)"
    )
    return (moment,)


@app.cell
def _(con, measure_id, moment):
    known = (
        ask(con, KNOWN, moment=f"{moment.value}:59+00", measure=measure_id) if moment.value else []
    )
    mo.vstack(
        [
            mo.md("""
            ## What was known then

            `policy_events_as_of` takes no value from a later report. Choose a later moment and
            see steps, sources and dates arrive.
            """),
            moment,
            mo.ui.table(known, selection=None),
        ]
    )
    return (known,)


@app.cell
def _(con, measure_id):
    tickers = ask(con, TICKERS, measure=measure_id)
    mo.vstack(
        [
            mo.md("""
            ## Its tickers

            The sign is a prior for the latest step, not a forecast: `+` usually gains, `-`
            usually loses, `?` depends. The reason says through what.
            """),
            mo.ui.table(tickers, selection=None),
        ]
    )
    return (tickers,)


@app.cell
def _(con, measure_id, measure_key, steps):
    prices = ask(con, PRICES, measure=measure_id)
    figure = drawn(prices, steps, measure_key)
    mo.vstack(
        [
            mo.md("## Prices around its steps"),
            figure if prices else mo.md("No prices are stored for its tickers."),
        ]
    )
    return figure, prices


@app.cell
def _(commodity, con, measure_id):
    abnormal = ask(con, ABNORMAL, measure=measure_id)
    study = ask(con, STUDY, commodity=commodity.value)
    mo.vstack(
        [
            mo.md("""
            ## Abnormal returns

            Day 0 and the day after, against a market model fitted before the step. A step with
            others near it says little by itself; see `other_steps_near`.
            """),
            mo.ui.table(abnormal, selection=None),
            mo.md("""
            All steps of this commodity together. Listings of one day move together, so trust
            `t_development`; a handful of steps proves nothing. docs/MARKET.md explains the tests.
            """),
            mo.ui.table(study, selection=None),
        ]
    )
    return abnormal, study


@app.cell
def _(abnormal, arguments, figure, known, measure_key, prices, steps, study, tickers):
    if mo.app_meta().mode == "script":
        print(f"{measure_key}: {len(steps)} steps, {len(tickers)} tickers")
        for step in steps:
            print(f"  {step['first_seen']}  {step['status']}: {step['evidence']}")
        print(f"known after the first report: {len(known)} step")
        for row in abnormal:
            print(f"  {row['event_date']} {row['listing']}: {row['car_pct']}% (t {row['t']})")
        for row in study:
            print(f"  {row['window']}: mean {row['mean_pct']}% over {row['events']} events")
        if arguments.get("chart") and prices:
            figure.savefig(str(arguments.get("chart")))
            print(f"chart: {arguments.get('chart')}")
    return


if __name__ == "__main__":
    app.run()

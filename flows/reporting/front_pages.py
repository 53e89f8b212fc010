"""The single pages: today, calendar, feeds, index, about, search."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from importlib import metadata
from typing import Any

from flows.reporting import words
from flows.reporting.drawing import round_levels
from flows.reporting.model_card import model_card
from flows.reporting.writer import Writer
from models import harmless
from models.jurisdiction import jurisdiction_name
from warehouse.reporting.report_rows import ReportRows, Row

SEVERITIES = ("flash", "urgent", "notice", "no rule")
GRADES = ("confirmed", "reported", "rumour")
MOST_SOON = 4
# With fewer articles in a month than this, a share says little; its bars are pale.
FEW = 30
CHART_HEIGHT = 170


def write_today(writer: Writer, new: Sequence[Row], dates: Sequence[Row]) -> None:
    """Write the first page: new developments, newest first, and the next dates."""
    since = writer.site.made_at - timedelta(hours=24)
    goods = Counter(each for row in new for each in row["commodities"])
    codes = Counter(
        code for row in new for code, _ in words.countries([*row["actors"], *row["targets"]])
    )
    severities = {row["severity"] or "no rule" for row in new}
    grades = {row.get("grade") for row in new}
    writer.page(
        "index.html",
        "today.html",
        page="today",
        rows=new,
        fresh=sum(row["first_seen_at"] > since for row in new),
        soon=[row for row in dates if row["is_standing"] and row["day"] >= writer.site.today][
            :MOST_SOON
        ],
        choices={
            "severity": [each for each in SEVERITIES if each in severities],
            "grade": [each for each in GRADES if each in grades],
            "commodity": sorted(goods),
            "country": sorted(
                ((code, jurisdiction_name(code)) for code in codes), key=lambda each: each[1]
            ),
            "family": sorted({row["family"] for row in new if row["family"]}),
        },
    )


def calendar_rows(dates: Sequence[Row], measures: dict[str, Row], writer: Writer) -> list[Row]:
    """The dates of the report with the words that go with them."""
    found = []
    for row in dates:
        measure = measures.get(row["measure_id"])
        if measure is None:
            continue
        returns = "return" in row["what"] or "ran out" in row["what"]
        found.append(
            row
            | {
                "title": words.measure_title(measure),
                "standing": words.standing(measure, writer.site.today),
                "last_step": words.state_word(measure | {"status_today": measure["last_status"]}),
                "last_day": measure["last_step_date"] or measure["last_reported_at"],
                "tone": "returns" if returns else "",
                # Only a month, quarter or year is known: the row says which.
                "period": words.day(row["day"], row["precision"])
                if words.in_or_on(row["precision"]) == "in"
                else "",
            }
        )
    return found


def write_calendar(writer: Writer, dates: Sequence[Row]) -> None:
    """Write the calendar: dates ahead, soonest first, and those just passed, latest first."""
    today = writer.site.today
    writer.page(
        "calendar.html",
        "calendar.html",
        page="calendar",
        ahead=[row for row in dates if row["day"] >= today],
        passed=[row for row in dates if row["day"] < today][::-1],
    )


def write_feeds(writer: Writer, feeds: Sequence[Row]) -> None:
    """Write the page of feeds: health, last error, what came."""
    asked = [row["last_fetch_at"] for row in feeds if row["last_fetch_at"]]
    writer.page(
        "feeds.html",
        "feeds.html",
        page="feeds",
        feeds=feeds,
        troubled=troubled(feeds),
        healths=sorted({row["health"] for row in feeds}),
        last_fetch_at=max(asked, default=None),
    )


def troubled(feeds: Sequence[Row]) -> int:
    """How many feeds fail or are malformed."""
    return sum(row["health"] in ("failing", "malformed") for row in feeds)


def write_pulse(writer: Writer, index: Sequence[Row]) -> None:
    """Write the index of threats and acts, by month and by kind of measure."""
    whole = without_gaps([row for row in index if row["family"] == "all"])
    shares = [
        max(row["act_articles"], row["threat_articles"]) / row["articles"]
        for row in whole
        if row["articles"]
    ]
    top = max(shares, default=0.0) * 100 or 1.0
    width = 100 / max(1, len(whole))
    every = max(1, len(whole) // 8)
    months = []
    for number, row in enumerate(whole):
        high = {
            f"{kind}_height": round(
                CHART_HEIGHT * 100 * row[f"{kind}_articles"] / max(1, row["articles"]) / top, 1
            )
            for kind in ("act", "threat")
        }
        month = row["month"]
        months.append(
            row
            | high
            | {
                "x": round(number * width + width * 0.1, 2),
                "width": round(width * 0.4, 2),
                "few": row["articles"] < FEW,
                "name": f"{month:%B} {month.year}",
                "label": f"{month:%b} {month.year}",
                "labelled": number % every == 0 and number < len(whole) - every // 2,
            }
        )
    totals: dict[str, Counter[str]] = {}
    for row in index:
        if row["family"] != "all":
            sums = totals.setdefault(row["family"], Counter())
            sums.update({key: row[key] for key in row if key.endswith("_articles")})
    writer.page(
        "pulse.html",
        "pulse.html",
        page="pulse",
        months=months,
        families=[{"family": family, **sums} for family, sums in sorted(totals.items())],
        levels=[
            (round(190 - CHART_HEIGHT * level / top, 1), f"{level:g} %")
            for level in round_levels(0, top)
            if level
        ],
        any_few=any(month["few"] for month in months),
        few=FEW,
        every=every,
    )


def without_gaps(months: Sequence[Row]) -> list[Row]:
    """Every month from the first to the last; one without articles has zeros."""
    held = {row["month"]: row for row in months}
    if not held:
        return []
    found, month = [], min(held)
    empty = {key: 0 for key in months[0] if key not in ("month", "family")}
    while month <= max(held):
        found.append(held.get(month) or {**empty, "month": month, "family": "all"})
        month = (month + timedelta(days=31)).replace(day=1)
    return found


def write_about(writer: Writer, feeds: Sequence[Row], rules: Sequence[tuple[str, str]]) -> None:
    """Write what was read, until when, how well, and the limits."""
    writer.page(
        "about.html",
        "about.html",
        page="about",
        totals=writer.site.totals,
        feed_count=len(feeds),
        troubled=troubled(feeds),
        version=metadata.version("policywire"),
        card=model_card(),
        rules=rules,
    )


def write_search(
    writer: Writer,
    measures: Sequence[Row],
    countries: Sequence[tuple[str, str]],
    commodities: Sequence[tuple[str, str]],
    names: dict[str, Row],
    listings: Sequence[str],
) -> None:
    """Write the search page, and its index as a script: a page from disk may request nothing."""
    entries: list[list[str]] = []
    for row in measures:
        about = [row["measure_key"], words.state_word(row), *map(words.ticker, row["tickers"][:20])]
        path = f"measures/{words.slug(row['measure_id'])}.html"
        entries.append(["measure", words.measure_title(row), path, " · ".join(about)])
    for listing in listings:
        name = names[listing]["name"] if listing in names else ""
        entries.append(["listing", listing, f"listings/{words.slug(listing)}.html", name])
    entries += [
        ["commodity", name, f"commodities/{words.slug(id)}.html", id] for id, name in commodities
    ]
    entries += [
        ["country", name, f"countries/{words.slug(code)}.html", code] for code, name in countries
    ]
    safe = [[harmless.line(part) for part in entry] for entry in entries]
    writer.text("search-data.js", f"window.policywireIndex = {harmless.json_text(safe)};\n")
    values: dict[str, Any] = {"page": "search"}
    writer.page("search.html", "search.html", **values)


def read_dates(rows: ReportRows) -> list[Row]:
    """The rows of coming and passed dates."""
    return rows.rows("report_dates", "today", "most_dates", "days_ahead", "days_back")

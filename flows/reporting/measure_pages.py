"""A page per measure: its life drawn, and every step with evidence, corrections and listings."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flows.reporting import words
from flows.reporting.drawing import draw_life, draw_prices, draw_spark, life_axis
from flows.reporting.life import FACTS, SHORT, in_order, segments, step_day
from flows.reporting.writer import Writer
from warehouse.reporting.report_rows import ReportRows, Row

BATCH = 50
MOST_TIES = 6
MOST_MORE = 40
MOST_LINES = 3
Closes = dict[str, list[tuple[date, float]]]
TONES = {
    "in_force": "force",
    "suspension_over": "due",
    "suspended": "paused",
    "delayed": "paused",
    "announced": "decided",
    "adopted": "decided",
    "threatened": "talk",
    "proposed": "talk",
    "under_negotiation": "talk",
    "lifted": "ended",
    "expired": "ended",
    "averted": "ended",
    "rejected": "ended",
}


def write_measures(
    writer: Writer, rows: ReportRows, measures: Sequence[Row], corrections: dict[str, list[Row]]
) -> Iterator[int]:
    """Write the page of every measure; yield how many were written since the last time."""
    for batch in batches(measures, BATCH):
        ids = [row["measure_id"] for row in batch]
        steps = rows.of_measures("report_steps", ids, "held.first_reported_at")
        ties = rows.of_measures(
            "report_ties",
            ids,
            "held.link = 'exposed', held.relevance DESC, held.ret_0 IS NULL, held.listing_id",
        )
        sources = rows.of_measures("report_sources", ids, "held.seen_at, held.title")
        closes = closes_of(rows, list(steps.values()), list(ties.values()), writer.site.today)
        for row in batch:
            measure = row["measure_id"]
            values = measure_values(
                row,
                steps[measure],
                ties[measure],
                sources[measure],
                corrections.get(measure, []),
                closes,
                writer.site.today,
            )
            path = f"measures/{words.slug(measure)}.html"
            writer.page(path, "measure.html", page="measures", **values)
        yield len(batch)


def batches(measures: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """Parts of a list, each of at most `size`."""
    for start in range(0, len(measures), size):
        yield measures[start : start + size]


def closes_of(
    rows: ReportRows, steps: Sequence[Sequence[Row]], ties: Sequence[Sequence[Row]], today: date
) -> Closes:
    """The closes that the pages of a batch of measures need, by listing."""
    listings = {
        listing for held in ties for listing in [*drawn_listings(held), *spark_listings(held)]
    }
    days = [step_day(step) for held in steps for step in held]
    if not listings or not days:
        return {}
    found = rows.prices(sorted(listings), min(days) - timedelta(days=400), today)
    return {
        listing: [(row["session_date"], row["adj_close"]) for row in held]
        for listing, held in found.items()
    }


def measure_values(
    measure: Row,
    steps: list[Row],
    ties: list[Row],
    sources: list[Row],
    notices: list[Row],
    closes: Closes,
    today: date,
) -> dict[str, Any]:
    """What the page of one measure shows."""
    ordered = in_order(steps)
    shown = [step_values(step, ties, sources, notices, closes) for step in ordered]
    marks = [(step["on"], mark_words(step), step["sure"]) for step in shown]
    found = segments(ordered)
    days = [step["on"] for step in shown]
    axis = life_axis(found, days, today) if days else None
    chart = draw_prices(lines_of(ties, closes), axis) if axis else None
    return {
        "measure": measure,
        "standing": words.standing(measure, today),
        "tone": tone_of(measure),
        "steps": shown,
        "hidden_steps": max(0, measure["step_count"] - len(shown)),
        "life": draw_life(found, marks, axis, today) if axis else None,
        "life_words": "; ".join(
            f"{SHORT[part.state]} from {words.day(part.start)}"
            + (f" until {words.day(part.end)}" if part.end else "")
            for part in found
        ),
        "chart": chart,
        "priced": any(tie["adjusted_0"] is not None for tie in ties),
    }


def tone_of(measure: Row) -> str:
    """The colour of what holds today."""
    if measure["next_step"] == "returns unless prolonged":
        return "paused"
    return TONES.get(measure["status_today"], "force")


def mark_words(step: dict[str, Any]) -> str:
    """The words of a step's mark in the drawing."""
    sure = "" if step["sure"] else f" ({words.CERTAINTY[step['row']['factuality']]})"
    return f"{words.day(step['on'])}: {step['name']} {' '.join(step['terms'])}".strip() + sure


def step_values(
    step: Row, ties: list[Row], sources: list[Row], notices: list[Row], closes: Closes
) -> dict[str, Any]:
    """What a page shows of one step."""
    own = [tie for tie in ties if tie["development_id"] == step["development_id"]]
    priced = [tie for tie in own if tie["ret_0"] is not None][:MOST_TIES]
    others = [tie for tie in own if tie not in priced]
    return {
        "row": step,
        "on": step_day(step),
        "sure": step["factuality"] in FACTS,
        "name": words.step_name(step),
        "terms": words.step_terms(step),
        "evidence": marked(step["evidence"] or "", step["trigger"] or ""),
        "sources": [
            source
            for source in sources
            if source["development_id"] == step["development_id"]
            and source["sentence"] != step["evidence"]
        ],
        "notices": [row for row in notices if row["development_id"] == step["development_id"]],
        "ties": [tie | {"spark": spark_of(tie, closes)} for tie in priced],
        "others": by_reason(others[:MOST_MORE]),
        "left_out": max(0, len(others) - MOST_MORE),
    }


def by_reason(ties: Sequence[Row]) -> list[dict[str, Any]]:
    """Listings without prices, those with the same sign and reason on one line."""
    found: dict[tuple[str, str], list[Row]] = {}
    for tie in ties:
        why = tie["why"] or words.LINKS.get(tie["link"]) or str(tie["link"])
        found.setdefault((why, tie["sign"]), []).append(tie)
    return [{"why": why, "ties": held} for (why, _), held in found.items()]


def spark_of(tie: Row, closes: Closes) -> Any:
    """The drawing of a listing's closes around a step; None without prices."""
    if tie["event_date"] is None or tie["ret_0"] is None:
        return None
    return draw_spark(closes.get(tie["listing_id"], []), tie["event_date"])


def marked(sentence: str, trigger: str) -> tuple[str, str, str]:
    """The sentence in three parts: before its trigger, the trigger, after it."""
    if not trigger or trigger not in sentence:
        return sentence, "", ""
    before, _, after = sentence.partition(trigger)
    return before, trigger, after


def spark_listings(ties: Sequence[Row]) -> list[str]:
    """Listings whose closes are drawn beside a step."""
    found: dict[str, list[str]] = {}
    for tie in ties:
        shown = found.setdefault(tie["development_id"], [])
        if tie["ret_0"] is not None and len(shown) < MOST_TIES:
            shown.append(tie["listing_id"])
    return [listing for shown in found.values() for listing in shown]


def drawn_listings(ties: Sequence[Row]) -> list[str]:
    """The listings with prices that a measure touches most, for the chart of its life."""
    weight: dict[str, tuple[int, int]] = {}
    for tie in ties:
        if tie["ret_0"] is not None:
            most, count = weight.get(tie["listing_id"], (0, 0))
            weight[tie["listing_id"]] = (max(most, tie["relevance"]), count + 1)
    ranked = sorted(weight, key=lambda listing: (weight[listing], listing), reverse=True)
    return ranked[:MOST_LINES]


def lines_of(
    ties: Sequence[Row], closes: Closes
) -> list[tuple[str, str, Sequence[tuple[date, float]]]]:
    """(name, listing, closes) of the lines of a measure's chart."""
    return [
        (words.ticker(listing), listing, closes.get(listing, []))
        for listing in drawn_listings(ties)
    ]

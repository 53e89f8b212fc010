"""Builds the report: reads the snapshot, fills a folder, puts it in the place of the last one."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.base.progress import track
from flows.base.settings import Reporting, first_problem
from flows.reporting import front_pages as front
from flows.reporting import list_pages as lists
from flows.reporting.measure_pages import write_measures
from flows.reporting.publishing import refuse_foreign, replacing
from flows.reporting.syndication import rule_files, write_syndication
from flows.reporting.writer import Site, Writer
from models.errors import ConfigError
from warehouse.reporting.report_rows import Bounds, ReportRows, Row, open_report

ENTRY = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What a report holds. `base_url` is where it will be served, for the links in feeds."""

    bounds: Bounds = field(default_factory=Bounds)
    feeds: bool = False
    base_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResult:
    """A written report: the page to open, pages, measures, bytes, seconds."""

    entry: Path
    pages: int
    measures: int
    size: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.entry}: {self.measures:,} measures on {self.pages:,} pages, "
            f"{self.size / 1e6:,.1f} MB"
        )

    def log_counts(self) -> tuple[str, ...]:
        """The most important counts, for the log line of a pass."""
        return (f"{self.pages:,} report pages",)


def options_of(settings: Reporting, **chosen: Any) -> ReportOptions:
    """The options that settings give; `chosen` ones (measures, feeds, url) take precedence.

    Raises ConfigError for a value out of its limits.
    """
    given = {key: value for key, value in chosen.items() if value is not None}
    try:
        wanted = Reporting(**(settings.model_dump() | given))
    except ValidationError as error:
        raise ConfigError(f"report: {first_problem(error)}") from error
    return ReportOptions(
        bounds=Bounds(most=wanted.measures), feeds=wanted.feeds, base_url=wanted.url
    )


def build_report(
    snapshot: Path,
    folder: Path,
    options: ReportOptions | None = None,
    *,
    now: datetime | None = None,
) -> ReportResult:
    """Write the report of a snapshot to `folder`, which it replaces as a whole.

    Raises WarehouseError without a snapshot, ConfigError when the folder holds other files,
    PipelineError when the disk refuses or another process writes this report.
    """
    options = options or ReportOptions()
    now = now or datetime.now(UTC)
    began = time.monotonic()
    refuse_foreign(folder)
    with open_report(snapshot, now.date(), options.bounds) as rows:
        measures = rows.measures()
        with (
            replacing(folder) as fresh,
            track("report", len(measures)) as advance,
        ):
            writer = Writer(folder=fresh, site=site_of(rows, measures, options, now))
            write_site(writer, rows, measures, advance)
    return ReportResult(
        entry=folder / ENTRY,
        pages=writer.pages,
        measures=len(measures),
        size=writer.size,
        seconds=time.monotonic() - began,
    )


def site_of(rows: ReportRows, measures: list[Row], options: ReportOptions, now: datetime) -> Site:
    """What every page knows."""
    return Site(
        made_at=now,
        today=now.date(),
        bounds=options.bounds,
        totals=rows.rows("report_totals")[0],
        shown=frozenset(row["measure_id"] for row in measures),
        feeds=options.feeds,
        base_url=options.base_url,
    )


def write_site(
    writer: Writer, rows: ReportRows, measures: list[Row], advance: Callable[[int], None]
) -> None:
    """Write all files of the report."""
    by_id = {row["measure_id"]: row for row in measures}
    corrections: dict[str, list[Row]] = defaultdict(list)
    for row in rows.rows("report_corrections"):
        corrections[row["measure_id"]].append(row)
    new = rows.rows("report_new", "most_new")
    dates = front.calendar_rows(front.read_dates(rows), by_id, writer)
    feeds = rows.rows("report_feeds", "most_feeds")
    names = {row["listing_id"]: row for row in rows.rows("report_listing_names")}
    counts = rows.rows("report_listing_counts")
    exposures = rows.rows("report_exposures")
    writer.statics()
    front.write_today(writer, new, dates)
    front.write_calendar(writer, dates)
    front.write_feeds(writer, feeds)
    front.write_pulse(writer, rows.rows("report_index", "months"))
    lists.write_measure_lists(writer, measures)
    countries = lists.write_countries(writer, measures)
    commodities = lists.write_commodities(writer, measures, exposures, names)
    for _ in lists.write_listings(writer, rows, exposures, names, counts):
        pass
    for count in write_measures(writer, rows, measures, corrections):
        advance(count)
    listings = [row["listing_id"] for row in counts]
    front.write_search(writer, measures, countries, commodities, names, listings)
    rules = rule_files(rows) if writer.site.feeds else []
    if writer.site.feeds:
        write_syndication(writer, rows, new, dates, rules)
    front.write_about(writer, feeds, rules)

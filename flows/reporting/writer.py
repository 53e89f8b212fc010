"""Writes pages from templates: everything escaped, every file counted."""

from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.reporting import words
from models import harmless
from models.headline import rate_words
from models.headline import words as words_of
from warehouse.reporting.report_rows import Bounds

STATIC = ("report.css", "report.js", "icon.svg")
NAVIGATION = (
    ("today", "Today", "index.html"),
    ("calendar", "Calendar", "calendar.html"),
    ("measures", "Measures", "measures/index.html"),
    ("countries", "Countries", "countries/index.html"),
    ("commodities", "Commodities", "commodities/index.html"),
    ("listings", "Listings", "listings/index.html"),
    ("pulse", "Index", "pulse.html"),
    ("feeds", "Feeds", "feeds.html"),
    ("about", "About", "about.html"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page knows. `shown` holds the measures that have a page."""

    made_at: datetime
    today: date
    bounds: Bounds
    totals: dict[str, Any]
    shown: frozenset[str]
    feeds: bool
    base_url: str = ""
    navigation: tuple[tuple[str, str, str], ...] = NAVIGATION


@dataclass(slots=True, kw_only=True)
class Writer:
    """Fills one folder; counts files and bytes."""

    folder: Path
    site: Site
    environment: Environment = field(default_factory=lambda: environment())
    pages: int = 0
    size: int = 0

    def page(self, path: str, template: str, *, page: str, **values: Any) -> None:
        """Render a template to `path`, a relative one with slashes. `page` is its menu entry."""
        root = "../" * path.count("/")
        rendered = self.environment.get_template(template).render(
            root=root, page=page, site=self.site, **values
        )
        self.pages += 1
        self.text(path, rendered)

    def text(self, path: str, text: str) -> None:
        """Write one file."""
        self.data(path, text.encode("utf-8", "replace"))

    def data(self, path: str, data: bytes) -> None:
        """Write one file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.size += len(data)

    def statics(self) -> None:
        """Write style sheet, script and icon."""
        here = resources.files("flows.reporting") / "static"
        for name in STATIC:
            self.data(f"static/{name}", (here / name).read_bytes())


def environment() -> Environment:
    """The templates' environment: autoescape on, an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("flows.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=words.clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "certainty": words.CERTAINTY,
        "corrections": words.CORRECTIONS,
        "links": words.LINKS,
        "signs": words.SIGNS,
        "share": words.share,
    }
    made.filters |= {
        "commodity_name": words.commodity_name,
        "countries": words.countries,
        "day": words.day,
        "goods": words_of,
        "groupby_day": by_day,
        "measure_title": words.measure_title,
        "moment": words.moment,
        "parties": lambda implementer: words.countries((implementer or "").split("+")),
        "percent": words.percent,
        "rate": lambda row: rate_words(row["rate_value"], row["rate_unit"]),
        "safe_link": harmless.link,
        "slug": words.slug,
        "state_word": words.state_word,
        "step_line": words.step_line,
        "step_name": words.step_name,
        "ticker": words.ticker,
        "weekday": lambda value: f"{value:%A}, {words.day(value)}",
        "without_query": words.without_query,
        "words": words_of,
    }
    return made


def by_day(rows: list[dict[str, Any]]) -> list[tuple[date, list[dict[str, Any]]]]:
    """Rows in order, grouped by the day (UTC) they were first seen."""
    return [
        (day, list(group)) for day, group in groupby(rows, lambda row: row["first_seen_at"].date())
    ]

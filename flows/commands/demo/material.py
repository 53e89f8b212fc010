"""Read the demo's articles, the developments they should yield, and the feeds that carry them."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from models.errors import ConfigError

HERE = Path(__file__).parent
BEHAVIOURS = frozenset(
    {"plain", "gzip", "mislabelled", "truncated", "moved", "slow", "missing", "html"}
)
# What names a step that one row alone tells.
STEP = ("article_id", "type", "status", "factuality", "actor", "product")
FORMATS = frozenset({"rss2", "rss1", "atom"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """One article as its publisher has it; `published_at` is UTC.

    `paragraphs` are HTML fragments: plain text with entities and sometimes inline markup.
    """

    article_id: str
    feed_id: str
    title: str
    published_at: datetime
    summary: str
    paragraphs: tuple[str, ...]

    @property
    def html(self) -> str:
        """Return the body as HTML paragraphs."""
        return "\n".join(f"<p>{p}</p>" for p in self.paragraphs)

    @property
    def guid(self) -> str:
        """Return the id of the entry in its feed; it does not depend on the server's address."""
        return f"tag:policywire.invalid,2025:{self.article_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFeed:
    """One feed of the demo: its row in the feed list, and how the server answers for it."""

    feed_id: str
    name: str
    publisher: str
    category: str
    country: str
    poll_minutes: int
    trust_tier: int
    format: str
    behaviour: str = "plain"
    content: str = "full"

    @property
    def path(self) -> str:
        """Return the path given in the feed list."""
        return f"/feeds/{self.feed_id}.xml"

    @property
    def full_text(self) -> bool:
        """Return whether the text must be fetched from the page: entries carry only a summary."""
        return self.content == "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDevelopment:
    """A development an article should yield, by the ontology; codes as in models.event.

    `step` names the step: rows of one step have one name. `product` is a commodity id of
    models/reference/commodities.csv, or empty. `rate_pct` is the main rate in percent. `end_date`
    is as precise as the text, empty for none, "*" where a report may leave it open. `notice` is
    the severity of the notice that the shipped rules owe the desk, or "no". If `required` is
    false, the text allows this reading but does not force it: both finding and missing it are
    correct.
    """

    article_id: str
    step: str
    type: str
    status: str
    factuality: str
    time_frame: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    product: str
    rate_pct: float | None
    end_date: str
    notice: str
    required: bool


@cache
def demo_articles() -> tuple[DemoArticle, ...]:
    """Return every article, newest first. Raises ConfigError if a story file is malformed."""
    articles = [
        _article(path, row)
        for path in sorted((HERE / "stories").glob("*.toml"))
        for row in _tables(path, "article")
    ]
    return tuple(sorted(articles, key=lambda a: (a.published_at, a.article_id), reverse=True))


@cache
def demo_catalogue() -> tuple[DemoFeed, ...]:
    """Return every feed in the order of the catalogue.

    Raises ConfigError for an unknown key, format or behaviour.
    """
    path = HERE / "catalogue.toml"
    feeds = tuple(_feed(path, row) for row in _tables(path, "feed"))
    for feed in feeds:
        if feed.format not in FORMATS or feed.behaviour not in BEHAVIOURS:
            raise ConfigError(
                f"{path.name}: feed '{feed.feed_id}': unknown format or behaviour "
                f"'{feed.format}', '{feed.behaviour}'; see the comments at its top"
            )
    return feeds


@cache
def articles_of(feed_id: str) -> tuple[DemoArticle, ...]:
    """Return the articles of one feed, newest first."""
    return tuple(a for a in demo_articles() if a.feed_id == feed_id)


@cache
def expected_developments() -> tuple[ExpectedDevelopment, ...]:
    """Return the rows of expected.csv in order; near-misses have no row."""
    with (HERE / "expected.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            ExpectedDevelopment(
                article_id=row["article_id"],
                step=row["step"] or " ".join(filter(None, (row[key] for key in STEP))),
                type=row["type"],
                status=row["status"],
                factuality=row["factuality"],
                time_frame=row["time_frame"],
                actors=_codes(row["actor"]),
                targets=_codes(row["target"]),
                product=row["product"],
                rate_pct=float(row["rate_pct"]) if row["rate_pct"] else None,
                end_date=row["end_date"],
                notice=row["notice"],
                required=row["required"] == "yes",
            )
            for row in csv.DictReader(file)
        )


def _tables(path: Path, key: str) -> list[dict[str, object]]:
    try:
        rows: list[dict[str, object]] = tomllib.loads(path.read_text(encoding="utf-8"))[key]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ConfigError(f"{path.name}: cannot read its [[{key}]] tables: {error}") from error
    return rows


def _article(path: Path, row: dict[str, object]) -> DemoArticle:
    published = row.get("published")
    if not isinstance(published, datetime) or published.tzinfo is None:
        raise ConfigError(f"{path.name}: article '{row.get('id')}': published must be a UTC time")
    paragraphs = tuple(p.strip() for p in str(row["body"]).split("\n\n") if p.strip())
    return DemoArticle(
        article_id=str(row["id"]),
        feed_id=str(row["feed"]),
        title=str(row["title"]),
        published_at=published.astimezone(UTC),
        summary=str(row.get("summary") or paragraphs[0]),
        paragraphs=paragraphs,
    )


def _feed(path: Path, row: dict[str, object]) -> DemoFeed:
    fields = {("feed_id" if key == "id" else key): value for key, value in row.items()}
    try:
        return DemoFeed(**fields)  # type: ignore[arg-type]  # checked by the caller and the tests
    except TypeError as error:
        raise ConfigError(f"{path.name}: feed '{row.get('id')}': {error}") from error


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(code for code in cell.split("|") if code)

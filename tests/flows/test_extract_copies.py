"""Syndicated copies are found once, whichever run they come in, and point to the first source."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.link import group_copies
from models.article import Article, text_digest
from warehouse.articles.articles import save_ingest
from warehouse.connection import open_warehouse

STORY = (
    "The trade ministry said on Thursday that exporters of the metal will need a permit for every "
    "cargo from the first day of next month, a step that buyers in three countries had feared "
    "since the spring. Officials gave no list of exempt users and named no date for a review. "
)
OTHER = (
    "Harvest reports from the northern plains put the crop well above last year, and elevators "
    "along the river have begun to turn away trucks until barges arrive. Farmers blame the low "
    "water that has kept freight dear since August, and see no relief before the rains return. "
)
SEEN = datetime(2025, 10, 9, 8, tzinfo=UTC)


def article(name: str, text: str, minutes: int) -> Article:
    at = SEEN + timedelta(minutes=minutes)
    digest = text_digest(name, text)
    return Article(
        article_id=name,
        version=1,
        feed_id=name,
        guid=name,
        url=None,
        canonical_url=None,
        title=name,
        text=text,
        text_digest=digest,
        entry_digest=digest,
        text_source="feed",
        language="en",
        published_at=at,
        updated_at=None,
        fetched_at=at,
        first_seen_at=at,
    )


def copies_of(path: Path) -> dict[str, str]:
    with open_warehouse(path) as con:
        return dict(con.execute("SELECT article_id, group_id FROM store.article_copies").fetchall())


def test_copies_point_to_the_first_source_across_runs(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        save_ingest(con, articles=[article("wire", STORY, 0), article("farm", OTHER, 1)])
    assert group_copies(path) == 0
    with open_warehouse(path) as con:
        save_ingest(
            con,
            articles=[
                article("daily", "HARBOUR CITY - " + STORY, 30),
                article("weekly", STORY + "Our own staff added this line at the end.", 60),
                article("brief", "Too short to tell.", 61),
            ],
        )
    assert group_copies(path) == 2
    assert copies_of(path) == {"daily": "wire", "weekly": "wire"}
    assert group_copies(path) == 0, "what was compared once is not compared again"

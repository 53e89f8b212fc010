"""`policywire explain` from the command line: texts, articles of the snapshot, pages, bad input."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.extract import EXTRACTOR_VERSION, Extractor
from flows.commands.cli import app
from flows.extract import unit_of
from models.article import Article, text_digest
from models.errors import ConfigError, WarehouseError
from warehouse.articles.articles import articles_to_extract, save_ingest
from warehouse.connection import open_warehouse
from warehouse.events.events import save_extractions
from warehouse.snapshot import publish, query

SEEN = datetime(2025, 11, 8, 8, tzinfo=UTC)
STORY = (
    "China put off its wider licensing rules for rare-earth exports by one year on Friday, the "
    "commerce ministry said.\n\nTariffs are a tax, economists say. Washington cut its tariff on "
    "Chinese goods to 10% from 20%. The weather in the capital was fine."
)


def article(name: str, text: str, language: str = "en") -> Article:
    digest = text_digest(name, text)
    return Article(
        article_id=name,
        version=1,
        feed_id="desk",
        guid=name,
        url=None,
        canonical_url=None,
        title="China shelves rare-earth licence rules",
        text=text,
        text_digest=digest,
        entry_digest=digest,
        text_source="feed",
        language=language,
        published_at=SEEN,
        updated_at=None,
        fetched_at=SEEN,
        first_seen_at=SEEN,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explain") / "w.duckdb"
    texts = {
        "a1b2c3d4" + 24 * "0": STORY,
        "b1b2c3d4" + 24 * "0": "🎉" * 20 + "\x00" * 30,
        "c1b2c3d4" + 24 * "0": "tariff " * 20_000,
    }
    with open_warehouse(path) as con:
        save_ingest(con, articles=[article(key, text) for key, text in texts.items()])
        foreign = "La Chine interdit les exportations de gallium vers les Etats-Unis."
        save_ingest(con, articles=[article("d1b2c3d4" + 24 * "0", foreign, "fr")])
        waiting = articles_to_extract(con, EXTRACTOR_VERSION)
        found = list(Extractor().extract(unit_of(item, {}) for item in waiting))
        save_extractions(con, found, SEEN)
    publish(path, path.with_suffix(".snapshot.duckdb"))
    return path


def run(*args: str | Path, text: str | None = None) -> str:
    given = ["explain", *map(str, args)]
    return CliRunner().invoke(app, given, input=text, catch_exceptions=False).output


def test_a_text_is_explained_in_a_hundred_columns(tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    shown = run("China suspends export ban on gallium to US", "--html", page)
    assert "EVENT    export_ban suspended" in shown
    assert re.search(r"actors +CN +\"China\" at 0", shown)
    assert re.search(r"rates +- +no rate of this measure", shown)
    assert all(len(line) <= 100 for line in shown.splitlines())
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("key", ["a1b2c3d4", "a1b2c3d4" + 24 * "0"])
def test_an_article_is_looked_up_in_the_snapshot(store: Path, key: str) -> None:
    shown = run(key, "--warehouse", store)
    assert "EVENT    export_licensing delayed" in shown
    assert "refused  tariff" in shown
    assert "is under" in shown
    assert "title 0-" in shown
    assert "sentence without letters of trade" in shown
    with_events = query(
        store.with_suffix(".snapshot.duckdb"),
        "SELECT event_count FROM articles WHERE article_id LIKE 'a1b2%'",
    ).rows
    assert f"{with_events[0][0]} events" in shown


def test_an_unknown_id_is_an_error(store: Path) -> None:
    with pytest.raises(WarehouseError, match="no article ffffffff"):
        run("ffffffff", "--warehouse", store)


def test_a_refused_article_shows_the_stored_reason(store: Path) -> None:
    rows = query(
        store.with_suffix(".snapshot.duckdb"), "SELECT article_id[:1], reject FROM articles"
    ).rows
    reasons = {str(key): reason for key, reason in rows}
    assert reasons == {
        "a": None,
        "b": "not text: control characters",
        "c": "not prose: the same words over and over",
        "d": "language 'fr' is not read",
    }
    for key in "bcd":
        assert f"refused: {reasons[key]}" in run(f"{key}1b2c3d4", "--warehouse", store)


def test_console_markup_in_a_text_is_not_interpreted() -> None:
    shown = run("[red]China[/red] bans [bold]gallium exports to US :smile:")
    assert "[red]China[/red] bans" in shown
    assert ":smile:" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "refused: empty text"),
        ("x" * 5_000_000, "refused: text too long: 5,000,000 characters"),
        ("The weather was fine.", "1 sentence without letters of trade"),
        ("שלום 🎉 \u202e tariff \x00", "0 events"),
    ],
)
def test_bad_input_is_explained_in_one_line(text: str, said: str) -> None:
    assert said in run("-", text=text)


def test_a_bad_date_or_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a date: 'soon'"):
        run("India bans rice exports", "--published", "soon")
    with pytest.raises(ConfigError, match="cannot be written"):
        run("India bans rice exports", "--html", tmp_path / "no" / "where.html")

"""Archives of three kinds give the same items; unreadable records are refused with a reason."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.feeds.archive_article import article_from_archive
from flows.history import archives
from flows.history.archives import archive_identity, moment, read_archive
from models.archive import ArchiveItem
from models.errors import ConfigError
from models.reading import Passed, Refusal

ROWS = [
    {
        "title": "Japan lifts duty on zinc",
        "text": "Japan lifted its duty on zinc on Thursday, the trade ministry said.",
        "url": "https://desk.example/1",
        "published": "2025-10-09 09:00:00+00:00",
    },
    {"title": "Brief", "text": "Two words.", "url": "https://desk.example/2", "published": None},
]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def jsonl(path: Path, rows: list[object]) -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def warc(path: Path, pages: list[tuple[str, str, str, str]]) -> Path:
    """A WARC of (url, status, content type, body), all taken on one morning."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for url, status, kind, body in pages:
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body.encode()),
                    http_headers=StatusAndHeaders(status, [("Content-Type", kind)], "HTTP/1.1"),
                    warc_headers_dict={"WARC-Date": "2025-10-10T06:00:00Z"},
                )
            )
    return path


def items(path: Path) -> list[ArchiveItem]:
    return [record for record in read_archive(path) if isinstance(record, ArchiveItem)]


PROSE = (
    "The trade ministry said on Thursday that exporters of the metal will need a permit for every "
    "cargo from the first day of next month, a step that buyers in three countries had feared."
)
PAGE = (
    "<html><head><title>Permit for every cargo</title>"
    '<meta property="article:published_time" content="2025-10-09T08:00:00Z"></head><body>'
    f"<nav>Home Markets</nav><article><h1>Permit for every cargo</h1><p>{PROSE}</p>"
    f"<p>{PROSE.replace('metal', 'oxide')}</p></article></body></html>"
)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet"])
def test_lines_and_columns_give_the_same_items(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    else:
        jsonl(path, list(ROWS))
    first, second = items(path)
    assert (first.title, first.url) == ("Japan lifts duty on zinc", "https://desk.example/1")
    assert first.published_at == datetime(2025, 10, 9, 9, tzinfo=UTC)
    assert second.published_at is None
    article = article_from_archive(first, feed_id="desk", fetched_at=NOW)
    assert article is not None
    assert (article.first_seen_at, article.language) == (first.published_at, "en")
    undated = article_from_archive(second, feed_id="desk", fetched_at=NOW)
    assert undated is not None
    assert (undated.first_seen_at, undated.date_flag) == (NOW, "missing")


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_warc_gives_its_pages(tmp_path: Path, name: str) -> None:
    pages = [
        ("https://desk.example/p", "200 OK", "text/html; charset=utf-8", PAGE),
        ("https://desk.example/gone", "404 Not Found", "text/html", PAGE),
        ("https://desk.example/logo", "200 OK", "image/png", "x"),
    ]
    item, gone, logo = read_archive(warc(tmp_path / name, pages))
    assert isinstance(item, ArchiveItem)
    assert isinstance(gone, Passed)
    assert isinstance(logo, Passed)
    article = article_from_archive(item, feed_id="desk", fetched_at=NOW)
    assert article is not None
    assert (article.title, article.url) == ("Permit for every cargo", "https://desk.example/p")
    assert article.text.startswith("The trade ministry")
    assert "Markets" not in article.text
    assert article.published_at == datetime(2025, 10, 9, tzinfo=UTC)
    assert article.first_seen_at == datetime(2025, 10, 10, 6, tzinfo=UTC)


def test_every_line_is_an_item_or_a_refusal(tmp_path: Path) -> None:
    bad = [
        "{broken",
        {"title": "no text"},
        "[1]",
        {"text": "x", "title": {"a": 1}},
        {"text": "x", "published": "soon"},
        {"text": "x", "published": "0001-01-01T00:00:00+14:00"},
        {"text": " "},
        "[" * 100_000,
    ]
    path = jsonl(tmp_path / "a.jsonl", [*bad, "", ROWS[0], {"text": "\ud800 lone", "guid": 7}])
    found = list(read_archive(path))
    refused = [record for record in found if isinstance(record, Refusal)]
    assert [r.place for r in refused] == [f"line {n}" for n in range(1, len(bad) + 1)]
    assert all(r.reason and "\n" not in r.reason and len(r.reason) <= 200 for r in refused)
    first, second = items(path)
    assert (first.url, first.place) == ("https://desk.example/1", "line 10")
    assert second.text.encode(), "can be stored"
    assert second.guid == "7"
    for name, said in (("a.csv", "unknown kind of archive"), ("none.jsonl", "no such file")):
        with pytest.raises(ConfigError, match=said):
            list(read_archive(tmp_path / name))
    (tmp_path / "c.parquet").write_bytes(b"PAR0 no parquet at all")
    with pytest.raises(ConfigError, match="not Parquet"):
        list(read_archive(tmp_path / "c.parquet"))


def test_a_damaged_warc_gives_its_whole_records(tmp_path: Path) -> None:
    path = warc(tmp_path / "t.warc", [("https://d.example/p", "200 OK", "text/html", PAGE)] * 2)
    path.write_bytes(path.read_bytes()[:-200] + b"\0" * 50)
    found = list(read_archive(path))
    assert isinstance(found[0], ArchiveItem)
    assert isinstance(found[-1], Refusal)


def test_a_damaged_gzip_gives_its_whole_lines_and_a_refusal(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl.gz", list(ROWS) * 500)
    path.write_bytes(path.read_bytes()[:-40])
    *whole, last = read_archive(path)
    assert isinstance(last, Refusal)
    assert "damaged from here on" in last.reason
    assert all(isinstance(record, ArchiveItem) for record in whole)


def test_an_endless_line_is_not_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LONGEST_LINE", 1000)
    path = jsonl(tmp_path / "a.jsonl", [ROWS[0], {"text": "x" * 5000}, ROWS[1]])
    kinds = [type(record) for record in read_archive(path)]
    assert kinds == [ArchiveItem, Refusal, ArchiveItem]


def test_times_as_archives_write_them() -> None:
    day = datetime(2025, 10, 9, tzinfo=UTC)
    for text in (
        "2025-10-09",
        "2025-10-09 02:00:00+02:00",
        "2025-10-09T00:00:00Z",
        day,
        day.date(),
    ):
        assert moment(text) == day
    assert moment("") is None
    with pytest.raises(ValueError, match="not a time: 'soon'"):
        moment("soon")


def test_an_archive_is_identified_by_its_content(tmp_path: Path) -> None:
    here = jsonl(tmp_path / "a.jsonl", list(ROWS))
    (tmp_path / "there").mkdir()
    there = jsonl(tmp_path / "there" / "a.jsonl", list(ROWS))
    assert archive_identity(here) == archive_identity(there)
    jsonl(there, list(ROWS[:1]))
    assert archive_identity(here) != archive_identity(there)

"""Archives of three kinds give the same items; what cannot be read is left out or named."""

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

from extractors.archive_article import article_from_archive
from flows.archives import archive_identity, moment, read_archive
from models.errors import ConfigError

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
    first, second = read_archive(path)
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
    (item,) = read_archive(warc(tmp_path / name, pages))
    article = article_from_archive(item, feed_id="desk", fetched_at=NOW)
    assert article is not None
    assert (article.title, article.url) == ("Permit for every cargo", "https://desk.example/p")
    assert article.text.startswith("The trade ministry")
    assert "Markets" not in article.text
    assert article.published_at == datetime(2025, 10, 9, tzinfo=UTC)
    assert article.first_seen_at == datetime(2025, 10, 10, 6, tzinfo=UTC)


def test_bad_lines_are_left_out_and_nothing_but_bad_lines_is_an_error(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", ["{broken", {"title": "no text"}, ROWS[0], "[1]"])
    assert [item.url for item in read_archive(path)] == ["https://desk.example/1"]
    bad = jsonl(tmp_path / "b.jsonl", ["{broken"])
    with pytest.raises(ConfigError, match=r"b\.jsonl: nothing in it can be read, first line 1"):
        list(read_archive(bad))
    for name, said in (("a.csv", "not an archive we read"), ("none.jsonl", "no such file")):
        with pytest.raises(ConfigError, match=said):
            list(read_archive(tmp_path / name))
    (tmp_path / "c.parquet").write_bytes(b"PAR0 no parquet at all")
    with pytest.raises(ConfigError, match="not Parquet"):
        list(read_archive(tmp_path / "c.parquet"))


def test_a_torn_warc_gives_what_is_whole(tmp_path: Path) -> None:
    path = warc(tmp_path / "t.warc", [("https://d.example/p", "200 OK", "text/html", PAGE)] * 2)
    path.write_bytes(path.read_bytes()[:-200] + b"\0" * 50)
    assert len(list(read_archive(path))) >= 1


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


def test_an_archive_is_known_by_its_content(tmp_path: Path) -> None:
    here = jsonl(tmp_path / "a.jsonl", list(ROWS))
    (tmp_path / "there").mkdir()
    there = jsonl(tmp_path / "there" / "a.jsonl", list(ROWS))
    assert archive_identity(here) == archive_identity(there)
    jsonl(there, list(ROWS[:1]))
    assert archive_identity(here) != archive_identity(there)

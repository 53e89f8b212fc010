"""Archives as items: JSON lines, Parquet and WARC, read piece by piece in constant memory.

JSON lines and Parquet name their columns alike: `text` (or `html`) and one of `title`, `url`; and
if they have them `published` (or `published_at`), `seen_at` (or `fetched_at`), `guid`, `feed_id`,
`language`. Other columns are left alone. A WARC's pages are its `response` records of HTML with
status 200. Files may be gzipped.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from extractors.text.readable import encodable
from models.archive import ArchiveItem
from models.errors import ConfigError
from models.reading import Passed, Refusal

HEAD_BYTES = 1 << 16
ROWS_AT_ONCE = 500
TIMES = ("%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%d-%b-%Y %H:%M:%S.%f")
# What one record may hold at most; a text of that length is no news.
LONGEST_LINE = 64 << 20
LONGEST_PAGE = 16 << 20
Progress = Callable[[float], None]
Found = ArchiveItem | Refusal | Passed
KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".warc": "warc"}


def archive_kind(path: Path) -> str:
    """jsonl, parquet or warc, by the file's name. Raises ConfigError for another."""
    suffixes = [s for s in path.suffixes[-2:] if s != ".gz"]
    kind = KINDS.get(suffixes[-1].lower()) if suffixes else None
    if kind is None:
        raise ConfigError(
            f"{path}: not an archive we read: give .jsonl, .parquet or .warc, gzipped or not"
        )
    if not path.is_file():
        raise ConfigError(f"{path}: no such file")
    return kind


def archive_identity(path: Path) -> str:
    """Name, size and digest of an archive's beginning: the same file, wherever it lies."""
    with path.open("rb") as file:
        head = hashlib.blake2b(file.read(HEAD_BYTES), digest_size=8).hexdigest()
    return f"{path.name} {path.stat().st_size} {head}"


def read_archive(path: Path, *, on_progress: Progress | None = None) -> Iterator[Found]:
    """Every record in the archive's order: an item, or why it is none; in constant memory.

    `on_progress` hears which share of it is read. Raises ConfigError when it is no archive.
    """
    readers = {"jsonl": read_jsonl, "parquet": read_parquet, "warc": read_warc}
    return readers[archive_kind(path)](path, on_progress or (lambda _: None))


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], float]]]:
    """The file's bytes, unzipped where it is zipped, and a word on which share of it is read."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        zipped = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
        yield zipped if path.suffix == ".gz" else raw, lambda: min(raw.tell() / size, 1.0)


def read_jsonl(path: Path, on_progress: Progress) -> Iterator[Found]:
    """One item a line; blank lines are none."""
    with opened(path) as (file, share):
        number = 0
        while True:
            number += 1
            place = f"line {number}"
            try:
                line, whole = bounded_line(file)
            except (OSError, EOFError, zlib.error) as error:
                yield Refusal(place=place, reason=f"the file is damaged from here on: {error}")
                return
            if not line:
                return
            on_progress(share())
            if not whole:
                yield Refusal(place=place, reason=f"longer than {LONGEST_LINE:,} bytes")
            elif line.strip():
                yield item_or_refusal(partial(json.loads, line), place)


def bounded_line(file: IO[bytes]) -> tuple[bytes, bool]:
    """The next line, and whether it is whole; of one that is too long only the beginning."""
    line = file.readline(LONGEST_LINE)
    if len(line) < LONGEST_LINE or line.endswith(b"\n"):
        return line, True
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
    return line, False


def read_parquet(path: Path, on_progress: Progress) -> Iterator[Found]:
    """One item a row."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        file = pq.ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise ConfigError(f"{path}: not Parquet: {error}") from error
    with file:
        total, done = max(file.metadata.num_rows, 1), 0
        batches = file.iter_batches(ROWS_AT_ONCE)
        while True:
            try:
                rows = next(batches, None)
            except (ArrowException, OSError) as error:
                told = f"the file is damaged from here on: {error}"
                yield Refusal(place=f"row {done + 1}", reason=told)
                return
            if rows is None:
                return
            for n in range(rows.num_rows):
                # One by one: a value Python cannot hold is the fault of its row alone.
                yield item_or_refusal(partial(row_at, rows, n), f"row {done + n + 1}")
            done += rows.num_rows
            on_progress(done / total)


def row_at(rows: Any, place: int) -> object:
    """One row of a batch of Arrow's, as Python values."""
    return rows.slice(place, 1).to_pylist()[0]


def read_warc(path: Path, on_progress: Progress) -> Iterator[Found]:
    """One item a page: HTTP 200 and HTML. The record's date is when the archive took it."""
    from warcio.archiveiterator import ArchiveIterator

    size = max(path.stat().st_size, 1)
    with path.open("rb") as file:
        records, number = ArchiveIterator(file), 0
        while True:
            number += 1
            place = f"record {number}"
            try:
                record = next(records, None)
            except Exception as error:  # noqa: BLE001 - what warcio says of torn bytes has no one class
                yield Refusal(place=place, reason=f"the file is damaged from here on: {error}")
                return
            if record is None:
                return
            on_progress(min(file.tell() / size, 1.0))
            try:
                yield page_of(record, place) or Passed(place=place)
            except Exception as error:  # noqa: BLE001 - one page's fault is that page's alone
                yield Refusal(place=place, reason=told(error))


def page_of(record: Any, place: str) -> ArchiveItem | None:
    """The page of a WARC's record; None for what is no page. Raises ValueError where it is bad."""
    http = record.http_headers
    if record.rec_type != "response" or http is None:
        return None
    kind = (http.get_header("Content-Type") or "").lower()
    if http.get_statuscode() != "200" or "html" not in kind:
        return None
    html = record.content_stream().read(LONGEST_PAGE + 1)
    if len(html) > LONGEST_PAGE:
        raise ValueError(f"a page of more than {LONGEST_PAGE:,} bytes")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ValueError("the record is cut short")
    return ArchiveItem(
        place=place,
        url=record.rec_headers.get_header("WARC-Target-URI"),
        html=html,
        seen_at=moment(record.rec_headers.get_header("WARC-Date")),
    )


def item_or_refusal(row: Callable[[], object], place: str) -> Found:
    """The item of a row, or why it is none."""
    try:
        found = row()
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
        return item_of(found, place)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return Refusal(place=place, reason=told(error))


def told(error: Exception) -> str:
    """What is wrong with a record, in one line that is not long."""
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return f"not JSON: {error}"[:200]
    if isinstance(error, RecursionError):
        return "not JSON: nested too deeply"
    return " ".join((str(error) or type(error).__name__).split())[:200]


def item_of(row: Mapping[str, Any], place: str = "") -> ArchiveItem:
    """A row as an item. Raises ValueError when it holds no text, or a value that is none."""
    text, page = row.get("text"), row.get("html")
    if not isinstance(text, str) and not isinstance(page, str):
        raise ValueError("no `text` and no `html`")
    if isinstance(text, str) and not text.strip() and not page and not row.get("title"):
        raise ValueError("`text` is empty, and there is no `title`")
    return ArchiveItem(
        place=place,
        title=words(row, "title") or "",
        text=encodable(text) if isinstance(text, str) else "",
        html=encodable(page).encode() if isinstance(page, str) and not text else None,
        url=words(row, "url"),
        guid=words(row, "guid"),
        feed_id=words(row, "feed_id"),
        language=words(row, "language"),
        published_at=moment(row.get("published_at") or row.get("published")),
        seen_at=moment(row.get("seen_at") or row.get("fetched_at")),
    )


def words(row: Mapping[str, Any], column: str) -> str | None:
    """A value that is text, or a number written as text. Raises ValueError for anything else."""
    value = row.get(column)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"`{column}` is no text: {type(value).__name__}")
    return encodable(str(value))


def moment(value: Any) -> datetime | None:
    """A time as archives write it, UTC where it names no zone. Raises ValueError for no time."""
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        value = parsed(str(value).strip())
    at: datetime = value
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError(f"not a time: {at}") from error


def parsed(text: str) -> datetime:
    """A written time. Raises ValueError, naming it, when it is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        for form in TIMES:
            try:
                return datetime.strptime(text, form)
            except ValueError:
                continue
    raise ValueError(f"not a time: {text[:40]!r}")

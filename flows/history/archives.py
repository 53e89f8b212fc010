"""Read archives as items: JSON lines, Parquet and WARC, in constant memory.

JSON lines and Parquet have the same columns: `text` (or `html`) and one of `title`, `url`;
optionally `published` (or `published_at`), `seen_at` (or `fetched_at`), `guid`, `feed_id`,
`language`. Other columns are ignored. The pages of a WARC file are its `response` records of HTML
with status 200. Files may be gzipped.
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
# Maximum size of one record; a longer text is not a news article.
LONGEST_LINE = 64 << 20
LONGEST_PAGE = 16 << 20
Progress = Callable[[float], None]
Found = ArchiveItem | Refusal | Passed
KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".warc": "warc"}


def archive_kind(path: Path) -> str:
    """Return jsonl, parquet or warc, from the file name. Raises ConfigError for other names."""
    suffixes = [s for s in path.suffixes[-2:] if s != ".gz"]
    kind = KINDS.get(suffixes[-1].lower()) if suffixes else None
    if kind is None:
        raise ConfigError(
            f"{path}: unknown kind of archive: give .jsonl, .parquet or .warc, gzipped or not"
        )
    if not path.is_file():
        raise ConfigError(f"{path}: no such file")
    return kind


def archive_identity(path: Path) -> str:
    """Return name, size and digest of the first bytes: identifies the file in any folder."""
    with path.open("rb") as file:
        head = hashlib.blake2b(file.read(HEAD_BYTES), digest_size=8).hexdigest()
    return f"{path.name} {path.stat().st_size} {head}"


def read_archive(path: Path, *, on_progress: Progress | None = None) -> Iterator[Found]:
    """Yield every record in order: an item, or why it was refused or passed over.

    Calls `on_progress` with the share that is read, 0 to 1. Raises ConfigError when the file is
    not an archive.
    """
    readers = {"jsonl": read_jsonl, "parquet": read_parquet, "warc": read_warc}
    return readers[archive_kind(path)](path, on_progress or (lambda _: None))


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], float]]]:
    """Open the file, unzipped; yields it with a function that returns the share read so far."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        zipped = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
        yield zipped if path.suffix == ".gz" else raw, lambda: min(raw.tell() / size, 1.0)


def read_jsonl(path: Path, on_progress: Progress) -> Iterator[Found]:
    """Yield one item per line, without blank lines."""
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
    """Return the next line and True; of a line that is too long, its beginning and False."""
    line = file.readline(LONGEST_LINE)
    if len(line) < LONGEST_LINE or line.endswith(b"\n"):
        return line, True
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
    return line, False


def read_parquet(path: Path, on_progress: Progress) -> Iterator[Found]:
    """Yield one item per row."""
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
                reason = f"the file is damaged from here on: {error}"
                yield Refusal(place=f"row {done + 1}", reason=reason)
                return
            if rows is None:
                return
            for n in range(rows.num_rows):
                # Row by row: a value that Python cannot represent spoils only its own row.
                yield item_or_refusal(partial(row_at, rows, n), f"row {done + n + 1}")
            done += rows.num_rows
            on_progress(done / total)


def row_at(rows: Any, place: int) -> object:
    """Return one row of an Arrow batch as Python values."""
    return rows.slice(place, 1).to_pylist()[0]


def read_warc(path: Path, on_progress: Progress) -> Iterator[Found]:
    """Yield one item per page: HTTP 200 and HTML. The record's date is when it was archived."""
    from warcio.archiveiterator import ArchiveIterator

    size = max(path.stat().st_size, 1)
    with path.open("rb") as file:
        records, number = ArchiveIterator(file), 0
        while True:
            number += 1
            place = f"record {number}"
            try:
                record = next(records, None)
            except Exception as error:  # noqa: BLE001 - warcio has no common class for damaged bytes
                yield Refusal(place=place, reason=f"the file is damaged from here on: {error}")
                return
            if record is None:
                return
            on_progress(min(file.tell() / size, 1.0))
            try:
                yield page_of(record, place) or Passed(place=place)
            except Exception as error:  # noqa: BLE001 - one bad page must not stop the others
                yield Refusal(place=place, reason=reason_of(error))


def page_of(record: Any, place: str) -> ArchiveItem | None:
    """Return the page of a WARC record, or None if it is not one. Raises ValueError if damaged."""
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
    """Return the item of a row, or why it is refused."""
    try:
        found = row()
        if not isinstance(found, dict):
            raise ValueError("not a JSON object")
        return item_of(found, place)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return Refusal(place=place, reason=reason_of(error))


def reason_of(error: Exception) -> str:
    """Return what is wrong with a record, in at most 200 characters on one line."""
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return f"not JSON: {error}"[:200]
    if isinstance(error, RecursionError):
        return "not JSON: nested too deeply"
    return " ".join((str(error) or type(error).__name__).split())[:200]


def item_of(row: Mapping[str, Any], place: str = "") -> ArchiveItem:
    """Return a row as an item. Raises ValueError without a text or with an invalid value."""
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
    """Return a text value, or a number as text. Raises ValueError for anything else."""
    value = row.get(column)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"`{column}` is not text: {type(value).__name__}")
    return encodable(str(value))


def moment(value: Any) -> datetime | None:
    """Return a time of an archive, UTC if it has no zone. Raises ValueError if it is not a time."""
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
    """Parse a time. Raises ValueError, quoting the text, when it is not one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        for form in TIMES:
            try:
                return datetime.strptime(text, form)
            except ValueError:
                continue
    raise ValueError(f"not a time: {text[:40]!r}")

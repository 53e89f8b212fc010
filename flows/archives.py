"""Archives as items: JSON lines, Parquet and WARC, read piece by piece in constant memory.

JSON lines and Parquet name their columns alike: `text` (or `html`) and one of `title`, `url`; and
if they have them `published` (or `published_at`), `seen_at` (or `fetched_at`), `guid`, `feed_id`,
`language`. Other columns are left alone. A WARC's pages are its `response` records of HTML with
status 200. Files may be gzipped.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from models.archive import ArchiveItem
from models.errors import ConfigError

HEAD_BYTES = 1 << 16
ROWS_AT_ONCE = 500
TIMES = ("%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%d-%b-%Y %H:%M:%S.%f")
Progress = Callable[[float], None]
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


def read_archive(path: Path, *, on_progress: Progress | None = None) -> Iterator[ArchiveItem]:
    """Every item, in the archive's order; `on_progress` hears which share of it is read.

    Items that cannot be read are left out. Raises ConfigError when there is none that can.
    """
    readers = {"jsonl": read_jsonl, "parquet": read_parquet, "warc": read_warc}
    kind, found, bad, reason = archive_kind(path), 0, 0, ""
    for item in readers[kind](path, on_progress or (lambda _: None)):
        if isinstance(item, str):
            bad, reason = bad + 1, reason or item
            continue
        found += 1
        yield item
    if bad and not found:
        raise ConfigError(f"{path}: nothing in it can be read, first {reason}")


@contextmanager
def opened(path: Path) -> Iterator[tuple[Iterable[bytes], Callable[[], float]]]:
    """The file's lines, unzipped where it is zipped, and a word on which share of it is read."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        plain: Iterable[bytes] = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        yield plain, lambda: min(raw.tell() / size, 1.0)


def read_jsonl(path: Path, on_progress: Progress) -> Iterator[ArchiveItem | str]:
    """One item a line; a line that is none as what is wrong with it."""
    with opened(path) as (file, share):
        for number, line in enumerate(file, 1):
            on_progress(share())
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                yield item_of(row) if isinstance(row, dict) else f"line {number}: no JSON object"
            except (ValueError, TypeError) as error:
                yield f"line {number}: {error}"


def read_parquet(path: Path, on_progress: Progress) -> Iterator[ArchiveItem | str]:
    """One item a row."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowInvalid

    try:
        with pq.ParquetFile(path) as file:
            total, done = max(file.metadata.num_rows, 1), 0
            for rows in file.iter_batches(ROWS_AT_ONCE):
                for number, row in enumerate(rows.to_pylist(), done + 1):
                    try:
                        yield item_of(row)
                    except (ValueError, TypeError) as error:
                        yield f"row {number}: {error}"
                done += rows.num_rows
                on_progress(done / total)
    except ArrowInvalid as error:
        raise ConfigError(f"{path}: not Parquet: {error}") from error


def read_warc(path: Path, on_progress: Progress) -> Iterator[ArchiveItem | str]:
    """One item a page: HTTP 200 and HTML. The record's date is when the archive took it."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    size = max(path.stat().st_size, 1)
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        try:
            for record in records:
                on_progress(min(file.tell() / size, 1.0))
                http = record.http_headers
                if record.rec_type != "response" or http is None:
                    continue
                kind = (http.get_header("Content-Type") or "").lower()
                if http.get_statuscode() != "200" or "html" not in kind:
                    continue
                yield ArchiveItem(
                    url=record.rec_headers.get_header("WARC-Target-URI"),
                    html=record.content_stream().read(),
                    seen_at=moment(record.rec_headers.get_header("WARC-Date")),
                )
        except (ArchiveLoadFailed, OSError, EOFError) as error:
            yield f"record at byte {records.get_record_offset()}: {error}"


def item_of(row: Mapping[str, Any]) -> ArchiveItem:
    """A row as an item. Raises ValueError when it holds no text, or a time that is none."""
    text, page = row.get("text"), row.get("html")
    if not isinstance(text, str) and not page:
        raise ValueError("no `text` and no `html`")
    return ArchiveItem(
        title=str(row.get("title") or ""),
        text=text if isinstance(text, str) else "",
        html=page.encode() if isinstance(page, str) and not text else None,
        url=row.get("url") or None,
        guid=row.get("guid") or None,
        feed_id=row.get("feed_id") or None,
        language=row.get("language") or None,
        published_at=moment(row.get("published_at") or row.get("published")),
        seen_at=moment(row.get("seen_at") or row.get("fetched_at")),
    )


def moment(value: Any) -> datetime | None:
    """A time as archives write it, UTC where it names no zone. Raises ValueError for no time."""
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        value = parsed(str(value).strip())
    at: datetime = value
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


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

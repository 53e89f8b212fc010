"""Backfills: what was ordered, and what each chunk produced."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.event import TextUnit
from models.identity import digest_id
from models.reading import NOTHING_READ, ReadCount

ARCHIVE, STORED, REEXTRACT = "archive", "stored", "reextract"


class Runner(StrEnum):
    """Where chunks are processed: on this machine, or on a Dask cluster."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOrder:
    """What to read: an archive, stored articles not yet read, or those read by an older extractor.

    `source` names the archive (name, size, digest of its first bytes). The days are first-seen
    days, both inclusive. `predicate` is SQL over the view `articles`. With `alerts` off, the
    findings raise no alerts. The same order is the same backfill: it resumes where it stopped.
    """

    kind: str
    extractor_version: str
    source: str = ""
    feed_id: str = ""
    from_date: date | None = None
    to_date: date | None = None
    predicate: str = ""
    alerts: bool = False

    @property
    def backfill_id(self) -> str:
        return digest_id(
            "backfill",
            self.kind,
            self.source,
            self.feed_id,
            self.from_date,
            self.to_date,
            self.predicate,
            self.extractor_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One chunk of a backfill: its number and the texts to read, in order."""

    number: int
    units: tuple[TextUnit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkCount:
    """What a chunk contained and produced.

    `held` were already in the warehouse or repeated in the archive; `rejects` are articles that the
    extractor refused; `left_out` are archive records that are not articles of this order.
    """

    articles: int = 0
    held: int = 0
    mentions: int = 0
    rejects: int = 0
    left_out: ReadCount = NOTHING_READ

    @property
    def reading(self) -> ReadCount:
        """Return the counts of the records read."""
        return ReadCount(stored=self.articles, known=self.held) + self.left_out

    def __add__(self, other: "ChunkCount") -> "ChunkCount":
        return ChunkCount(
            articles=self.articles + other.articles,
            held=self.held + other.held,
            mentions=self.mentions + other.mentions,
            rejects=self.rejects + other.rejects,
            left_out=self.left_out + other.left_out,
        )

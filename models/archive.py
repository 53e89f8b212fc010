"""One text from an archive, unchanged."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveItem:
    """A text or page from an archive. Times are UTC.

    `published_at` is the publisher's claim, `seen_at` the archive's capture time; either may be
    missing. `html` is set for pages, `text` for everything else. `feed_id` is the archive's own
    name for the source, if it has one. `place` is the position in the archive, such as "line 12".
    """

    place: str = ""
    title: str = ""
    text: str = ""
    html: bytes | None = None
    url: str | None = None
    guid: str | None = None
    feed_id: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    seen_at: datetime | None = None

"""One text of an archive, as the archive has it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveItem:
    """A text or a page of an archive. Times UTC.

    `published_at` is the publisher's claim, `seen_at` when the archive took it; either may be
    missing. `html` is set for pages, `text` for all others. `feed_id` is the archive's own word
    for where it comes from, if it has one; `place` is where it stands, as "line 12".
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

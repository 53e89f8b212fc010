"""Keeps media:description apart as a caption; feedparser reads it as the entry's own text.

Importing this module changes feedparser for the whole process: a caption is stored as
`media_description` and no longer replaces the description or the content.
"""

from typing import Any

from feedparser.namespaces.mediarss import Namespace


def _start(parser: Any, _attributes: dict[str, str]) -> None:
    parser.push("media_description", 1)


def _end(parser: Any) -> None:
    parser.pop("media_description")


Namespace._start_media_description = _start
Namespace._end_media_description = _end


def caption(raw: dict[str, Any]) -> str:
    """Return the caption of an entry's picture or film: the last resort for a text."""
    found = (dict.get(raw, key) for key in ("media_description", "media_text"))
    return max((text for text in found if isinstance(text, str)), key=len, default="")

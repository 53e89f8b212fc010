"""feedparser reads media:description as the entry's own text; here it is a caption, kept apart.

Importing this module changes feedparser's reader for the whole process: a caption is found at
`media_description` and no longer takes the place of the description or the content.
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
    """What an entry's picture or film says of itself: the last resort for a text."""
    found = (dict.get(raw, key) for key in ("media_description", "media_text"))
    return max((text for text in found if isinstance(text, str)), key=len, default="")

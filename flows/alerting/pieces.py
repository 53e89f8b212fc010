"""Split a notice into messages its channel accepts; only a digest may need several.

The pieces of a notice are the same on every attempt, so a delivery that stopped after some of them
continues with the next one.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from flows.alerting.message import (
    BARE,
    SHORT,
    WHOLE,
    Markup,
    digest_body,
    digest_lines,
    notice_blocks,
)
from models import harmless
from models.alert import Notice
from models.headline import shorten

# Nobody reads more; the last piece says how many lines are left out.
MOST_PIECES = 10
# Extra size of a line in its format: list marks, line ends, tags.
LINE_SPARE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The limit of a channel: `most` per piece, measured by `size`, and at most `pieces` pieces."""

    most: int
    size: Callable[[str], int]
    pieces: int = MOST_PIECES


def utf16(text: str) -> int:
    """Return the length in UTF-16 units; no service counts a character for more."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def utf8(text: str) -> int:
    """Return the length in bytes."""
    return len(text.encode())


@cache
def known_limits() -> dict[str, dict[str, Any]]:
    """Return the table of channel_limits.toml."""
    return tomllib.loads(
        resources.files("flows.alerting").joinpath("channel_limits.toml").read_text()
    )


def limit_of(service: str, plugin_most: int) -> tuple[int, Callable[[str], int]]:
    """Return the limit of a service, and the function that measures a text."""
    known = known_limits().get(service)
    if known is None:
        return plugin_most, utf16
    return min(int(known["most"]), plugin_most), utf8 if known["counted"] == "bytes" else utf16


def pieces_of(notice: Notice, m: Markup, limit: Limit) -> list[str]:
    """Return the bodies to send, each within the limit."""
    if notice.parts:
        return digest_pieces(notice, m, limit)
    return [single_piece(notice, m, limit)]


def single_piece(notice: Notice, m: Markup, limit: Limit) -> str:
    """Return one notice, with less detail if the limit is small."""
    for detail in (WHOLE, SHORT, BARE):
        body = m.join(notice_blocks(notice, m, detail))
        if limit.size(body) <= limit.most:
            return body
    headline = harmless.line(notice.headline)
    for length in (len(headline), *range(min(len(headline), limit.most), 0, -20)):
        body = m.join([m.strong(m.escape(shorten(headline, length)))])
        if limit.size(body) <= limit.most:
            return body
    return shorten(notice.alert_id, limit.most)


def digest_pieces(notice: Notice, m: Markup, limit: Limit) -> list[str]:
    """Return a digest, split between lines; the last piece counts the lines left out."""
    lines = digest_lines(notice, m)
    frame = limit.size(digest_body(notice, m, [], left_out=len(lines))) + LINE_SPARE
    room = limit.most - frame
    if room < 4 * LINE_SPARE:
        return [single_piece(notice, m, limit)]
    bare = [m.escape(shorten(harmless.line(part.headline), room // 3)) for part in notice.parts]
    chunks: list[list[str]] = [[]]
    used = taken = 0
    for line, short in zip(lines, bare, strict=True):
        # Leave out the link if the line with it does not fit into a piece.
        text = line if limit.size(line) + LINE_SPARE <= room else short
        need = limit.size(text) + LINE_SPARE
        if chunks[-1] and used + need > room:
            if len(chunks) == limit.pieces:
                break
            chunks.append([])
            used = 0
        chunks[-1].append(text)
        used += need
        taken += 1
    return digest_bodies(notice, m, chunks, len(lines) - taken)


def digest_bodies(
    notice: Notice, m: Markup, chunks: Sequence[Sequence[str]], left_out: int
) -> list[str]:
    """Return a body for each chunk of lines."""
    last = len(chunks) - 1
    return [
        digest_body(notice, m, chunk, left_out if place == last else 0)
        for place, chunk in enumerate(chunks)
    ]

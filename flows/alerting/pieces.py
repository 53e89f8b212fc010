"""A notice in the pieces its channel takes: one where it fits, a digest in several where it must.

The pieces of a notice are the same on every attempt, so that a delivery that stopped after some
of them goes on with the next.
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

# A desk does not read further; the rest is counted in the last piece.
MOST_PIECES = 10
# Room a format needs beyond the words of a line: list marks, line ends, tags.
LINE_SPARE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a channel takes: so much, as `size` counts it; in one piece or in up to so many."""

    most: int
    size: Callable[[str], int]
    pieces: int = MOST_PIECES


def utf16(text: str) -> int:
    """Length in UTF-16 units: no service counts a character for more."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def utf8(text: str) -> int:
    """Length in bytes."""
    return len(text.encode())


@cache
def known_limits() -> dict[str, dict[str, Any]]:
    """The table of channel_limits.toml."""
    return tomllib.loads(
        resources.files("flows.alerting").joinpath("channel_limits.toml").read_text()
    )


def limit_of(service: str, plugin_most: int) -> tuple[int, Callable[[str], int]]:
    """The most a service takes, and how it counts."""
    known = known_limits().get(service)
    if known is None:
        return plugin_most, utf16
    return min(int(known["most"]), plugin_most), utf8 if known["counted"] == "bytes" else utf16


def pieces_of(notice: Notice, m: Markup, limit: Limit) -> list[str]:
    """The bodies to send, each no longer than the limit."""
    if notice.parts:
        return digest_pieces(notice, m, limit)
    return [single_piece(notice, m, limit)]


def single_piece(notice: Notice, m: Markup, limit: Limit) -> str:
    """One notice, with less of it told where the channel takes less."""
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
    """A digest, cut between its lines; what goes beyond the most pieces is counted in the last."""
    lines = digest_lines(notice, m)
    frame = limit.size(digest_body(notice, m, [], left_out=len(lines))) + LINE_SPARE
    room = limit.most - frame
    if room < 4 * LINE_SPARE:
        return [single_piece(notice, m, limit)]
    bare = [m.escape(shorten(harmless.line(part.headline), room // 3)) for part in notice.parts]
    chunks: list[list[str]] = [[]]
    used = taken = 0
    for line, short in zip(lines, bare, strict=True):
        # An address that takes a piece for itself is left out.
        told = line if limit.size(line) + LINE_SPARE <= room else short
        need = limit.size(told) + LINE_SPARE
        if chunks[-1] and used + need > room:
            if len(chunks) == limit.pieces:
                break
            chunks.append([])
            used = 0
        chunks[-1].append(told)
        used += need
        taken += 1
    return whole(notice, m, chunks, len(lines) - taken)


def whole(notice: Notice, m: Markup, chunks: Sequence[Sequence[str]], left_out: int) -> list[str]:
    """The bodies of these chunks of lines."""
    last = len(chunks) - 1
    return [
        digest_body(notice, m, chunk, left_out if place == last else 0)
        for place, chunk in enumerate(chunks)
    ]

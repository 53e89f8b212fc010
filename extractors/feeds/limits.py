"""Cuts pathological feeds before parsing: excessive depth, element counts and name lengths.

Some of these make feedparser's time grow quadratically: the length of an author, the categories of
an entry, the depth of elements with an xml:base. One linear pass over the bytes drops everything
beyond the limits and reports it; the rest is an ordinary feed. Encodings in which `<` is not one
byte (UTF-16, UTF-32) are not checked here; the reader's deadline covers them.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

MAX_ENTRIES = 10_000
MAX_ELEMENTS = 3_000  # in one entry
MAX_OUTSIDE = 30_000  # outside entries: RSS 1.0 lists its entries there again
MAX_DEPTH = 250  # libxml2's limit is 256
MAX_TAG_BYTES = 65_536
MAX_NAME_BYTES = 2_000
MAX_PAGE_TAGS = 100_000

# No repetition reaches past the next `<`, so matching is linear for any input.
_MARK = re.compile(rb"<(?:(/?)([A-Za-z_\x80-\xff][^\s<>/]{0,200})[^<>]*>|(!\[CDATA\[|!--|\?))")
_CLOSERS = {b"![CDATA[": b"]]>", b"!--": b"-->", b"?": b"?>"}
_ENTRIES = frozenset({b"item", b"entry"})
# Never closed in feeds that do not escape their HTML.
_VOID = frozenset({b"area", b"base", b"br", b"col", b"hr", b"img", b"input", b"wbr"})
# Elements that may hold any text; all others hold a name, a number or a date.
_TEXTS = frozenset(
    {
        b"abstract",
        b"body",
        b"content",
        b"copyright",
        b"description",
        b"encoded",
        b"fullitem",
        b"info",
        b"rights",
        b"subtitle",
        b"summary",
        b"tagline",
        b"title",
        b"xhtml_body",
    }
)
_BEYOND = f"entries beyond the first {MAX_ENTRIES:,} left out"
# A truncated address would be a different address.
_WHOLE = frozenset({b"guid", b"id", b"link", b"origlink", b"uri", b"url"})


def within_limits(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return the body without what exceeds the limits, and notes on what was cut."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in body[:4]:
        return body, ()
    return _Scan(body).run()


def beyond(count: int) -> tuple[str, ...]:
    """Return the note on excess entries, if any."""
    left_out = count - MAX_ENTRIES
    if left_out <= 0:
        return ()
    return (f"{_BEYOND}: {left_out:,}",)


@dataclass(slots=True, kw_only=True)
class _Skip:
    """A part to leave out: from an offset until at most `depth` elements are open."""

    start: int
    depth: int
    instead: bytes = b""
    with_end: bool = True


@dataclass(slots=True)
class _Scan:
    body: bytes
    parts: list[bytes] = field(default_factory=list)
    kept_to: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    # Open elements: (name as written, local name).
    path: list[tuple[bytes, bytes]] = field(default_factory=list)
    skip: _Skip | None = None
    entry_depth: int = 0
    text_depth: int = 0
    entries: int = 0
    elements: int = 0
    outside: int = 0
    run_from: int = 0

    def run(self) -> tuple[bytes, tuple[str, ...]]:
        body, at, never_closed = self.body, 0, set[bytes]()
        while (mark := _MARK.search(body, at)) is not None:
            at = mark.end()
            if mark[3] is not None:
                closer = _CLOSERS[mark[3]]
                end = -1 if closer in never_closed else body.find(closer, at)
                if end < 0:
                    # Searching again for each unclosed one would be quadratic.
                    never_closed.add(closer)
                else:
                    at = end + len(closer)
                continue
            self.shorten(mark.start())
            local = mark[2].rpartition(b":")[2].lower()
            if mark[1]:
                self.close(local, mark.start(), at)
            else:
                alone = body[at - 2 : at - 1] == b"/" or local in _VOID
                self.open(mark[2], local, mark.start(), at, alone=alone)
            self.run_from = at
        if not self.cuts:
            return body, ()
        # A part skipped to the end was never closed.
        if self.skip is None:
            self.parts.append(body[self.kept_to :])
        else:
            self.parts += (body[self.kept_to : self.skip.start], self.skip.instead)
        return b"".join(self.parts), tuple(f"{what}: {n:,}" for what, n in self.cuts.items())

    def drop(self, start: int, end: int, instead: bytes = b"") -> None:
        self.parts += (self.body[self.kept_to : start], instead)
        self.kept_to = end

    def shorten(self, end: int) -> None:
        """Cut a name that ends at `end` if it is too long; remove an address instead."""
        start = self.run_from
        if end - start <= MAX_NAME_BYTES or self.skip or self.text_depth or not self.path:
            return
        run, keep = self.body[start:end], b""
        if self.path[-1][1] not in _WHOLE and b"<" not in run:
            keep = run[:MAX_NAME_BYTES].decode("utf-8", "ignore").encode()
            whole, _, rest = keep.rpartition(b"&")
            keep = whole if whole and b";" not in rest else keep
        self.cuts[f"names of more than {MAX_NAME_BYTES:,} bytes cut"] += 1
        self.drop(start, end, keep)

    def open(self, name: bytes, local: bytes, start: int, end: int, *, alone: bool) -> None:
        depth = len(self.path)
        if local in _ENTRIES:
            self.entries += 1
            self.elements = 0
            if not self.entry_depth and not alone:
                self.entry_depth = depth + 1
        elif self.entry_depth:
            self.elements += 1
        else:
            self.outside += 1
        if self.skip is None:
            self.judge(name, local, start, end, alone=alone)
        elif local in _ENTRIES and self.entries > MAX_ENTRIES and depth <= self.skip.depth:
            self.cuts[_BEYOND] += 1
        if not alone:
            self.path.append((name, local))
            if local in _TEXTS and not self.text_depth:
                self.text_depth = depth + 1

    def judge(self, name: bytes, local: bytes, start: int, end: int, *, alone: bool) -> None:
        """Start to skip if this element exceeds a limit."""
        depth, what = len(self.path), None
        if local in _ENTRIES and self.entries > MAX_ENTRIES:
            what = _BEYOND
        elif depth >= MAX_DEPTH:
            what = f"elements more than {MAX_DEPTH} deep left out"
        elif not self.entry_depth and self.outside > MAX_OUTSIDE:
            what = f"elements beyond the first {MAX_OUTSIDE:,} outside entries left out"
        elif self.entry_depth and self.elements > MAX_ELEMENTS:
            self.cuts[f"entries cut after {MAX_ELEMENTS:,} elements"] += 1
            inside = self.path[self.entry_depth :]
            closing = b"".join(b"</" + written + b">" for written, _ in reversed(inside))
            self.skip = _Skip(
                start=start, depth=self.entry_depth - 1, instead=closing, with_end=False
            )
            return
        elif end - start > MAX_TAG_BYTES:
            self.cuts[f"tags of more than {MAX_TAG_BYTES:,} bytes emptied"] += 1
            self.drop(start, end, b"<" + name + (b"/>" if alone else b">"))
        if what is not None:
            self.cuts[what] += 1
            if alone:
                self.drop(start, end)
            else:
                self.skip = _Skip(start=start, depth=depth)

    def close(self, local: bytes, start: int, end: int) -> None:
        path = self.path
        if not path or path[-1][1] != local:
            # Close the elements left open inside it if it is nearby; else ignore a stray end tag.
            near = next(
                (n for n in range(1, min(len(path), MAX_DEPTH) + 1) if path[-n][1] == local), 0
            )
            del path[len(path) - near :]
            if not near:
                return
        else:
            path.pop()
        depth = len(path)
        if depth < self.entry_depth:
            self.entry_depth = 0
        if depth < self.text_depth:
            self.text_depth = 0
        if self.skip is not None and depth <= self.skip.depth:
            skip, self.skip = self.skip, None
            self.drop(skip.start, end if skip.with_end else start, skip.instead)

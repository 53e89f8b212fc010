"""Decompresses gzip, deflate, brotli and zstd in small steps, so that a bomb stops at the cap.

httpx decompresses each network read at once, which zstd can expand a thousand times and more. Here
no step produces more than a few megabytes.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli
import zstandard

_STEP = 1 << 18
# Empty members and frames cost time and give no bytes. Files compressed in parallel have hundreds.
MAX_MEMBERS = 1000
# The most one coding may pass to the other: far more than any body we keep.
MAX_BETWEEN_BYTES = 64 * 1024 * 1024
# A zstd block of 4 bytes can expand to 128 KiB, so 256 bytes expand to 8 MiB at most.
_ZSTD_SLICE = 256
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class DecompressionError(ValueError):
    """The body is not what its Content-Encoding says."""


class Inflater(Protocol):
    """Turns compressed pieces into plain ones."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The plain pieces of one compressed piece. Raises DecompressionError."""


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip (several members too), zlib and raw deflate, told apart by their first bytes."""

    def __init__(self) -> None:
        self._inner: zlib._Decompress | None = None
        self._plain = False
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._plain:
            if self._inner is None:
                self._inner = zlib.decompressobj(self._window(data))
                if self._plain:
                    break
                self._members = _counted(self._members)
            try:
                out = self._inner.decompress(data, _STEP)
            except zlib.error as error:
                raise DecompressionError(f"broken gzip or deflate: {error}") from error
            if out:
                yield out
            if self._inner.eof:
                data, self._inner = self._inner.unused_data.lstrip(b"\0"), None
            else:
                data = self._inner.unconsumed_tail
        if self._plain and data:
            yield data

    def _window(self, data: bytes) -> int:
        if data[:1] == _GZIP_MAGIC[:1]:
            return 31
        if data[0] & 0x0F == 8 and len(data) > 1 and int.from_bytes(data[:2], "big") % 31 == 0:
            return 15
        # Some servers announce gzip and send the text as it is.
        self._plain = data.lstrip()[:1] in (b"<", b"{", b"\xef")
        return -15


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            out = self._inner.process(data, output_buffer_limit=_STEP)
            while out:
                yield out
                if self._inner.can_accept_more_data():
                    break
                out = self._inner.process(b"", output_buffer_limit=_STEP)
        except brotli.error as error:
            raise DecompressionError(f"broken brotli: {error}") from error


class _Zstd:
    def __init__(self) -> None:
        self._inner = self._start()
        self._members = 0

    @staticmethod
    def _start() -> "zstandard.ZstdDecompressionObj":
        # RFC 9659 limits the window on the web to 8 MiB.
        return zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), _ZSTD_SLICE):
            piece = data[at : at + _ZSTD_SLICE]
            try:
                while piece:
                    out = self._inner.decompress(piece)
                    if out:
                        yield out
                    piece = self._inner.unused_data if self._inner.eof else b""
                    if self._inner.eof:
                        self._members = _counted(self._members)
                        self._inner = self._start()
            except zstandard.ZstdError as error:
                raise DecompressionError(f"broken zstd: {error}") from error


def _counted(members: int) -> int:
    if members >= MAX_MEMBERS:
        raise DecompressionError(f"more than {MAX_MEMBERS:,} compressed members; stopped")
    return members + 1


class _Chain:
    def __init__(self, inner: Inflater, outer: Inflater) -> None:
        self._inner, self._outer = inner, outer
        self._between = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        for piece in self._inner.feed(data):
            self._between += len(piece)
            if self._between > MAX_BETWEEN_BYTES:
                raise DecompressionError(
                    f"more than {MAX_BETWEEN_BYTES:,} bytes between two codings; stopped"
                )
            yield from self._outer.feed(piece)


_KNOWN: dict[str, type[_Zlib] | type[_Brotli] | type[_Zstd]] = {
    "gzip": _Zlib,
    "x-gzip": _Zlib,
    "deflate": _Zlib,
    "br": _Brotli,
    "zstd": _Zstd,
}


def inflater_for(content_encoding: str | None) -> Inflater:
    """The inflater for a Content-Encoding header; unknown codings pass through unchanged.

    Raises DecompressionError for more than two codings, because only a bomb needs those.
    """
    names = [n.strip().lower() for n in (content_encoding or "").split(",")]
    codings = [_KNOWN[n]() for n in names if n in _KNOWN]
    if len(codings) > 2:
        raise DecompressionError(f"{len(codings)} codings in a row: {content_encoding}")
    if not codings:
        return _Plain()
    return codings[0] if len(codings) == 1 else _Chain(codings[1], codings[0])


def inflater_for_bare(body_start: bytes) -> Inflater | None:
    """The inflater for a compressed file (feed.xml.gz) sent without Content-Encoding, or None."""
    if body_start.startswith(_GZIP_MAGIC):
        return _Zlib()
    return _Zstd() if body_start.startswith(_ZSTD_MAGIC) else None

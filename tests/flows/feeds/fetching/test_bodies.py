"""Feed bodies: compressed ones are unpacked; large, slow and endless ones are stopped."""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import brotli
import pytest
import zstandard
from pytest_httpserver import HTTPServer
from werkzeug import Response

from flows.feeds.fetching.decompress import DecompressionError, inflater_for
from tests.flows.conftest import BRISK
from tests.flows.feeds.fetching.one_feed import RSS, MakeFeed, run_one


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_compressed_bodies_arrive_plain(server: HTTPServer, feed_at: MakeFeed, coding: str) -> None:
    pack: Callable[[bytes], bytes] = {
        "gzip": gzip.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }[coding]
    server.expect_request("/f").respond_with_data(
        pack(RSS * 50), headers={"Content-Encoding": coding}
    )
    outcome = run_one(feed_at("/f"))
    assert outcome.fetched is not None
    assert outcome.fetched.body == RSS * 50


def test_a_gzip_file_sent_as_it_is_arrives_plain(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/f.xml.gz").respond_with_data(
        gzip.compress(RSS), content_type="application/octet-stream"
    )
    outcome = run_one(feed_at("/f.xml.gz"))
    assert outcome.fetched is not None
    assert outcome.fetched.body == RSS


def test_plain_text_declared_as_gzip_is_accepted(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/f").respond_with_data(RSS, headers={"Content-Encoding": "gzip"})
    outcome = run_one(feed_at("/f"))
    assert outcome.fetched is not None
    assert outcome.fetched.body == RSS


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "gzip, gzip"])
def test_a_bomb_stops_at_the_cap(server: HTTPServer, feed_at: MakeFeed, coding: str) -> None:
    bomb = b"\0" * (64 << 20)
    packed = {
        "gzip": lambda: gzip.compress(bomb, 9),
        "br": lambda: bytes(brotli.compress(bomb, quality=5)),
        "zstd": lambda: zstandard.compress(bomb, 19),
        "gzip, gzip": lambda: gzip.compress(gzip.compress(bomb, 9), 9),
    }[coding]()
    server.expect_request("/f").respond_with_data(packed, headers={"Content-Encoding": coding})
    outcome = run_one(feed_at("/f"))
    assert outcome.fetch.outcome == "too_large"
    assert "15,728,640 bytes once unpacked" in str(outcome.error)


def test_an_endless_body_stops_at_the_cap(server: HTTPServer, feed_at: MakeFeed) -> None:
    def forever() -> Iterator[bytes]:
        while True:
            yield b"<item>" * 8192

    server.expect_request("/f").respond_with_handler(lambda _r: Response(forever()))
    settings = replace(BRISK, body_cap_bytes=1_000_000)
    outcome = run_one(feed_at("/f"), settings=settings)
    assert outcome.fetch.outcome == "too_large"


def test_a_slow_body_ends_long_before_the_deadline(server: HTTPServer, feed_at: MakeFeed) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(400):
            yield b"<"
            time.sleep(0.05)

    server.expect_request("/f").respond_with_handler(lambda _r: Response(drip()))
    began = time.monotonic()
    outcome = run_one(feed_at("/f"), settings=replace(BRISK, slow_after_s=0.3))
    assert outcome.fetch.outcome == "too_slow"
    assert "bytes/s" in (outcome.fetch.error or "")
    assert time.monotonic() - began < 10


def test_the_deadline_ends_an_endless_body(server: HTTPServer, feed_at: MakeFeed) -> None:
    def trickle() -> Iterator[bytes]:
        for _ in range(200):
            yield b"<item>" * 20
            time.sleep(0.05)

    server.expect_request("/f").respond_with_handler(lambda _r: Response(trickle()))
    outcome = run_one(feed_at("/f"), settings=replace(BRISK, deadline_s=0.6))
    assert outcome.fetch.outcome == "timeout"
    assert "0.6 s" in (outcome.fetch.error or "")


@pytest.mark.parametrize("coding", ["deflate", "br", "gzip, deflate"])
def test_compressed_empty_blocks_are_limited(
    server: HTTPServer, feed_at: MakeFeed, coding: str
) -> None:
    """Empty blocks: neither the unpacked size nor the number of members reaches a limit."""
    piece = {
        "deflate": b"\x00\x00\x00\xff\xff" * 8000,
        "br": b"\x0c\x00\x00" * 8000,
        "gzip, deflate": zlib.compress(b"\x00\x00\x00\xff\xff" * 8000),
    }[coding]

    def forever() -> Iterator[bytes]:
        while True:
            yield piece

    server.expect_request("/f").respond_with_handler(
        lambda _r: Response(forever(), headers={"Content-Encoding": coding})
    )
    outcome = run_one(feed_at("/f"), settings=replace(BRISK, body_cap_bytes=1_000_000))
    assert outcome.fetch.outcome in ("too_large", "bad_encoding")
    assert outcome.fetch.duration_s < 4


@pytest.mark.parametrize("coding", ["gzip", "zstd", "gzip, gzip"])
def test_empty_members_are_counted(coding: str) -> None:
    packed = {
        "gzip": gzip.compress(b"") * 1001,
        "zstd": zstandard.compress(b"") * 1001,
        "gzip, gzip": gzip.compress(gzip.compress(b"") * 1001),
    }[coding]
    with pytest.raises(DecompressionError, match="more than 1,000 compressed members"):
        list(inflater_for(coding).feed(packed))


def test_data_between_two_codings_is_limited() -> None:
    # 100 MB of empty blocks for the second coding from a small input, without a byte of body.
    inner = zlib.compressobj(9, zlib.DEFLATED, 31)
    blocks = b"\x00\x00\x00\xff\xff" * 200_000
    inflater = inflater_for("deflate, gzip")
    packed = [inner.compress(blocks) + inner.flush(zlib.Z_SYNC_FLUSH) for _ in range(100)]
    with pytest.raises(DecompressionError, match="between two codings"):
        sum(len(piece) for data in packed for piece in inflater.feed(data))

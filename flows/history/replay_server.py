"""Serve an archive as live feeds over loopback: entries up to the clock's time, newest first."""

import hashlib
import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler

from flows.base.clock import Clock
from flows.base.loopback import LoopbackServer
from models.article import Article
from models.feed import Feed

# What a feed shows at least; it shows more where more came since its reader last asked.
SHOWN = 50


def feed_body(feed: Feed, articles: Sequence[Article]) -> bytes:
    """Return articles as an RSS 2.0 document with full texts, in the given order."""
    items = "".join(item_xml(article) for article in articles)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(feed.name)}</title><link>{escape(feed.url)}</link>"
        f"<description>{escape(feed.publisher)}</description>\n{items}</channel></rss>\n"
    ).encode()


def item_xml(article: Article) -> str:
    """Return one article as an RSS item."""
    paragraphs = "".join(
        f"<p>{escape(part.strip())}</p>" for part in article.text.split("\n\n") if part.strip()
    )
    link = f"<link>{escape(article.url)}</link>" if article.url else ""
    guid = escape(article.guid or article.article_id)
    return (
        f"<item><title>{escape(article.title)}</title>{link}"
        f'<guid isPermaLink="false">{guid}</guid>'
        f"<pubDate>{format_datetime(article.published_at or article.first_seen_at)}</pubDate>"
        f"<content:encoded>{escape(paragraphs)}</content:encoded></item>\n"
    )


def count_until(articles: Sequence[Article], now: datetime) -> int:
    """Return how many articles, earliest first, were seen by `now`."""
    return bisect_right(articles, now, key=lambda article: article.first_seen_at)


@contextmanager
def serve_archive(
    feeds: Sequence[Feed], articles: Mapping[str, Sequence[Article]], clock: Clock
) -> Iterator[list[Feed]]:
    """Serve the articles of each feed (earliest first); yields the feeds with their new URLs.

    Answers carry an ETag; a request with the current one gets a 304. What came since the answer
    that the reader names is shown, however much it is: no cadence of passes loses articles.
    """
    heard = {feed: count_until(found, clock()) - SHOWN for feed, found in articles.items()}
    told: dict[str, tuple[str, int]] = {}
    by_path = {f"/{feed.feed_id}.xml": feed for feed in feeds}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            feed = by_path.get(self.path)
            if feed is None:
                self.answer(404, b"no such page")
                return
            asked, key = self.headers.get("If-None-Match"), feed.feed_id
            upto = count_until(articles[key], clock())
            if key in told and asked == told[key][0]:
                heard[key] = told[key][1]
            begin = max(0, min(heard[key], upto - SHOWN))
            body = feed_body(feed, articles[key][begin:upto][::-1])
            etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
            told[key] = etag, upto
            held = asked == etag
            self.answer(304 if held else 200, b"" if held else body, etag)

        def answer(self, status: int, body: bytes, etag: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: the replay has its own report."""

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield [
            replace(
                feed,
                url=f"{base}/{feed.feed_id}.xml",
                kind="rss",
                enabled=True,
                full_text=False,
                allow_private=True,
            )
            for feed in feeds
        ]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A loopback HTTP server for the demo's feeds, including the broken ones."""

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from flows.base.loopback import LoopbackServer
from flows.commands.demo.material import DemoFeed, articles_of, demo_articles, demo_catalogue
from flows.commands.demo.rendering import newest, page_path, render_feed, render_page

HOST = "127.0.0.1"
SLOW_S = 1.0
_KIND = {"rss2": "rss", "rss1": "rss", "atom": "atom"}
_MEDIA_TYPE = {
    "rss2": "application/rss+xml; charset=utf-8",
    "rss1": "application/rdf+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
_HTML = "text/html; charset=utf-8"


@contextmanager
def serve_demo(port: int = 0, *, slow_s: float = SLOW_S) -> Iterator[str]:
    """Serve the demo on loopback while the block runs; yields the base URL without a final slash.

    If `port` is taken or 0, a free one is used. The same port gives the same bytes, so a second
    run gets 304 answers. `slow_s` is how many seconds the slow feed waits.
    """
    server = _listen(port)
    base_url = f"http://{HOST}:{server.server_port}"
    server.RequestHandlerClass = partial(_DemoHandler, base_url=base_url, slow_s=slow_s)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    try:
        # Inside, so that Ctrl-C at this moment leaves no thread that nobody ends.
        thread.start()
        yield base_url
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()


def demo_feeds(base_url: str) -> list[dict[str, object]]:
    """Return the demo's feeds as rows of a feed list, with the keys of flows/feeds/feeds.toml."""
    return [
        {
            "id": feed.feed_id,
            "name": feed.name,
            "publisher": feed.publisher,
            "url": base_url + feed.path,
            "kind": _KIND[feed.format],
            "category": feed.category,
            "language": "en",
            "country": feed.country,
            "poll_minutes": feed.poll_minutes,
            "trust_tier": feed.trust_tier,
            "enabled": True,
            "terms": "our own writing, under the licence of the project",
            "evidence": "served by flows/commands/demo/server.py",
            "evidence_level": "probed",
            "note": f"{feed.format}, {feed.behaviour}",
            "full_text": feed.full_text,
        }
        for feed in demo_catalogue()
    ]


def demo_feeds_toml(base_url: str) -> str:
    """Return the same list as the text of a feeds.toml."""
    lines = ["schema_version = 1", 'as_of = "2026-03-31"']
    for row in demo_feeds(base_url):
        lines += ["", "[[feed]]", *(f"{key} = {_toml(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'


def _listen(port: int) -> LoopbackServer:
    try:
        return LoopbackServer((HOST, port), BaseHTTPRequestHandler)
    except OSError:
        if port == 0:
            raise
        return LoopbackServer((HOST, 0), BaseHTTPRequestHandler)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """One HTTP answer. ETag and Last-Modified are sent only if `last_modified` is set."""

    status: int
    body: bytes = b""
    media_type: str = _HTML
    last_modified: str | None = None
    location: str | None = None
    gzipped: bool = False


class _DemoHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for /feeds/<id>.xml, /a/<id>.html and the moved feed's new path."""

    protocol_version = "HTTP/1.1"
    server_version = "PolicyWireDemo/1"
    sys_version = ""
    timeout = 10
    # Buffer the answer: separate writes of head and body would add 40 ms (Nagle).
    wbufsize = -1

    def __init__(self, *args: object, base_url: str, slow_s: float) -> None:
        self.base_url = base_url
        self.slow_s = slow_s
        super().__init__(*args)  # type: ignore[arg-type]  # request, address, server

    def do_GET(self) -> None:
        """Answer with status, headers and body."""
        self._send(self._answer(urlsplit(self.path).path), with_body=True)

    def do_HEAD(self) -> None:
        """Answer with status and headers."""
        self._send(self._answer(urlsplit(self.path).path), with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the screen belongs to the demo's report."""

    def _answer(self, path: str) -> _Answer:
        if path == "/robots.txt":
            body = b"User-agent: *\nDisallow: /subscribe\n"
            return _Answer(status=HTTPStatus.OK, body=body, media_type="text/plain")
        for feed in demo_catalogue():
            if path == feed.path:
                return _listed_path(feed, self.base_url, self.slow_s)
            if feed.behaviour == "moved" and path == _new_path(feed):
                return _feed_document(feed, self.base_url)
        for article in demo_articles():
            if path == page_path(article):
                return _page(article.article_id, self.base_url)
        return _not_found(path)

    def _send(self, answer: _Answer, *, with_body: bool) -> None:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        validated = answer.last_modified is not None
        if validated and self._unchanged(etag, answer.last_modified):
            answer = _Answer(status=HTTPStatus.NOT_MODIFIED, last_modified=answer.last_modified)
        self.send_response(answer.status)
        if answer.last_modified is not None:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", answer.last_modified)
        if answer.location is not None:
            self.send_header("Location", answer.location)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.media_type)
            if answer.gzipped:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def _unchanged(self, etag: str, last_modified: str | None) -> bool:
        # RFC 9110 section 13.2.2: If-None-Match takes precedence.
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return etag in {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return self.headers.get("If-Modified-Since") == last_modified


def _listed_path(feed: DemoFeed, base_url: str, slow_s: float) -> _Answer:
    if feed.behaviour == "missing":
        return _not_found(feed.path)
    if feed.behaviour == "html":
        body = f"<html><head><title>{feed.name}</title></head><body><h1>Quotes</h1></body></html>"
        return _Answer(status=HTTPStatus.OK, body=body.encode())
    if feed.behaviour == "moved":
        location = base_url + _new_path(feed)
        return _Answer(status=HTTPStatus.MOVED_PERMANENTLY, location=location)
    if feed.behaviour == "slow":
        time.sleep(slow_s)
    return _feed_document(feed, base_url)


def _feed_document(feed: DemoFeed, base_url: str) -> _Answer:
    articles = articles_of(feed.feed_id)
    text = render_feed(feed, articles, base_url)
    if feed.behaviour == "truncated":
        # Cut inside the closing tags: every item is whole, the document is not.
        text = text[: text.rindex("</channel>") + len("</chan")]
    # The mislabelled feed claims UTF-8 in header and declaration, but its bytes are windows-1252.
    body = text.encode("cp1252" if feed.behaviour == "mislabelled" else "utf-8")
    gzipped = feed.behaviour == "gzip"
    return _Answer(
        status=HTTPStatus.OK,
        body=gzip.compress(body, mtime=0) if gzipped else body,
        media_type=_MEDIA_TYPE[feed.format],
        last_modified=format_datetime(newest(articles).astimezone(UTC), usegmt=True),
        gzipped=gzipped,
    )


def _page(article_id: str, base_url: str) -> _Answer:
    article = next(a for a in demo_articles() if a.article_id == article_id)
    feed = next(f for f in demo_catalogue() if f.feed_id == article.feed_id)
    others = [a for a in demo_articles() if a.article_id != article_id][:4]
    body = render_page(feed, article, others, base_url).encode()
    return _Answer(status=HTTPStatus.OK, body=body)


def _not_found(path: str) -> _Answer:
    body = f"<html><body><h1>Not found</h1><p>{path}</p></body></html>".encode()
    return _Answer(status=HTTPStatus.NOT_FOUND, body=body)


def _new_path(feed: DemoFeed) -> str:
    return f"/current{feed.path}"

"""Hostile feeds, and a loopback server that sends their bytes unchanged, headers included.

All content is generated here. Each hostile feed names the fault that must be reported.
"""

import gzip
import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

ITEM = (
    "<item><title>China suspends gallium export ban</title>"
    '<guid isPermaLink="false">{guid}</guid>{more}</item>'
)
CHANNEL = '<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
JSON_FEED = "https://jsonfeed.org/version/1.1"

Reply = Callable[[socket.socket], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One hostile feed: its answer, the text `feed_health` must show, and the articles kept."""

    name: str
    reply: Reply
    says: str
    articles: int = 0
    full_text: bool = False


def rss(more: str = "", guid: str = "1") -> bytes:
    """Return a feed of one item with the given content."""
    return CHANNEL.format(items=ITEM.format(guid=guid, more=more)).encode()


def ok(body: bytes, *headers: str, kind: str = "application/rss+xml") -> Reply:
    """Return a plain answer 200."""
    return answer("200 OK", f"Content-Type: {kind}", *headers, body=body)


def answer(status: str, *headers: str, body: bytes = b"") -> Reply:
    """Return a whole answer. It says that the connection ends, as it does after each of them."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
    return raw("\r\n".join((*lines, "Connection: close", "", "")).encode() + body)


def raw(data: bytes) -> Reply:
    """Return a reply of exactly these bytes."""
    return lambda connection: connection.sendall(data)


def drip(head: bytes, piece: bytes, gap_s: float) -> Reply:
    """Return a reply that sends a piece every `gap_s` seconds, without end."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(gap_s)

    return reply


def reset(connection: socket.socket) -> None:
    """Reset the connection."""
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()


def hostile_feeds() -> list[Hostile]:
    """Return all hostile feeds; the large ones are built now."""
    author = "<author>" + "a." * 100_000 + "@</author>"
    deep = '<div xml:base="a/">' * 50_000 + "</div>" * 50_000
    many = [{"id": str(i), "content_text": "x"} for i in range(400_000)]
    sized = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
    endless = sized.encode() + b"\r\n"
    packed = "Content-Encoding: gzip"
    page_feed = rss("<link>/page.html</link><description>Gallium.</description>")
    return [
        Hostile(name="author", reply=ok(rss(author)), says="names of more than", articles=1),
        Hostile(
            # Short runs, each within the limits: only the deadline ends it.
            name="author-pieces",
            reply=ok(rss("<author>" + ("a." * 900 + "<b/>") * 60 + "@</author>")),
            says="reading took more than",
        ),
        Hostile(
            name="categories",
            reply=ok(rss("".join(f"<category>c{i}</category>" for i in range(60_000)))),
            says="entries cut after 3,000 elements",
            articles=1,
        ),
        Hostile(name="nested", reply=ok(rss(deep)), says="more than 250 deep", articles=1),
        Hostile(
            name="items",
            reply=ok(json.dumps({"version": JSON_FEED, "title": "t", "items": many}).encode()),
            says="left out: 390,000",
            articles=10_000,
        ),
        Hostile(
            name="digits",
            reply=ok(
                b'{"version":"%s","title":"t","items":[{"id":%s,"title":"Quota"}]}'
                % (JSON_FEED.encode(), b"9" * 5000)
            ),
            says="",
            articles=1,
        ),
        Hostile(name="page", reply=ok(page_feed), says="tags", articles=1, full_text=True),
        Hostile(
            name="retry-after",
            reply=answer("429 Too Many Requests", "Retry-After: 99999999999999999999"),
            says="asks us to wait 604,800 s",
        ),
        Hostile(
            name="max-age",
            reply=ok(
                rss(),
                f"Cache-Control: max-age={'9' * 4000}",
                "Expires: Fri, 31 Dec 9999 23:59:59 GMT",
                "ETag: \xff",
            ),
            says="",
            articles=1,
        ),
        Hostile(
            name="dates",
            reply=ok(rss("<pubDate>Fri, 31 Dec 9999 23:59:59 -2359</pubDate>")),
            says="",
            articles=1,
        ),
        Hostile(
            name="empty-members",
            reply=drip(f"{sized}{packed}\r\n\r\n".encode(), gzip.compress(b"") * 3000, 0.0),
            says="compressed members",
        ),
        Hostile(
            name="bomb",
            reply=ok(gzip.compress(b"\0" * (64 << 20), 9), packed),
            says="once unpacked",
        ),
        Hostile(name="drip", reply=drip(endless, b"<", 0.5), says="too slow"),
        Hostile(
            name="slow-headers", reply=drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.5), says="s"
        ),
        Hostile(
            name="endless-headers",
            reply=drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1000, 0.0),
            says="broken off",
        ),
        Hostile(name="endless", reply=drip(endless, b"<item>" * 8192, 0.0), says="15,728,640"),
        Hostile(
            name="circle",
            reply=answer("302 Found", "Location: /circle"),
            says="redirects",
        ),
        Hostile(name="binary", reply=raw(bytes(range(256)) * 40), says="broken off"),
        Hostile(name="reset", reply=reset, says="broken off"),
        Hostile(name="silence", reply=raw(b""), says="broken off"),
        Hostile(
            name="title",
            reply=ok(rss().replace(b"China", b"<![CDATA[China" + b"<script>" * 100_000 + b"]]>")),
            says="",
            articles=1,
        ),
    ]


def page() -> Reply:
    """Return an article page of 300,000 elements."""
    body = "<html><body><article><p>" + "<span>word </span>" * 300_000 + "</p></article></body>"
    return ok(body.encode(), kind="text/html")


def healthy(n: int) -> Reply:
    """Return an ordinary feed of ten entries."""
    items = "".join(
        f"<item><title>Ministry {n} delays quota {i}</title><guid>{n}-{i}</guid>"
        f"<link>https://desk{n}.example/{i}</link>"
        f"<description>The ministry said on Friday that quota {i} is delayed.</description></item>"
        for i in range(10)
    )
    return ok(CHANNEL.format(items=items).encode())


@contextmanager
def served(replies: Mapping[str, Reply]) -> Iterator[int]:
    """Serve these answers by path on all loopback addresses; yield the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                asked = self.request.recv(65536).split(b" ")
                path = asked[1].decode("latin-1") if len(asked) > 1 else ""
                replies.get(path, answer("404 Not Found"))(self.request)
                # Read the rest first: unread bytes would turn the close into a reset.
                self.request.shutdown(socket.SHUT_WR)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 256

    with Server(("0.0.0.0", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()

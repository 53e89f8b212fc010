"""A loopback server of healthy feeds: RSS and Atom in turns, gzip, ETag, a fixed latency.

bench/ingest.py starts it as a process: `python -m bench.feed_server PORT FEEDS ENTRIES MS`.
The text is generated from word lists and always the same.
"""

import gzip
import hashlib
import html
import json
import random
import sys
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_WORDS = """
ministry tariff quota export licence steel lithium copper agency minister capital rule import
duty agreement partner shipment refinery producer output price market council decision talks
delay review customs border exemption supplier investment mine port industry trade official  the
of and to in a for on that with by from at as is was it said would will has after before
""".split()  # noqa: SIM905 - so many words read better without quotes


def _text(seed: str, words: int) -> str:
    dice = random.Random(seed)
    chosen = [dice.choice(_WORDS) for _ in range(words)]
    return " ".join(chosen).capitalize() + "."


@cache
def body(feed: int, entries: int) -> bytes:
    """Return the XML of one feed: Atom for odd numbers, RSS 2.0 for even ones."""
    out = []
    for n in range(entries):
        name, title = f"{feed}-{n}", html.escape(_text(f"t{feed}-{n}", 9))
        summary = html.escape(f"<p>{_text(f's{feed}-{n}', 44)}</p>")
        link, day = f"https://desk{feed}.example/a/{name}", 1 + n % 28
        if feed % 2:
            out.append(
                f'<entry><id>urn:desk:{name}</id><title>{title}</title><link href="{link}"/>'
                f"<updated>2025-10-{day:02}T08:00:00Z</updated>"
                f'<summary type="html">{summary}</summary></entry>'
            )
        else:
            out.append(
                f"<item><title>{title}</title><link>{link}?utm_source=rss</link>"
                f'<guid isPermaLink="false">{name}</guid>'
                f"<pubDate>{day:02} Oct 2025 08:00:00 GMT</pubDate>"
                f"<description>{summary}</description></item>"
            )
    inside = "".join(out)
    if feed % 2:
        text = (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>urn:desk:{feed}</id><title>Desk {feed}</title>{inside}</feed>"
        )
    else:
        text = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>Desk {feed}</title><link>https://desk{feed}.example/</link>"
            f"<description>Desk</description>{inside}</channel></rss>"
        )
    return text.encode()


def serve(port: int, feeds: int, entries: int, latency_s: float) -> None:
    """Serve until killed. /stats returns the number of requests and 304s, and resets them."""
    # Built before timing starts: the bench measures the readers, not this server.
    packed = [(gzip.compress(body(n, entries), 4)) for n in range(feeds)]
    tags = ['"' + hashlib.sha1(b).hexdigest()[:16] + '"' for b in packed]
    lock, counts = threading.Lock(), {"requests": 0, "not_modified": 0, "now": 0, "most_at_once": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: otherwise the body waits 40 ms for the head's ACK.
        wbufsize = -1

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path == "/stats":
                with lock:
                    text = json.dumps(counts)
                    counts.update(dict.fromkeys(counts, 0))
                return self.answer(200, text.encode(), {"Content-Type": "application/json"})
            number = int(self.path.rpartition("/")[2].removesuffix(".xml"))
            with lock:
                counts["requests"] += 1
                counts["now"] += 1
                counts["most_at_once"] = max(counts["most_at_once"], counts["now"])
            time.sleep(latency_s)
            same = self.headers.get("If-None-Match") == tags[number]
            with lock:
                counts["now"] -= 1
                counts["not_modified"] += same
            if same:
                return self.answer(304, b"", {"ETag": tags[number]})
            kind = "application/atom+xml" if number % 2 else "application/rss+xml"
            headers = {"Content-Type": kind, "Content-Encoding": "gzip", "ETag": tags[number]}
            return self.answer(200, packed[number], headers)

        def answer(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    with Server(("127.0.0.1", port), Handler) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]) / 1000)

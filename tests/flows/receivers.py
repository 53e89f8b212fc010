"""Receivers of notices: an HTTP server that fails, stalls and loses answers, and a mail server."""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from flows.alerting.sinks import signature

# What a receiver does with a request: take it, refuse it, or take it and let nobody know.
Mood = Callable[[int], str]


def steady(_: int) -> str:
    """Takes everything."""
    return "ok"


class MoodyReceiver:
    """A webhook receiver on loopback. It takes a notice once per idempotency key.

    `mood(n)` says how it treats the n-th request, counted from 1: "ok", "503", "401", "429" (wait
    a second), "302", "stall" (takes it, answers too late), "drop" (takes it, hangs up), "deaf"
    (does not even read).
    """

    def __init__(self, mood: Mood = steady, key: bytes | None = None, stall_s: float = 2.0) -> None:
        self.mood = mood
        self.key = key
        self.stall_s = stall_s
        self.lock = threading.Lock()
        self.requests = 0
        self.taken: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self.bad_signatures = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, *_: Any) -> None:
                """A test needs no access log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook/t0ken-in-the-path"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.requests += 1
            mood = self.mood(self.requests)
        if mood == "deaf":
            request.close_connection = True
            return
        body = request.rfile.read(int(request.headers["Content-Length"]))
        if mood in ("ok", "stall", "drop"):
            self.take(request, body)
        if mood == "stall":
            time.sleep(self.stall_s)
        if mood in ("drop", "stall"):
            request.close_connection = True
            return
        status = 204 if mood == "ok" else int(mood)
        request.send_response(status)
        if status == 429:
            request.send_header("Retry-After", "1")
        if status == 302:
            request.send_header("Location", self.url)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def take(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        name = request.headers["Idempotency-Key"]
        stamp = request.headers["webhook-timestamp"]
        sent = request.headers.get("webhook-signature")
        with self.lock:
            if self.key and sent != signature(self.key, name, stamp, body):
                self.bad_signatures += 1
            self.taken[name] += 1
            self.bodies.setdefault(name, set()).add(body)

    @property
    def repeats(self) -> int:
        """How often a notice came that was there already."""
        return sum(self.taken.values()) - len(self.taken)

    def developments(self) -> list[dict[str, Any]]:
        """What it took, once each, as JSON."""
        return [json.loads(next(iter(bodies))) for bodies in self.bodies.values()]

    def __enter__(self) -> "MoodyReceiver":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def at_random(seed: int, **shares: float) -> Mood:
    """A mood for each request by chance: at_random(1, stall=0.02) is "ok" 98 times of 100."""
    chance = random.Random(seed)

    def mood(_: int) -> str:
        drawn = chance.random()
        for name, share in shares.items():
            if drawn < share:
                return name.strip("_")
            drawn -= share
        return "ok"

    return mood


class MailServer:
    """An SMTP server on loopback that keeps its mail; `refuse` of the first messages fail."""

    def __init__(self, refuse: int = 0) -> None:
        self.mails: list[Message] = []
        self.refuse = refuse
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"

    def __enter__(self) -> "MailServer":
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()

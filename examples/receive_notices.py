"""Receive notices of a `webhook` channel; standard library only.

    WEBHOOK_SECRET=choose-a-long-one python examples/receive_notices.py 8800

Then name the channel in policywire.toml, and send a test notice:

    [[channel]]
    id = "desk"
    kind = "webhook"
    url = "http://127.0.0.1:8800/"
    secret = "${WEBHOOK_SECRET}"

    WEBHOOK_SECRET=choose-a-long-one policywire alerts ping desk

Three things every receiver should do are here: check the signature (Standard Webhooks 1.0.0),
refuse old timestamps, and take each `webhook-id` once, since a notice may arrive twice.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ.get("WEBHOOK_SECRET", "")
BODY_LIMIT = 2 * 1024 * 1024
CLOCK_TOLERANCE_S = 300
TIMEOUT_S = 10
# A real receiver keeps these in its database, so that they survive a restart.
seen: set[str] = set()


def signed_by_us(message_id: str, timestamp: str, body: bytes, signatures: str) -> bool:
    """Return whether one of the signatures is the HMAC-SHA256 of "id.timestamp.body"."""
    key = SECRET.encode()
    if SECRET.startswith("whsec_"):
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(expected.encode(), given.encode()) for given in signatures.split()
    )


class Receiver(BaseHTTPRequestHandler):
    """Answer 204 to a notice, also to a repeated one; 4xx to everything else."""

    timeout = TIMEOUT_S

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self.answer(413)
            return
        body = self.rfile.read(int(length))
        message_id = self.headers.get("webhook-id", "")
        timestamp = self.headers.get("webhook-timestamp", "")
        signatures = self.headers.get("webhook-signature", "")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > CLOCK_TOLERANCE_S:
            self.answer(400)
        elif not signed_by_us(message_id, timestamp, body, signatures):
            self.answer(401)
        else:
            if message_id not in seen:
                show(json.loads(body))
                seen.add(message_id)
            self.answer(204)

    def answer(self, status: int) -> None:
        """Send a status without a body."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Write no access log."""


def show(notice: dict[str, object]) -> None:
    """Do something with a notice. Fields: docs/ALERTS.md, "What a webhook sends"."""
    print(f"{notice['severity']}: {notice['headline']} (rule {notice['rule']})", flush=True)


def main(port: str = "8800") -> None:
    """Listen on loopback until Ctrl-C."""
    if not SECRET:
        sys.exit("set WEBHOOK_SECRET to the secret of the channel")
    with HTTPServer(("127.0.0.1", int(port)), Receiver) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main(*sys.argv[1:])

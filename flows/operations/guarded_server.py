"""A Prefect server for this machine alone: `python -m flows.operations.guarded_server --port 4200`.

Whoever reaches a Prefect server can have it run commands. So this one listens on loopback, asks for
the secret of its Prefect home, answers no web page of another origin, refuses changes without a
CSRF token, and any Host but its own (a page whose name was pointed at 127.0.0.1). It ends with the
process that started it: when its standard input closes.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from flows.operations.server_secret import PROOF_PATH, proof, secret_of

HOSTS = ("127.0.0.1", "localhost")
LONGEST_NONCE = 64
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]


def guard_settings(secret: str, port: int) -> dict[str, str]:
    """What Prefect's server is told before it is imported. Nothing the operator set undoes it."""
    return {
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        # Its clients inside the server, and those of the same environment.
        "PREFECT_API_AUTH_STRING": secret,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        # Its own origin needs no leave; no other gets it.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
    }


def guarded(app: App, secret: str, port: int) -> App:
    """`app` behind a look at the Host header, with the proof that it knows the secret."""
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    async def proving(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PROOF_PATH:
            await answer_proof(scope, send)
            return
        await app(scope, receive, send)

    async def answer_proof(scope: Scope, send: Send) -> None:
        nonce = parse_qs(scope["query_string"].decode("latin-1")).get("nonce", [""])[0]
        good = 0 < len(nonce) <= LONGEST_NONCE
        body = proof(secret, nonce, port).encode() if good else b""
        head = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200 if good else 400, "headers": head})
        await send({"type": "http.response.body", "body": body})

    return TrustedHostMiddleware(proving, allowed_hosts=list(HOSTS), www_redirect=False)


def end_with_parent() -> None:
    """End as Ctrl-C would when whoever started us is gone."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="policywire-parent", daemon=True).start()


def main() -> None:
    """Serve until the parent ends or a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--temporary", action="store_true", help="no UI, no schedules")
    args = parser.parse_args()
    secret = secret_of(Path(os.environ["PREFECT_HOME"]))
    os.environ.update(guard_settings(secret, args.port))
    if args.temporary:
        os.environ["PREFECT__SERVER_EPHEMERAL"] = "1"
    end_with_parent()

    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(
        guarded(create_app(final=True), secret, args.port),
        host="127.0.0.1",
        port=args.port,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()

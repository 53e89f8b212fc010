"""A Prefect server for this machine only: `python -m flows.operations.guarded_server --port 4200`.

Anyone who can reach a Prefect server can run commands through it. This one therefore listens on
loopback, requires the secret of its Prefect home, rejects other origins, changes without a CSRF
token, and any other Host header (DNS rebinding: a web page whose name resolves to 127.0.0.1). It
ends when its standard input closes, that is, with the process that started it.
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
    """Return the environment for Prefect's server. It overrides what the operator has set.

    Must be set before the server is imported.
    """
    return {
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        # For clients inside the server, and in the same environment.
        "PREFECT_API_AUTH_STRING": secret,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        # Only the server's own origin.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
    }


def guarded(app: App, secret: str, port: int) -> App:
    """Return `app` behind a check of the Host header, with a page that proves it has the secret."""
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
    """Stop this server, as SIGTERM does, when its parent process ends."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="policywire-parent", daemon=True).start()


def main() -> None:
    """Serve until the parent process ends or a signal arrives."""
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

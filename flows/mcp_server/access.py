"""Who may call the server over HTTP: requests with the token, on loopback, under our own name."""

import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from flows.base.private_files import PRIVATE, create_private
from models.errors import ConfigError

VARIABLE = "POLICYWIRE_MCP_TOKEN"
FILE = "mcp.token"
# 32 random bytes have 43 characters. A short word can be guessed.
LEAST_CHARACTERS, MOST_CHARACTERS = 24, 400
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]


def token_of(given: Path | None, folder: Path) -> tuple[str, str]:
    """Return the token and where it is from: the environment, the file given, or our own file.

    Our own file, `mcp.token` in `folder`, is created when it is missing. Raises ConfigError when
    others can read the file, or when it holds no good token.
    """
    if given is None and (said := os.environ.get(VARIABLE)):
        return checked(said, VARIABLE), VARIABLE
    path = given or folder / FILE
    if given is None and not path.exists():
        create_private(path, secrets.token_urlsafe(32) + "\n")
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise ConfigError(f"{path}: not a file")
        if mode & PRIVATE:
            raise ConfigError(f"{path}: other users can read it; chmod 600 {path}")
        with path.open(encoding="utf-8") as file:
            said = file.read(MOST_CHARACTERS + 2)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as a token: {error}") from error
    return checked(said, str(path)), str(path)


def checked(token: str, source: str) -> str:
    """Return the token without its line end. Raises ConfigError, without showing it."""
    token = token.strip()
    if not LEAST_CHARACTERS <= len(token) <= MOST_CHARACTERS or not TOKEN.fullmatch(token):
        raise ConfigError(
            f"{source}: not a token; write {LEAST_CHARACTERS} to {MOST_CHARACTERS} letters, "
            "digits and . _ ~ + / = -, for example from `openssl rand -hex 32`"
        )
    return token


def only_with(token: str, app: App) -> App:
    """Return `app` behind a check of the bearer token (RFC 6750)."""
    wanted = token.encode()

    async def guarded(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and allowed(scope)):
            await app(scope, receive, send)
        elif scope["type"] == "http":
            await refuse(send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def allowed(scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
        if len(given) != 1:
            return False
        scheme, _, word = given[0].partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(word.strip(), wanted)

    return guarded


async def refuse(send: Send) -> None:
    """Answer 401, with what to send."""
    body = json.dumps(
        {"error": "invalid_token", "error_description": "send Authorization: Bearer <token>"}
    ).encode()
    head = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"www-authenticate", b'Bearer error="invalid_token"'),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": head})
    await send({"type": "http.response.body", "body": body})

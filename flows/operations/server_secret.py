"""The secret that our Prefect server and its clients share, and how a server proves it has it.

The secret is a file that only its owner may read. A client never sends it to a server that has not
proved it: the proof is a keyed digest of a number the client made up and of the port it asked on,
so that a stranger can neither make one nor pass on one of a server of ours on another port.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

import httpx

from models.errors import PipelineError

FILE = "server.secret"
USER = "policywire"
PROOF_PATH = "/policywire/proof"
ANSWER_S = 5.0


def secret_of(home: Path) -> str:
    """The secret kept in a Prefect home, as `user:password`; made if there is none.

    Raises PipelineError when others may read it.
    """
    path = home / FILE
    if not path.exists():
        make_secret(path)
    if path.stat().st_mode & 0o077:
        raise PipelineError(f"{path}: others may read it; delete it, a new one is made")
    secret = kept_secret(home)
    if secret is None:
        raise PipelineError(f"{path}: holds no secret; delete it, a new one is made")
    return secret


def make_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; one that another process made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f"{FILE}.{os.getpid()}")
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{USER}:{secrets.token_urlsafe(32)}")
    try:
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()


def kept_secret(home: Path) -> str | None:
    """The secret if there is one; nothing is made."""
    with suppress(OSError):
        return (home / FILE).read_text("ascii").strip() or None
    return None


def proof(secret: str, nonce: str, port: int) -> str:
    """What only who knows `secret` can answer to `nonce`."""
    said = f"policywire server on port {port}: {nonce}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def knows_secret(port: int, secret: str) -> bool:
    """Does a server on this loopback port prove that it knows `secret`? It is not told it."""
    nonce = secrets.token_hex(16)
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{port}{PROOF_PATH}",
            params={"nonce": nonce},
            timeout=ANSWER_S,
            trust_env=False,
        )
    except httpx.HTTPError:
        return False
    return answer.is_success and hmac.compare_digest(
        answer.content[:200], proof(secret, nonce, port).encode()
    )

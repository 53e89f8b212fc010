"""The secret that our Prefect server and its clients share, and the server's proof of it.

The secret is a file that only its owner can read. A client sends it only to a server that has
proved to know it. The proof is a keyed digest (HMAC) of a random number from the client and of the
port, so a foreign server can neither compute one nor relay one from our server on another port.
"""

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

import httpx

from flows.base.private_files import create_private
from models.errors import PipelineError

FILE = "server.secret"
USER = "policywire"
PROOF_PATH = "/policywire/proof"
ANSWER_S = 5.0


def secret_of(home: Path) -> str:
    """Return the secret of a Prefect home, as `user:password`; create it if there is none.

    Raises PipelineError when other users can read it.
    """
    path = home / FILE
    if not path.exists():
        create_private(path, f"{USER}:{secrets.token_urlsafe(32)}")
    if path.stat().st_mode & 0o077:
        raise PipelineError(
            f"{path}: other users can read it; delete it, a new one will be created"
        )
    secret = kept_secret(home)
    if secret is None:
        raise PipelineError(f"{path}: contains no secret; delete it, a new one will be created")
    return secret


def kept_secret(home: Path) -> str | None:
    """Return the secret, or None. Creates nothing."""
    with suppress(OSError):
        return (home / FILE).read_text("ascii").strip() or None
    return None


def proof(secret: str, nonce: str, port: int) -> str:
    """Return the answer to `nonce` that requires knowing `secret`."""
    said = f"policywire server on port {port}: {nonce}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def knows_secret(port: int, secret: str) -> bool:
    """Ask the server on this loopback port to prove that it knows `secret`, without sending it."""
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

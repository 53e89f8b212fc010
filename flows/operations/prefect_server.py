"""Choose or start the Prefect server of a command, before anything imports Prefect.

It is the operator's server if PREFECT_API_URL names one, else our own
(flows/operations/guarded_server.py), on loopback, for as long as the command runs. The address and
the secret go into the environment, for Prefect and for every process it starts.
"""

import _thread
import base64
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from flows.base.child_python import command, environment
from flows.base.runtime import prepare_prefect
from flows.base.settings import Settings
from flows.operations.server_secret import kept_secret, knows_secret, secret_of
from models.errors import PipelineError

START_S = 180.0
# How long to wait for the server of a killed `serve` to end.
LEFT_OVER_S = 15.0
STOP_S = 5.0
LOG = "server.log"


@contextmanager
def prefect_reached(settings: Settings, *, temporary: bool = False) -> Iterator[str]:
    """Provide a Prefect server while the block runs; yields the address of its API.

    A `temporary` server runs no schedules and uses any free port; if `policywire serve` is running
    on the same warehouse, its server is used instead. Raises PipelineError when no server can be
    reached or started, or when a foreign server has the port.
    """
    home = settings.prefect_home
    assert "prefect" not in sys.modules, "Prefect was imported before its server was known"
    prepare_prefect(home)
    if given := os.environ.get("PREFECT_API_URL"):
        check_shared(given)
        yield given
        return
    # All processes that use this server share one home.
    home = Path(os.environ["PREFECT_HOME"])
    secret, port = secret_of(home), settings.schedule.server_port
    if temporary and knows_secret(port, secret):
        yield reach(port, secret)
        return
    if temporary:
        port = free_port()
    else:
        await_port(port, secret, home)
    with own_server(home, port, secret, temporary=temporary):
        yield reach(port, secret)


def reach(port: int, secret: str) -> str:
    """Put our server's address and secret into the environment; return the address."""
    api = api_of(port)
    os.environ["PREFECT_API_URL"] = api
    os.environ["PREFECT_API_AUTH_STRING"] = secret
    return api


def api_of(port: int) -> str:
    """Return the address of the API of our server on this port."""
    return f"http://127.0.0.1:{port}/api"


def check_shared(api: str) -> None:
    """Raise PipelineError when the operator's server does not answer or rejects our credentials."""
    if not answers(api):
        raise PipelineError(
            f"no Prefect server answers at {api}: start it, or unset PREFECT_API_URL"
        )
    given = os.environ.get("PREFECT_API_AUTH_STRING", "").encode()
    head = {"Authorization": f"Basic {base64.b64encode(given).decode()}"} if given else {}
    try:
        answer = httpx.get(f"{api}/admin/version", timeout=10.0, headers=head)
    except httpx.HTTPError as error:
        raise PipelineError(f"the Prefect server at {api}: {error}") from error
    if answer.status_code in (401, 403) and "PREFECT_API_KEY" not in os.environ:
        raise PipelineError(
            f"the Prefect server at {api} rejects our credentials: "
            "set PREFECT_API_AUTH_STRING to the value it was started with"
        )


def answers(api: str) -> bool:
    """Return whether a healthy Prefect server, ours or not, answers at this address."""
    try:
        return httpx.get(f"{api}/health", timeout=2.0).is_success
    except httpx.HTTPError:
        return False


def ours_answers(settings: Settings) -> bool:
    """Return whether our own server is running. Creates nothing."""
    secret = kept_secret(Path(os.environ.get("PREFECT_HOME", settings.prefect_home)))
    return secret is not None and knows_secret(settings.schedule.server_port, secret)


def await_port(port: int, secret: str, home: Path) -> None:
    """Wait until the port is free while our old server ends. Raises PipelineError if it is not."""
    until = time.monotonic() + LEFT_OVER_S
    while taken(port):
        if not knows_secret(port, secret) or time.monotonic() > until:
            raise PipelineError(
                f"port {port} is taken by a server that does not know the secret of {home}: stop "
                "it, choose another port ([schedule] server_port), or set PREFECT_API_URL if it "
                "is the Prefect server you want"
            )
        time.sleep(0.2)


def taken(port: int) -> bool:
    """Return whether something listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(2.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_server(home: Path, port: int, secret: str, *, temporary: bool) -> Iterator[None]:
    """Run our own server during the block. If it ends early, the block is interrupted."""
    server_command = command("flows.operations.guarded_server", "--port", str(port))
    stopping = threading.Event()
    with (home / LOG).open("wb") as words:
        # A separate session: Ctrl-C must reach only the runner, which still needs the server.
        server = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
            [*server_command, *(["--temporary"] if temporary else [])],
            env={**environment(), "PREFECT_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )

    def look() -> None:
        server.wait()
        if not stopping.is_set():
            _thread.interrupt_main()

    try:
        wait_until_up(server, home, port, secret)
        threading.Thread(target=look, name="policywire-server", daemon=True).start()
        yield
        if server.poll() is not None:
            raise PipelineError(f"the local Prefect server stopped unexpectedly; see {home / LOG}")
    finally:
        stopping.set()
        server.terminate()
        try:
            server.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_up(server: "subprocess.Popen[bytes]", home: Path, port: int, secret: str) -> None:
    """Wait until the server proves that it is ours and has migrated its database."""
    until = time.monotonic() + START_S
    while not (knows_secret(port, secret) and answers(api_of(port))):
        if server.poll() is not None or time.monotonic() > until:
            raise PipelineError(
                f"the local Prefect server did not start on port {port}; see {home / LOG}"
            )
        time.sleep(0.2)

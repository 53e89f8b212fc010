"""`policywire serve` as a stranger starts it: empty environment, feeds and a cadence, no more."""

import base64
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flows.operations.prefect_server import free_port, taken
from flows.operations.server_secret import knows_secret, secret_of
from tests.default_port import DEFAULT_PORT, default_port_alone
from warehouse.connection import open_warehouse

PASSES_S = 400.0
STOP_S = 10.0
POLICYWIRE = Path(sys.executable).with_name("policywire")


@dataclass(slots=True)
class Served:
    """A running `policywire serve`, its folder, port and words."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def words(self) -> str:
        return (self.folder / "serve.log").read_text()

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def secret(self) -> str:
        return secret_of(self.folder / "var" / "prefect")

    def ask(self, path: str, what: dict[str, Any]) -> Any:
        """An answer of the API to who knows the secret, as a browser asks for it."""
        with httpx.Client(headers=authorised(self.secret), timeout=20.0) as client:
            given = client.get(f"{self.api}/csrf-token", params={"client": "test"}).json()
            head = {"Prefect-Csrf-Token": given["token"], "Prefect-Csrf-Client": "test"}
            return client.post(f"{self.api}{path}", json=what, headers=head).json()


def authorised(secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def feed(_: Request) -> Response:
    """News that is new whenever it is asked for."""
    now = datetime.now(UTC)
    item = (
        f"<item><title>Peru imposes {now.second + 1}% tariff on tin from Chile</title>"
        f"<link>https://news.example/{now.timestamp():.0f}</link>"
        f"<description>Peru on Monday imposed a {now.second + 1}% tariff on imports of tin from "
        "Chile, the trade ministry of Peru said.</description>"
        f"<pubDate>{format_datetime(now)}</pubDate></item>"
    )
    body = f'<rss version="2.0"><channel><title>N</title>{item}</channel></rss>'
    return Response(body, content_type="application/rss+xml")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`policywire serve` in an empty environment, on the port of the README if that is free."""
    folder = tmp_path_factory.mktemp("stranger")
    with default_port_alone(), HTTPServer(host="127.0.0.1") as server:
        port = free_port() if taken(DEFAULT_PORT) else DEFAULT_PORT
        server.expect_request("/feed.xml").respond_with_handler(feed)
        (folder / "feeds.toml").write_text(
            f'[[feed]]\nid = "n"\nname = "N"\nurl = "{server.url_for("/feed.xml")}"\n'
            'category = "news"\nlanguage = "en"\npoll_minutes = 1\npoll_max_minutes = 1\n'
            "enabled = true\nallow_private = true\n"
        )
        own_port = "" if port == DEFAULT_PORT else f"server_port = {port}\n"
        (folder / "policywire.toml").write_text(
            f'feeds = "feeds.toml"\n[schedule]\nnews = "* * * * *"\n{own_port}'
        )
        found = Served(started(folder), folder, port)
        try:
            wait_until_up(found)
            yield found
        finally:
            for pid in family(folder):
                os.kill(pid, signal.SIGKILL)
            found.process.wait()


def started(folder: Path) -> subprocess.Popen[bytes]:
    """The README's command, in that folder."""
    with (folder / "serve.log").open("wb") as words:
        return subprocess.Popen(
            ["env", "-i", *bare(folder), str(POLICYWIRE), "serve"],
            cwd=folder,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )


def wait_until_up(served: Served) -> None:
    """Until it says where its server is."""
    until = time.monotonic() + 180
    while "Ctrl-C ends it" not in served.words:
        assert served.process.poll() is None, served.words
        assert time.monotonic() < until, served.words
        time.sleep(0.5)
    assert knows_secret(served.port, served.secret)


def ends_well(served: Served, how: signal.Signals) -> None:
    """It ends in time, says what becomes of the work, and leaves no process and no traceback."""
    began = time.monotonic()
    if how is signal.SIGINT:
        os.killpg(served.process.pid, how)  # as a terminal sends it: to all
    else:
        served.process.send_signal(how)
    served.process.wait(timeout=30)
    took = time.monotonic() - began
    assert took < STOP_S, f"{took:.1f} s\n{served.words}"
    assert served.process.returncode == 0, served.words
    assert "all that was stored is kept" in served.words
    assert "Traceback" not in served.words
    assert "Warning" not in served.words
    time.sleep(0.5)
    assert not family(served.folder)
    assert not taken(served.port)


def bare(folder: Path) -> list[str]:
    """The environment of somebody who has set nothing."""
    return [f"HOME={folder}", "PATH=/usr/bin:/bin"]


def family(folder: Path) -> dict[int, str]:
    """The processes that work for this test, by their home in the environment they began with."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"HOME={folder}\0".encode() in (
                entry / "environ"
            ).read_bytes().replace(b"PREFECT_HOME", b""):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                if command:
                    found[int(entry.name)] = command
        except OSError:
            continue
    return found


def listeners(folder: Path) -> list[str]:
    """Servers among these processes."""
    return [
        command
        for command in family(folder).values()
        if "flows.operations.guarded_server" in command
        or "uvicorn" in command
        or "prefect server" in command
        or "prefect.server" in command
    ]


def test_only_who_knows_the_secret_is_answered(served: Served) -> None:
    asked = httpx.post(f"{served.api}/flow_runs/filter", json={})
    assert asked.status_code in (401, 403)
    assert httpx.get(f"{served.api}/admin/version").status_code == 401
    wrong = authorised("policywire:guess")
    assert httpx.get(f"{served.api}/admin/version", headers=wrong).status_code == 401
    right = authorised(served.secret)
    assert httpx.get(f"{served.api}/admin/version", headers=right).status_code == 200


def test_a_page_elsewhere_cannot_make_the_browser_ask(served: Served) -> None:
    right = authorised(served.secret)
    url = f"{served.api}/deployments/filter"
    preflight = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    told = httpx.options(url, headers=preflight)
    assert "access-control-allow-origin" not in told.headers
    assert told.status_code >= 400
    for host in ("evil.example", "evil.example:4200", "127.0.0.1.evil.example"):
        answer = httpx.get(f"{served.api}/admin/version", headers={**right, "Host": host})
        assert 400 <= answer.status_code < 500, host
    assert httpx.post(url, json={}, headers=right).status_code == 403, "no CSRF token"


def test_the_secret_is_its_owners(served: Served) -> None:
    file = served.folder / "var" / "prefect" / "server.secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(served.secret) > 40
    for command in family(served.folder).values():
        assert served.secret not in command
    assert served.secret not in served.words


def test_two_passes_on_one_server_then_a_quick_end(served: Served) -> None:
    until = time.monotonic() + PASSES_S
    lines: list[str] = []
    most = 0
    while len(lines) < 2 and time.monotonic() < until:
        assert served.process.poll() is None, served.words
        lines = re.findall(r"ingest\+extract\+alert: 1 feeds asked, 1 new articles.*", served.words)
        most = max(most, len(listeners(served.folder)))
        time.sleep(1.0)
    assert len(lines) >= 2, served.words
    assert most == 1, listeners(served.folder)
    assert "Cancelled" not in served.words
    assert "1 new developments" in lines[0]

    what = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    runs = [r for r in served.ask("/flow_runs/filter", what) if r["deployment_id"]]
    assert len(runs) >= 2
    names = [r["name"] for r in runs]
    assert all(re.fullmatch(r"ingest\+extract\+alert 20\d\d-.*", name) for name in names), names
    ahead = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    order = {"sort": "EXPECTED_START_TIME_ASC", "limit": 5}
    to_come = [r["name"] for r in served.ask("/flow_runs/filter", ahead | order)]
    assert to_come
    assert all(re.fullmatch(r"[a-z+]+ 20\d\d-\d\d-\d\d \d\d:\d\d", n) for n in to_come), to_come

    ends_well(served, signal.SIGINT)
    with open_warehouse(served.folder / "var" / "policywire.duckdb") as con:
        kept = con.execute(
            "SELECT count(*) FROM store.runs WHERE flow = 'pass' AND outcome = 'ok'"
        ).fetchone()
    assert kept is not None
    assert kept[0] >= 2


def test_it_ends_as_well_when_the_system_asks_it_to(served: Served) -> None:
    served.process = started(served.folder)
    wait_until_up(served)
    time.sleep(5.0)  # the runner is at work
    ends_well(served, signal.SIGTERM)


def test_a_killed_serve_leaves_no_server(served: Served) -> None:
    served.process = started(served.folder)
    wait_until_up(served)
    served.process.kill()
    served.process.wait()
    until = time.monotonic() + STOP_S
    while taken(served.port) and time.monotonic() < until:
        time.sleep(0.2)
    assert not taken(served.port)


def test_a_strangers_server_is_refused_and_not_told_the_secret(tmp_path: Path) -> None:
    heard: list[str] = []

    def answer(request: Request) -> Response:
        heard.append(f"{request.headers} {request.url} {request.get_data()!r}")
        return Response("true")

    with HTTPServer(host="127.0.0.1") as stranger:
        stranger.expect_request(re.compile(".*")).respond_with_handler(answer)
        own_port = f"POLICYWIRE_SCHEDULE__SERVER_PORT={stranger.port}"
        done = subprocess.run(
            ["env", "-i", *bare(tmp_path), own_port, str(POLICYWIRE), "serve"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "policywire:" in line]
    assert "does not know the secret" in " ".join(done.stderr.split())
    assert line
    secret = secret_of(tmp_path / "var" / "prefect")
    _, password = secret.split(":")
    coded = base64.b64encode(secret.encode()).decode()
    assert heard, "it was asked for a proof"
    assert not any(password in words or coded in words for words in heard)


def test_a_proof_of_another_port_is_none(tmp_path: Path) -> None:
    """A stranger who passes the question on to our server elsewhere gains nothing."""
    from flows.operations.server_secret import PROOF_PATH, proof

    secret = secret_of(tmp_path)

    def relay(request: Request) -> Response:
        return Response(proof(secret, request.args["nonce"], 4299))

    with HTTPServer(host="127.0.0.1") as stranger:
        stranger.expect_request(PROOF_PATH).respond_with_handler(relay)
        assert not knows_secret(stranger.port, secret)


def test_nothing_imports_prefect_before_its_server_is_decided() -> None:
    code = (
        "import sys, flows.operations.serve, flows.commands.pass_report, "
        "flows.operations.prefect_server, flows.operations.doctor, "
        "flows.operations.status, flows.commands.demo.show, flows.commands.cli; "
        "sys.exit('prefect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Types every command of the README literally in a fresh clone, in an empty environment."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from flows.base.loopback import LoopbackServer
from tests.default_port import default_port_alone
from tests.demo import within_an_hour
from tests.readme import (
    ROOT,
    WIDTH,
    answer,
    commands,
    pasted,
    question,
    shortened,
    without_times,
)
from tests.terminal import on_terminal

# The variables of a login shell, and no others.
ENVIRONMENT = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
# Commands whose answer is rows under their names.
ROWS = re.compile(r"policywire (sql|events|search) ")
REGENERATE = "regenerate it: python -m tests.readme"
ITEM = """<item><title>{title}</title><guid>{n}</guid><pubDate>{date}</pubDate>
<description>{title}. The ministry said so on Thursday.</description></item>"""
HEADLINES = (
    "China suspends its export ban on gallium to the United States",
    "India raises its import duty on copper to 7.5 percent",
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the files in git, like `git clone`, without build output."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    target = tmp_path_factory.mktemp("fresh") / "policywire"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def demo(clone: Path) -> str:
    """Return what `make demo` prints in the clone."""

    def run() -> str:
        shutil.rmtree(clone / "var", ignore_errors=True)
        return typed(clone, "make demo")

    return within_an_hour(run).partition("PolicyWire demo")[2]


@pytest.fixture(scope="module")
def feed_url() -> Iterator[str]:
    """Serve a feed on this machine, in place of the shipped ones."""
    now = datetime.now(UTC)
    items = "".join(
        ITEM.format(title=title, n=n, date=format_datetime(now - timedelta(hours=n + 1)))
        for n, title in enumerate(HEADLINES)
    )
    body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    server = LoopbackServer(("127.0.0.1", 0), partial(FeedHandler, body))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/feed.xml"
    server.shutdown()
    server.server_close()


class FeedHandler(BaseHTTPRequestHandler):
    """Answers every GET with one feed."""

    def __init__(self, body: bytes, *args: object) -> None:
        self.body = body
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        found = self.path == "/feed.xml"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(self.body) if found else 0))
        self.end_headers()
        if found:
            self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def typed(folder: Path, line: str, timeout_s: float = 600) -> str:
    """Return what a command typed in `folder` prints; fail with its output when it fails."""
    run = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    assert run.returncode == 0, f"{line}\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}"
    return run.stdout


def test_the_demo_prints_what_the_readme_shows(demo: str) -> None:
    found = shortened("PolicyWire demo" + demo) + "\n"
    assert without_times(found) == without_times(pasted("demo")), REGENERATE


def test_the_question_gets_the_answer_that_the_readme_shows(clone: Path, demo: str) -> None:
    shown = on_terminal(["bash", "-c", question()], columns=WIDTH, cwd=clone)
    assert answer(shown) + "\n" == pasted("answer"), REGENERATE


def test_pasted_output_fits_80_columns() -> None:
    lines = (pasted("demo") + pasted("answer")).splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_the_commands_the_demo_suggests_work_as_printed(clone: Path, demo: str) -> None:
    queries = demo.partition("Query the results")[2].partition("\n\n")[0]
    suggested = [line.strip() for line in queries.splitlines()[1:]]
    more = [line.partition(" more: ")[2] for line in demo.splitlines() if " more: " in line]
    assert len(suggested) >= 3
    assert more
    for line in filter(None, [*suggested, *more]):
        output = typed(clone, line)
        assert len(output.splitlines()) > 1, f"{line} gives rows, not only their names"


def test_the_demo_ends_with_the_page_to_open(clone: Path, demo: str) -> None:
    page = demo.strip().splitlines()[-1].strip()
    assert page == "var/demo/report/index.html"
    assert "Latest developments" in (clone / page).read_text("utf-8")


def test_a_second_demo_adds_nothing(clone: Path, demo: str) -> None:
    again = typed(clone, "make demo")
    assert "0 new articles" in again
    assert "New developments: nothing new" in again


def test_every_command_of_the_readme(clone: Path, demo: str, feed_url: str) -> None:
    with gzip.open(clone / "archive.jsonl.gz", "wt", encoding="utf-8") as file:
        for n, title in enumerate(HEADLINES):
            text = f"{title}. The ministry said so on Thursday."
            seen = f"2025-10-0{n + 1}T10:00:00Z"
            file.write(json.dumps({"title": title, "text": text, "published": seen}) + "\n")
    seen_commands = commands()
    assert {"make demo", "make test"} <= set(seen_commands)
    for line in seen_commands:
        if line == "make demo":
            continue
        if line == "make test":
            # Not run: it would run this test.
            assert "pytest" in typed(clone, "make --dry-run test")
            continue
        if line.endswith("policywire run"):
            (clone / "feeds.toml").write_text(
                f'[[feed]]\nid = "wire"\nname = "Wire"\nurl = "{feed_url}"\n', "utf-8"
            )
            (clone / "policywire.toml").write_text('feeds = "feeds.toml"\n', "utf-8")
        if line.endswith("policywire serve"):
            with default_port_alone():
                serves_until_ctrl_c(clone, line)
            continue
        output = typed(clone, line)
        assert output.strip(), line
        if ROWS.search(line):
            assert len(output.splitlines()) > 1, f"{line} gives rows, not only their names"


def serves_until_ctrl_c(folder: Path, line: str) -> None:
    """Start `serve`, wait until it reports that it serves, stop it."""
    with subprocess.Popen(
        ["bash", "-c", f"exec {line}"],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        os.set_blocking(pipe, False)
        said, deadline = "", time.monotonic() + 180
        while not re.search(r"serv|schedul", said, re.IGNORECASE):
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.5)
            with suppress(BlockingIOError):
                said += os.read(pipe, 65536).decode("utf-8", "replace")
        os.killpg(process.pid, signal.SIGINT)
        began = time.monotonic()
        process.wait(timeout=60)
        assert time.monotonic() - began < 10
    assert "Traceback" not in said


def test_a_shortened_list_says_so(clone: Path, demo: str) -> None:
    line = ".venv/bin/policywire events --limit 5 --config var/demo/policywire.toml 2>&1 >/dev/null"
    assert re.fullmatch(r"and \d+ more; --limit shows more\n", typed(clone, line))


def test_make_clean_keeps_warehouses(clone: Path, demo: str) -> None:
    said = typed(clone, "make clean")
    assert "kept var/" in said
    assert (clone / "var" / "demo" / "demo.duckdb").exists()
    assert not (clone / ".venv").exists()

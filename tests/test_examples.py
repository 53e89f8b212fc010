"""Each script of examples/, run as a user runs it, on a warehouse built once from the demo."""

import csv
import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.alerting.sinks import signature

EXAMPLES = Path(__file__).parents[1] / "examples"
POLICYWIRE = str(Path(sys.executable).with_name("policywire"))
SECRET = "a secret of the test"
CHANNEL = """
[[channel]]
id = "desk"
kind = "webhook"
url = "{url}"
secret = "${{WEBHOOK_SECRET}}"
"""


@pytest.fixture(scope="module")
def demo(demo_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `policywire demo` fills."""
    return shutil.copytree(demo_run, tmp_path_factory.mktemp("examples") / "demo")


@pytest.fixture(scope="module")
def snapshot(demo: Path) -> str:
    return str(demo / "demo.snapshot.duckdb")


@pytest.fixture
def receiver() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The webhook receiver on a free port: its URL and its process."""
    with subprocess.Popen(
        [sys.executable, EXAMPLES / "receive_notices.py", "0"],
        env={**os.environ, "WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1], process
        process.kill()


def said(*words: str, cwd: Path | None = None) -> str:
    """Run a command; return what it prints."""
    run = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, "WEBHOOK_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def example(name: str, *words: str) -> str:
    return said(sys.executable, str(EXAMPLES / name), *words)


def test_every_example_is_tested() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [f.name for f in EXAMPLES.glob("*.py") if f'"{f.name}"' not in source] == []


def test_follow_measure(snapshot: str) -> None:
    output = example("follow_measure.py", snapshot, "rare_earths")
    measures = [line for line in output.splitlines() if not line.startswith(" ")]
    assert len(measures) == 3
    assert measures[0].startswith("CN:")
    assert "suspended until 2026-11" in output


def test_known_on_takes_nothing_from_later(snapshot: str) -> None:
    before = example("known_on.py", snapshot, "2025-10-10").splitlines()
    assert len(before) == 10
    assert before[0].startswith("2025-10-09")
    # The truce was reported on 30 October.
    truce = "Trump and Xi agree one-year truce"
    assert not any(truce in line for line in before)
    assert truce in example("known_on.py", snapshot, "2025-10-31")


def test_week_to_csv(snapshot: str, tmp_path: Path) -> None:
    output = tmp_path / "week.csv"
    printed = example("week_to_csv.py", snapshot, str(output), "2025-11-01")
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10
    assert f"{len(rows)} developments" in printed
    assert all("2025-10-25" <= row["first_seen_at"][:10] <= "2025-10-31" for row in rows)
    # The week that ends now; the demo's articles are older.
    assert "0 developments" in example("week_to_csv.py", snapshot, str(output))


def test_the_notebook_as_a_script(snapshot: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    output = example(
        "analyst.py",
        *("--snapshot", snapshot, "--measure", "CN:mofcom-2025-61", "--chart", str(chart)),
    )
    lines = output.splitlines()
    assert lines[0].startswith("CN:mofcom-2025-61: ")
    assert any("  suspended: Beijing will suspend" in line for line in lines)
    assert "known after the first report: 1 step" in lines
    assert any(line.startswith("  2025-10-30 XNYS:MP: ") for line in lines)
    assert any(line.startswith("  [0,+1]: mean ") for line in lines)
    drawing = chart.read_text("utf-8")
    assert "suspended" in drawing.replace("<!-- ", "").replace(" -->", "")
    assert drawing.count("<path") > 4


def test_the_notebook_as_a_page_and_for_another_commodity(snapshot: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    marimo = str(Path(sys.executable).with_name("marimo"))
    notebook = str(EXAMPLES / "analyst.py")
    # It fails where a cell raises.
    said(
        *(marimo, "export", "html", notebook, "-o", str(page), "--no-include-code", "--"),
        *("--snapshot", snapshot, "--commodity", "gallium"),
    )
    assert "gallium" in page.read_text("utf-8")
    assert example("analyst.py", "--snapshot", snapshot, "--commodity", "steel").startswith("US:")


def test_receive_notices(
    demo: Path, receiver: tuple[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    url, process = receiver
    config = tmp_path / "policywire.toml"
    config.write_text(f'warehouse = "{demo}/demo.duckdb"\n' + CHANNEL.format(url=url), "utf-8")
    said(POLICYWIRE, "alerts", "ping", "desk", cwd=tmp_path)
    assert process.stdout is not None
    assert "channel desk works" in process.stdout.readline()

    body = b'{"severity": "flash", "headline": "tariff raised", "rule": "tariffs"}'
    now = str(int(time.time()))
    signed = signature(SECRET.encode(), "n1", now, body)
    assert posted(url, body, "n1", now, signed) == 204
    assert posted(url, body, "n1", now, signed) == 204
    assert posted(url, body, "n2", now, signed) == 401
    assert posted(url, body, "n1", "1700000000", signed) == 400
    assert posted(url, b"{}", "n3", now, signature(b"other", "n3", now, b"{}")) == 401
    process.terminate()
    assert process.stdout.read() == "flash: tariff raised (rule tariffs)\n"


def posted(url: str, body: bytes, message_id: str, timestamp: str, signed: str) -> int:
    """Post a notice; return the status of the answer."""
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=10)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signed,
    }
    connection.request("POST", "/", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("script", ["follow_measure", "known_on", "week_to_csv"])
def test_without_arguments_they_print_how_to_call_them(script: str) -> None:
    run = subprocess.run(
        [sys.executable, EXAMPLES / f"{script}.py"], check=False, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert f"python examples/{script}.py" in run.stderr

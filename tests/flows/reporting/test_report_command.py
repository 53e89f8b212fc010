"""`policywire report` as a user types it, and the report after a pass."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.base.settings import load_settings
from flows.pipeline import run_without_prefect
from models.errors import ConfigError

POLICYWIRE = str(Path(sys.executable).with_name("policywire"))


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with an empty environment."""
    return subprocess.run(
        [POLICYWIRE, "report", *words],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_writes_names_the_page_and_replaces_it(snapshot: Path, tmp_path: Path) -> None:
    live = str(snapshot.with_name("live.duckdb"))
    said = run(tmp_path, "pages", "--feeds", "-w", live)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("pages/index.html: 107 measures on ")
    assert (tmp_path / "pages" / "feeds" / "all.atom").exists()
    said = run(tmp_path, "pages", "--no-feeds", "--measures", "10", "-w", live)
    assert said.returncode == 0, said.stderr
    assert not (tmp_path / "pages" / "feeds").exists()
    assert not list(tmp_path.glob("**/alert*")), "nothing else is written"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("held",), "holds other files"),
        (("pages", "--url", "ftp://desk.example"), "not an http(s) address"),
        (("pages", "--url", "https://desk.example/?a=1"), "not an http(s) address"),
        (("pages", "--measures", "0"), "--measures"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    snapshot: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "thesis.txt").write_text("ten years of work")
    found = run(tmp_path, *words, "-w", str(snapshot.with_name("live.duckdb")))
    assert found.returncode == 2
    assert said in " ".join(found.stderr.split())
    assert (tmp_path / "held" / "thesis.txt").exists()
    assert not (tmp_path / "pages").exists()


def test_ctrl_c_leaves_the_old_report(snapshot: Path, tmp_path: Path) -> None:
    live = str(snapshot.with_name("live.duckdb"))
    assert run(tmp_path, "pages", "-w", live).returncode == 0
    before = (tmp_path / "pages" / "index.html").read_bytes()
    with subprocess.Popen(
        [POLICYWIRE, "report", "pages", "-w", live], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / ".pages.new" / "measures").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130, said
    assert "stopped" in said
    assert (tmp_path / "pages" / "index.html").read_bytes() == before
    assert not (tmp_path / ".pages.new").exists()


def test_a_pass_writes_it_where_a_path_is_set(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.link(snapshot.with_name("live.duckdb"), tmp_path / "live.duckdb")
    config = tmp_path / "policywire.toml"
    config.write_text('warehouse = "live.duckdb"\n[report]\npath = "pages"\nmeasures = 20\n')
    done = run_without_prefect({"config": str(config), "warehouse": None, "feeds": None}, ())
    assert done.failed == {}
    assert done.done["report"].entry == tmp_path / "pages" / "index.html"
    assert (tmp_path / "pages" / "index.html").exists()
    assert "report pages" in done.done["report"].log_counts()[0]
    config.write_text('warehouse = "live.duckdb"\n[report]\npath = "."\n')
    failed = run_without_prefect({"config": str(config), "warehouse": None, "feeds": None}, ())
    assert "holds other files" in failed.failed["report"]


def test_its_settings_are_checked(tmp_path: Path) -> None:
    config = tmp_path / "policywire.toml"
    config.write_text('[report]\npath = "pages"\nurl = "https://desk.example/policy/"\n')
    assert load_settings(config).report.path == tmp_path / "pages"
    config.write_text('[report]\nurl = "javascript:alert(1)"\n')
    with pytest.raises(ConfigError, match=r"report\.url: not an http"):
        load_settings(config)

"""The folder is replaced as a whole: killed at any point, the old site or the new one is there."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.reporting import publishing
from flows.reporting.publishing import MARK, ReportBusyError, replacing
from models.errors import ConfigError, PipelineError

WRITER = """
import sys
from pathlib import Path
from flows.reporting.publishing import replacing
target = Path(sys.argv[1])
for build in range(10_000):
    with replacing(target) as fresh:
        for n in range(20):
            (fresh / f"{n}.html").write_text(f"{build}")
    print(build, flush=True)
"""


def write(target: Path, text: str) -> None:
    with replacing(target) as fresh:
        (fresh / "index.html").write_text(text)


def half(target: Path) -> None:
    with replacing(target) as fresh:
        (fresh / "index.html").write_text("half")
        raise ZeroDivisionError


def test_a_second_report_replaces_the_first_whole(tmp_path: Path) -> None:
    write(tmp_path / "site", "one")
    (tmp_path / "site" / "gone.html").write_text("of the first")
    write(tmp_path / "site", "two")
    assert {p.name for p in (tmp_path / "site").iterdir()} == {"index.html", MARK}
    assert (tmp_path / "site" / "index.html").read_text() == "two"
    assert {p.name for p in tmp_path.iterdir()} == {"site", ".site.lock"}


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    write(tmp_path / "site", "one")
    with pytest.raises(ZeroDivisionError):
        half(tmp_path / "site")
    assert (tmp_path / "site" / "index.html").read_text() == "one"
    assert not (tmp_path / ".site.new").exists()


def test_killed_at_any_point_a_whole_site_is_there(tmp_path: Path) -> None:
    target = tmp_path / "site"
    for attempt in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.004 * attempt)
            process.send_signal(signal.SIGKILL)
        builds = {(target / f"{n}.html").read_text() for n in range(20)}
        assert len(builds) == 1, "all files are of one build"
        assert (target / MARK).exists()
    write(target, "after")
    assert {p.name for p in tmp_path.iterdir()} == {"site", ".site.lock"}


def test_without_an_exchange_the_old_folder_is_renamed_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "swapped", lambda one, other: False)
    write(tmp_path / "site", "one")
    write(tmp_path / "site", "two")
    assert (tmp_path / "site" / "index.html").read_text() == "two"
    # As a kill between the two renames leaves it.
    (tmp_path / "site").rename(tmp_path / ".site.old")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "site"):
        raise ZeroDivisionError
    assert (tmp_path / "site" / "index.html").read_text() == "two"


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(ConfigError, match="holds other files"):
        write(tmp_path, "one")
    with pytest.raises(ConfigError, match="not a folder"):
        write(tmp_path / "thesis.txt", "one")
    (tmp_path / "linked").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="not a folder of its own"):
        write(tmp_path / "linked", "one")
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    write(tmp_path / "site", "one")
    assert (tmp_path / "site" / "index.html").exists()


def test_two_writers_do_not_mix(tmp_path: Path) -> None:
    with replacing(tmp_path / "site") as fresh:
        (fresh / "index.html").write_text("one")
        with pytest.raises(ReportBusyError, match="another process writes"):
            write(tmp_path / "site", "two")
    assert (tmp_path / "site" / "index.html").read_text() == "one"


def test_rights_an_operator_gave_stay(tmp_path: Path) -> None:
    write(tmp_path / "site", "one")
    (tmp_path / "site").chmod(0o755)
    write(tmp_path / "site", "two")
    assert stat.S_IMODE((tmp_path / "site").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "site" / "index.html").stat().st_mode) == 0o644


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PipelineError, match="report not written"):
        write(tmp_path / "site", "one")
    tmp_path.chmod(0o700)


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    write(tmp_path / "site", "one")
    with (
        pytest.raises(PipelineError, match="report not written: No space left"),
        replacing(tmp_path / "site"),
    ):
        raise OSError(28, "No space left on device")
    assert (tmp_path / "site" / "index.html").read_text() == "one"

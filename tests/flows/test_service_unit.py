"""The systemd units in docs/: hardened, and systemd can read them. Commands: tests/test_docs.py."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
UNITS = sorted([*DOCS.glob("*.service"), *DOCS.glob("*.timer")])
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PROGRAM = "/opt/policywire/.venv/bin/policywire"
# systemd's own score, from 0 (safe) to 10; it counts access to the network as a fault.
MOST_EXPOSED = 2.5

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"
)


def service(path: Path) -> configparser.SectionProxy:
    """Return the last value of every key of a unit's [Service]."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text("utf-8"))
    return unit["Service"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_is_hardened(path: Path) -> None:
    found = service(path)
    assert found["ExecStart"].startswith(f"{PROGRAM} ")
    for key, value in {
        "User": "policywire",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "SystemCallErrorNumber": "EPERM",
        "UMask": "0077",
        "StateDirectoryMode": "0700",
    }.items():
        assert found[key] == value


def test_a_stop_works_like_ctrl_c() -> None:
    assert service(DOCS / "policywire.service")["KillSignal"] == "SIGINT"


@needs_systemd
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_the_unit(path: Path, tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit.name).write_text(
            text.replace("User=policywire\nGroup=policywire\n", ""), "utf-8"
        )
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "policywire" not in told.stderr, told.stderr


@needs_systemd
@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_systemd_finds_little_exposed(path: Path) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unrecognized option" in told.stderr:
        pytest.skip("this systemd-analyze cannot judge a file")
    level = re.search(r"exposure level for \S+: (\d+\.\d+)", told.stdout)
    assert level is not None, told.stdout + told.stderr
    assert float(level[1]) <= MOST_EXPOSED

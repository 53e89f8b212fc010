"""docs/policywire.service: hardened, and systemd can read it. Commands: tests/test_docs.py."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
UNIT = DOCS / "policywire.service"


def test_the_unit_is_hardened_and_starts_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT.read_text("utf-8"))
    service = unit["Service"]
    assert service["ExecStart"].split()[1:3] == ["serve", "--config"]
    for key, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "UMask": "0077",
        "StateDirectoryMode": "0700",
        "KillSignal": "SIGINT",
    }.items():
        assert service[key] == value


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8").replace("/opt/policywire/.venv/bin/policywire", "/bin/true")
    placed = tmp_path / "policywire.service"
    placed.write_text(text.replace("User=policywire\nGroup=policywire\n", ""), "utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(placed)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "policywire.service" not in told.stderr, told.stderr

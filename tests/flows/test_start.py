"""Faults that would break every pass are refused at the start; a stop says what was kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.base.settings import load_settings
from flows.commands.cli import app
from models.errors import ConfigError

POLICYWIRE = Path(sys.executable).with_name("policywire")


@pytest.mark.parametrize("command", ["run", "serve"])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('feeds = "nofile.toml"', "nofile.toml: no such feed list"),
        ('[market]\nprice_files = ["closes.csv"]', "closes.csv: no such file"),
        ('[market]\nreference_csv = ["mine.csv"]', "mine.csv: no such file"),
        ('rules = "rules.toml"', "rules.toml: no such file"),
    ],
)
def test_a_missing_file_is_refused(tmp_path: Path, command: str, settings: str, said: str) -> None:
    config = tmp_path / "policywire.toml"
    config.write_text(f'warehouse = "w.duckdb"\n{settings}\n' if "[" not in settings else settings)
    with pytest.raises(ConfigError) as refused:
        CliRunner().invoke(app, [command, "--config", str(config)], catch_exceptions=False)
    assert said in str(refused.value)
    assert os.listdir(tmp_path) == ["policywire.toml"]


def test_doctor_reports_missing_files(tmp_path: Path) -> None:
    config = tmp_path / "policywire.toml"
    config.write_text('warehouse = "w.duckdb"\n[market]\nprice_files = ["closes.csv"]\n')
    result = CliRunner().invoke(app, ["doctor", "--config", str(config)])
    assert result.exit_code == 1
    assert "price_files" in result.output


def test_price_files_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    config = tmp_path / "policywire.toml"
    config.write_text('[market]\nprice_files = ["closes.csv", "/elsewhere/b.csv"]\n')
    found = load_settings(config).market.price_files
    assert found == (tmp_path / "closes.csv", Path("/elsewhere/b.csv"))


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("policywire ")


def test_the_old_name_of_stage_still_works(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nid = "a"\nname = "A"\nurl = "https://a.example/feed"\n')
    told = ["run", "--feeds", str(feeds), "--warehouse", str(tmp_path / "w.duckdb")]
    for option in ("--stage", "--once"):
        result = CliRunner().invoke(app, [*told, option, "alert"])
        assert result.exit_code == 0, result.output
        assert "0 developments considered" in result.output
    assert "--once" not in CliRunner().invoke(app, ["run", "--help"]).output


@pytest.mark.parametrize("after_s", [2.0, 4.5])
def test_ctrl_c_says_what_was_kept(tmp_path: Path, after_s: float) -> None:
    environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    with subprocess.Popen(
        [POLICYWIRE, "demo", "--dir", tmp_path / "demo"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        time.sleep(after_s)
        os.killpg(demo.pid, signal.SIGINT)
        out, errors = demo.communicate(timeout=30)
    assert demo.returncode == 130, errors
    assert "stopped; " in out
    assert errors.strip().splitlines()[-1].startswith("policywire: stopped")
    assert "Traceback" not in errors

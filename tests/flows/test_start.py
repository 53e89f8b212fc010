"""Faults that would break every pass are refused at the start; a stop says what was kept."""

import os
import re
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

ROOT = Path(__file__).parents[2]
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


def test_rules_may_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "desk.toml").write_text('[[rule]]\nid = "mine"\ntype = "tariff"\n')
    (tmp_path / "feeds.toml").write_text(
        '[[feed]]\nid = "a"\nname = "A"\nurl = "https://a.example/feed"\n'
    )
    config = tmp_path / "policywire.toml"
    config.write_text('warehouse = "w.duckdb"\nfeeds = "feeds.toml"\nrules = "rules"\n')
    result = CliRunner().invoke(app, ["run", "--stage", "alert", "--config", str(config)])
    assert result.exit_code == 0, result.output
    assert "0 developments considered" in result.output


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
    assert re.fullmatch(r"policywire [\d.]+\w*, extractor \d+\.\d+\.\d+\n", result.output)


def test_the_old_name_of_stage_still_works(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nid = "a"\nname = "A"\nurl = "https://a.example/feed"\n')
    told = ["run", "--feeds", str(feeds), "--warehouse", str(tmp_path / "w.duckdb")]
    for option in ("--stage", "--once"):
        result = CliRunner().invoke(app, [*told, option, "alert"])
        assert result.exit_code == 0, result.output
        assert "0 developments considered" in result.output
    assert "--once" not in CliRunner().invoke(app, ["run", "--help"]).output


@pytest.mark.parametrize(
    ("file", "wait_s"),
    [("feeds.toml", 0), ("demo.duckdb", 0), ("demo.duckdb", 0.4), ("demo.duckdb", 2)],
)
def test_ctrl_c_says_what_was_kept(tmp_path: Path, file: str, wait_s: float) -> None:
    """Ctrl-C some time after the demo made a file; in a pass it says what it stored."""
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
        while not (tmp_path / "demo" / file).exists():
            assert demo.poll() is None
            time.sleep(0.01)
        time.sleep(wait_s)
        os.killpg(demo.pid, signal.SIGINT)
        out, errors = demo.communicate(timeout=30)
    assert demo.returncode == 130, errors
    assert "stopped; " in out or file == "feeds.toml"
    assert errors.strip().splitlines()[-1].startswith("policywire: stopped")
    assert "Traceback" not in errors


def test_ctrl_c_while_modules_are_imported_ends_it_quietly(tmp_path: Path) -> None:
    """A module that is imported later waits for the signal, in the place of a slow disk."""
    (tmp_path / "typer.py").write_text("import time\nprint('here', flush=True)\ntime.sleep(60)\n")
    with subprocess.Popen(
        [sys.executable, "-c", "from flows.commands.start import main; main()", "status"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "policywire: stopped\n")


def test_a_new_folder_for_the_warehouse_is_made_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text(
        '[[feed]]\nid = "a"\nname = "A"\nurl = "https://a.example"\n'
    )
    done = subprocess.run(
        [POLICYWIRE, "run", "--stage", "alert", "--feeds", "feeds.toml", "-w", "new/w.duckdb"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "new" / "w.duckdb").is_file()


def test_unknown_commands_and_no_command_are_answered() -> None:
    nothing = CliRunner().invoke(app, [])
    assert nothing.exit_code == 2
    assert "Start with: policywire demo" in nothing.output
    unknown = CliRunner().invoke(app, ["evnts"])
    assert unknown.exit_code == 2
    assert "Did you mean 'events'?" in unknown.output


@pytest.mark.parametrize(
    ("words", "last", "wanted"),
    [
        ("policywire wa", 1, {"watch", "warehouse"}),
        ("policywire run --stage ", 3, {"ingest", "extract", "market", "alert"}),
        ("policywire warehouse dr", 2, {"drop-texts"}),
    ],
)
def test_completion_in_bash(tmp_path: Path, words: str, last: int, wanted: set[str]) -> None:
    clean = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(last), "_POLICYWIRE_COMPLETE": "complete_bash"}
    told = subprocess.run([POLICYWIRE], env={**clean, **asked}, capture_output=True, text=True)
    assert set(told.stdout.split()) == wanted
    shown = f"{POLICYWIRE} --show-completion"
    script = subprocess.run(["bash", "-c", f"{shown}; true"], env=clean, capture_output=True)
    assert b"complete -o default -F" in script.stdout


def test_fresh_deletes_demos_only(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years")
    with pytest.raises(ConfigError, match="not the folder of a demo"):
        CliRunner().invoke(app, ["demo", "--fresh", "--dir", str(mine)], catch_exceptions=False)
    assert (mine / "thesis.txt").read_text() == "years"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="--dir names another folder"):
        CliRunner().invoke(
            app, ["demo", "--dir", str(tmp_path / "file" / "demo")], catch_exceptions=False
        )

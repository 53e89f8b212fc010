"""Settings are checked before anything starts; an error is one line that names file and key."""

from pathlib import Path

import pytest

from flows.base.settings import load_settings
from models.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "policywire.toml"
    path.write_text(text)
    return path


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.feeds.exists()
    assert settings.snapshot.name == "policywire.snapshot.duckdb"


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, 'warehouse = "data/w.duckdb"'))
    assert settings.warehouse == tmp_path / "data/w.duckdb"


def test_the_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYWIRE_FETCH__PER_HOST", "1")
    monkeypatch.setenv("POLICYWIRE_WAREHOUSE", "elsewhere.duckdb")
    settings = load_settings(write(tmp_path, 'warehouse = "w.duckdb"\n[fetch]\nper_host = 3'))
    assert settings.fetch.per_host == 1
    assert settings.warehouse == Path("elsewhere.duckdb")


def test_the_command_line_overrides_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWIRE_WAREHOUSE", "elsewhere.duckdb")
    settings = load_settings(write(tmp_path, ""), warehouse=Path("chosen.duckdb"))
    assert settings.warehouse == Path("chosen.duckdb")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fech = 1", "fech: unknown key"),
        ("[fetch]\nper_hots = 1", "fetch.per_hots: unknown key"),
        ("[fetch]\nper_host = 99", "fetch.per_host: Input should be less than or equal to 8"),
        ('[schedule]\nnews = "every now and then"', "schedule.news: not a cron line"),
        ('[schedule]\ntimezone = "Mars/Base"', "schedule.timezone: not an IANA time zone"),
        ("[fetch\n", "not TOML"),
    ],
)
def test_an_error_is_one_line_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value).strip()


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "absent.toml")

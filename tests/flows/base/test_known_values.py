"""Options that accept only known values: an unknown value is refused, the nearest suggested."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.base.known_values import check_actor, check_commodity, check_value
from flows.commands.cli import app
from models.errors import ConfigError
from models.reference.markets import load_markets
from models.reference.securities import load_securities
from warehouse.connection import open_warehouse
from warehouse.market.securities import save_securities
from warehouse.snapshot import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the shipped listings and no news."""
    path = tmp_path_factory.mktemp("known") / "w.duckdb"
    with open_warehouse(path) as con:
        save_securities(con, load_securities(), load_markets().values())
    publish(path, path.with_suffix(".snapshot.duckdb"))
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("events", "--actor", "China"), "did you mean CN (China)?"),
        (("events", "--actor", "Q7"), "--actor: unknown value 'Q7'"),
        (("events", "--ticker", "XYZZY"), "--ticker: unknown value 'XYZZY'"),
        (("events", "--ticker", "Lynas"), "XASX:LYC"),
        (("events", "--commodity", "rare-earths"), "did you mean rare_earths"),
        (("events", "--type", "export_controls"), "did you mean export_control"),
        (("events", "--status", "suspend"), "did you mean suspended"),
        (("study", "--type", "tariff,tarif"), "unknown value 'tarif'"),
        (("study", "--group", "rareearths"), "did you mean rare_earths"),
        (("study", "--sign", "plus"), "known are +, -, ?"),
        (("study", "--ticker", "MP,XYZZY"), "unknown value 'XYZZY'"),
    ],
)
def test_unknown_values_are_refused(warehouse: Path, options: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        CliRunner().invoke(app, [*options, "--warehouse", str(warehouse)], catch_exceptions=False)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "options", [("--actor", "cn"), ("--ticker", "mp"), ("--ticker", "XNYS:MP")]
)
def test_known_values_pass_in_any_case(warehouse: Path, options: tuple[str, str]) -> None:
    result = CliRunner().invoke(app, ["events", *options, "--warehouse", str(warehouse)])
    assert result.exit_code == 0
    assert "no rows" in result.output


def test_without_listings_no_ticker_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path):
        pass
    publish(path, path.with_suffix(".snapshot.duckdb"))
    result = CliRunner().invoke(app, ["events", "--ticker", "XYZZY", "--warehouse", str(path)])
    assert result.exit_code == 0


def test_every_shipped_id_is_known_to_itself() -> None:
    check_actor("--actor", "EU")
    check_commodity("--commodity", "gallium")
    check_value("--kind", None, [])


def test_a_value_unlike_all_others_shows_the_known_ones() -> None:
    known = [f"value-{n}" for n in range(11)]
    with pytest.raises(ConfigError, match=r"known are value-0, .* and 3 more"):
        check_value("--x", "$$", known)

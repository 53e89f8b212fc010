"""What a rule would have sent: counts per day, with throttle, quiet hours and digests."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.alerting.rules import load_rules
from flows.alerting.trial import try_rule
from flows.commands.cli import app
from models.errors import ConfigError
from tests.alert_world import store_all
from warehouse.connection import open_warehouse, transaction
from warehouse.snapshot import publish

RULES = """
[[rule]]
id = "all"
[[rule]]
id = "suspended"
status = "suspended"
[[rule]]
id = "high"
where = "rate_value > 50"
[[rule]]
id = "slow"
throttle = "2/day"
[[rule]]
id = "morning"
digest = { every = "daily", at = "07:00", zone = "UTC" }
[[rule]]
id = "broken"
where = "statu = 'raised'"
[[rule]]
id = "misspelt"
typ = "tariff"
"""
START = datetime(2025, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Ten days of October, a development every six hours; rules.toml and a settings file beside."""
    file = tmp_path / "w.duckdb"
    developments = {}
    for number in range(40):
        at = START + timedelta(hours=6 * number)
        developments[f"d{number:02d}"] = {
            "measure_id": f"m{number}",
            "first_reported_at": at,
            # All of it came in one load: the day that counts is the publisher's.
            "first_seen_at": START + timedelta(days=300),
            "status": "suspended" if number % 4 == 0 else "raised",
            "rate_value": float(number * 2),
        }
    with open_warehouse(file) as con, transaction(con):
        store_all(con, developments)
    publish(file, tmp_path / "w.snapshot.duckdb")
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "policywire.toml").write_text('warehouse = "w.duckdb"\nrules = "rules.toml"\n')
    return tmp_path


@pytest.mark.parametrize(
    ("rule", "matched", "notices", "digests"),
    [
        ("all", 36, 36, 0),
        ("suspended", 9, 9, 0),
        ("high", 14, 14, 0),
        # Two single notices a day, the other two in a digest at midnight.
        ("slow", 36, 28, 8),
        ("morning", 36, 9, 9),
    ],
)
def test_a_rule_is_tried_on_past_developments(
    world: Path, rule: str, matched: int, notices: int, digests: int
) -> None:
    book = load_rules([world / "rules.toml"])
    trial = try_rule(world / "w.snapshot.duckdb", book, rule, datetime(2025, 10, 2, 12, tzinfo=UTC))
    assert (trial.considered, trial.matched) == (36, matched)
    assert len(trial.notices) == notices
    assert sum(1 for n in trial.notices if n.fold_reason) == digests
    assert sum(len(n.headlines) for n in trial.notices) == matched
    assert sum(day.matched for day in trial.days.values()) == matched
    assert min(trial.days) >= date(2025, 10, 2)


def test_the_counts_of_a_day(world: Path) -> None:
    book = load_rules([world / "rules.toml"])
    trial = try_rule(world / "w.snapshot.duckdb", book, "slow", datetime(2025, 10, 3, tzinfo=UTC))
    day = trial.days[date(2025, 10, 4)]
    assert (day.matched, day.notices, day.digests) == (4, 2, 1)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("broken", r"rules.toml: rule \'broken\': where: no column \'statu\'"),
        ("misspelt", "rules.toml: rule 'misspelt': typ: unknown key; did you mean 'type'?"),
        ("nothing", "no rule 'nothing'; defined: all, suspended"),
    ],
)
def test_a_rule_that_cannot_be_tried_says_why(world: Path, rule: str, says: str) -> None:
    book = load_rules([world / "rules.toml"])
    with pytest.raises(ConfigError, match=says):
        try_rule(world / "w.snapshot.duckdb", book, rule, START)


def test_the_command_shows_days_and_notices(world: Path) -> None:
    config = str(world / "policywire.toml")
    args = ["alerts", "test", "suspended", "--since", "2025-10-01", "--config", config]
    result = CliRunner().invoke(app, args, catch_exceptions=False)
    assert result.exit_code == 0
    assert "2025-10-05" in result.output
    assert "10 of 40 developments since 2025-10-01 match suspended: 10 notices on log" in (
        " ".join(result.output.split())
    )


def test_the_check_names_what_cannot_run(world: Path) -> None:
    config = str(world / "policywire.toml")
    result = CliRunner().invoke(app, ["alerts", "check", "--config", config])
    assert result.exit_code == 2
    assert "! rules.toml: rule 'misspelt': typ: unknown key" in result.output
    assert "! rules.toml: rule 'broken': where: " in result.output
    assert "morning" in result.output

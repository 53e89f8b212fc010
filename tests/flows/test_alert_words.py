"""`alerts mute`, `unmute`, `judge` and `review`, as they are typed, on a warehouse file."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.alerting.muting import measures_named, until_of
from flows.alerting.rounds import AlertResult, run_alerts
from flows.base.settings import load_settings
from flows.commands.cli import app
from models.errors import ConfigError
from models.link import LinkMention
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import link_all, store
from warehouse.alerting.mutes import Measure
from warehouse.connection import open_warehouse
from warehouse.operations.check import check_warehouse
from warehouse.snapshot import publish, query

POLICYWIRE = Path(sys.executable).with_name("policywire")
NOW = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
CONFIG = """
warehouse = "w.duckdb"
default_channel = "desk"
[[rule]]
id = "steps"
min_novelty = 0
[[channel]]
id = "desk"
kind = "file"
path = "desk.jsonl"
"""
STEEL = told("2025-01-10", "tariff announced", actors=["US"], commodities=["steel"])
STEEL_LATER = told("2025-06-10", "tariff raised", actors=["US"], commodities=["steel"], rate=50.0)
COPPER = told("2025-10-30", "tariff suspended", actors=["US"], commodities=["copper"])


class Desk:
    """A folder with a warehouse and one rule that sends every step to a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "policywire.toml").write_text(CONFIG, "utf-8")
        self.settings = load_settings(folder / "policywire.toml")

    def reports(self, *reports: LinkMention) -> None:
        with open_warehouse(self.settings.warehouse) as con:
            store(con, reports)
            link_all(con)
            con.execute(
                "INSERT INTO store.ticker_passes BY NAME SELECT development_id, revision "
                "FROM store.standing_developments ANTI JOIN store.ticker_passes "
                "USING (development_id, revision)"
            )
        publish(self.settings.warehouse, self.settings.snapshot)

    def alerts(self) -> AlertResult:
        done = run_alerts(
            self.settings.warehouse,
            self.settings.rule_paths,
            settings_file=self.settings.alert_tables_in,
            default_channel=self.settings.default_channel,
        )
        publish(self.settings.warehouse, self.settings.snapshot)
        return done

    def received(self) -> list[str]:
        file = self.folder / "desk.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [json.loads(line)["headline"] for line in lines]

    def asks(self, sql: str) -> list[tuple[object, ...]]:
        return query(self.settings.snapshot, sql).rows

    def types(self, *words: str, code: int = 0) -> str:
        """Run the command in its own process; return what it printed, on both streams."""
        done = subprocess.run(
            [str(POLICYWIRE), "alerts", *words],
            cwd=self.folder,
            env={"PATH": os.defpath, "HOME": str(self.folder), "COLUMNS": "300", "USER": "ana"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def measure(self, goods: str) -> tuple[str, str]:
        ((key, words),) = self.asks(
            "SELECT measure_id, measure_key FROM measure_status "
            f"WHERE list_contains(commodities, '{goods}')"
        )
        return str(key), str(words)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_muted_measure_is_silent_counted_and_never_told_late(desk: Desk) -> None:
    desk.reports(STEEL, COPPER)
    measure_id, key = desk.measure("steel")
    said = desk.types("mute", key, "--until", "2d", "--why", "priced in", "--by", "ana")
    assert f"{key} ({measure_id})" in said
    assert "not sent, also not later" in said
    done = desk.alerts()
    assert (done.enqueued.muted, done.delivered.sent) == (1, 1)
    assert "1 notice held back by mutes" in str(done)
    (line,) = desk.received()
    assert "copper" in line
    listed = desk.types("list")
    assert re.search(
        rf"{key} \({measure_id}\)\n  until .{{16}} UTC; 1 notice held back; by ana: priced in",
        listed,
    )

    said = desk.types("unmute", measure_id[:8])
    assert "1 notice held back, not sent" in said
    assert desk.alerts().delivered.sent == 0
    assert len(desk.received()) == 1
    assert measure_id not in desk.types("list")
    desk.reports(STEEL_LATER)
    assert desk.alerts().delivered.sent == 1
    assert "tariff raised" in desk.received()[-1]
    review = desk.types("review")
    assert "what was held back is not sent later" in review
    assert re.search(r"was until .{16} UTC, ended by unmute; 1 notice held back; by ana", review)
    with open_warehouse(desk.settings.warehouse) as con:
        assert check_warehouse(con) == []


def test_an_unknown_measure_is_refused_with_the_nearest(desk: Desk) -> None:
    desk.reports(STEEL, COPPER)
    _, key = desk.measure("copper")
    said = desk.types("mute", f"{key}x", "--until", "2d", code=2)
    assert len(said.splitlines()) == 1
    assert f"did you mean {key}" in said
    assert "there is no muted measure" in desk.types("unmute", key, code=2)
    desk.types("mute", desk.measure("steel")[1], "--until", "2d")
    assert "no muted measure has the id or key" in desk.types("unmute", key, code=2)
    desk.types("unmute", desk.measure("steel")[1])
    assert desk.asks("SELECT DISTINCT measure_id FROM alert_mutes WHERE is_active") == []


def test_judged_notices_give_the_precision_of_the_rule(desk: Desk) -> None:
    desk.reports(STEEL, COPPER)
    desk.alerts()
    rows = desk.asks("SELECT alert_id, headline FROM alerts ORDER BY headline")
    (raised, _), (suspended, headline) = [(str(key), str(line)) for key, line in rows]
    said = desk.types("review", "--limit", "1")
    assert "Not judged" in said
    assert "and 1 more; --limit shows more" in said
    assert desk.types("judge", raised, "right") == f"stored: right: {rows[0][1]}\n"
    desk.types("judge", suspended, "right")
    desk.types("judge", suspended[:10], "wrong", "--why", "a look back", "--by", "ben")
    assert desk.asks("SELECT verdict, verdict_reason FROM alerts ORDER BY headline") == [
        ("right", None),
        ("wrong", "a look back"),
    ]
    assert desk.asks("SELECT count(*) FROM alert_judgements") == [(3,)]
    review = desk.types("review", "--weeks", "4")
    lines = [" ".join(line.split()) for line in review.splitlines()]
    assert "steps desk 2 2 1 1 0" in lines
    assert "steps 2 2 1 50% 9% to 91%" in lines
    wrong = lines.index("Wrong")
    assert lines[wrong + 1].endswith(f"steps on desk: {headline}")
    assert lines[wrong + 2 : wrong + 4] == [f"notice {suspended}", "ben: a look back"]
    assert "Not judged" not in review


def test_a_notice_that_was_not_sent_may_be_judged_and_does_not_count(desk: Desk) -> None:
    desk.reports(STEEL)
    desk.types("mute", desk.measure("steel")[0], "--until", "1h")
    desk.alerts()
    ((key, state),) = desk.asks("SELECT alert_id, state FROM alerts")
    assert state == "muted"
    assert "not sent, muted" in desk.types("judge", str(key), "right")
    assert desk.asks("FROM alert_precision") == []
    assert re.search(r"^steps +desk +0 ", desk.types("review"), re.MULTILINE)


def test_bad_words_are_one_line(desk: Desk) -> None:
    desk.reports(STEEL)
    runner = CliRunner()
    at = ["--config", str(desk.folder / "policywire.toml")]
    for words, says in (
        (["judge", "nobody", "right"], "no notice has the id 'nobody'"),
        (["mute", "US:steel", "--until", "soon"], "--until: not a date, time or duration: 'soon'"),
        (["mute", "US:steel", "--until", "2020-01-01"], "--until: 2020-01-01 00:00 UTC has passed"),
    ):
        done = runner.invoke(app, ["alerts", *words, *at])
        assert says in str(done.exception)
        assert "\n" not in str(done.exception)
    done = runner.invoke(app, ["alerts", "judge", "x", "maybe", *at])
    assert done.exit_code == 2
    assert "right" in done.output
    assert "no notice was sent or held back" in runner.invoke(app, ["alerts", "review", *at]).output


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("30m", NOW + timedelta(minutes=30)),
        ("12 h", NOW + timedelta(hours=12)),
        ("3d", NOW + timedelta(days=3)),
        ("2w", NOW + timedelta(weeks=2)),
        ("2026-12-15", datetime(2026, 12, 15, tzinfo=UTC)),
        ("2026-12-15T14:00", datetime(2026, 12, 15, 14, tzinfo=UTC)),
        ("2026-12-15T14:00+09:00", datetime(2026, 12, 15, 5, tzinfo=UTC)),
    ],
)
def test_a_mute_lasts_until_a_day_a_time_or_for_a_while(text: str, until: datetime) -> None:
    assert until_of(text, NOW) == until


@pytest.mark.parametrize(
    "text", ["", "3", "d", "-3d", "3y", "0h", "99999999999w", "2026-11-29", "2026-13-01", "Friday"]
)
def test_other_ends_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^--until: "):
        until_of(text, NOW)


def test_a_key_names_every_measure_that_has_it_and_an_id_may_be_short() -> None:
    known = [
        Measure(measure_id=key * 8, measure_key=words)
        for key, words in (("abcd", "CN:ban"), ("ef01", "CN:ban"), ("2345", "US:tariff"))
    ]
    assert measures_named("CN:ban", known) == known[:2]
    assert measures_named("23452345", known) == known[2:]
    for name in ("2345", "", "US:tarif"):
        with pytest.raises(ConfigError, match="no measure has the id or key"):
            measures_named(name, known)


def test_a_mute_follows_a_merge_and_not_a_split(desk: Desk) -> None:
    desk.reports(STEEL, STEEL_LATER, COPPER)
    steel, _ = desk.measure("steel")
    copper, _ = desk.measure("copper")
    runner = CliRunner()
    at = ["--config", str(desk.folder / "policywire.toml")]
    assert runner.invoke(app, ["alerts", "mute", copper, "--until", "1d", *at]).exit_code == 0
    assert runner.invoke(app, ["alerts", "mute", steel, "--until", "1d", *at]).exit_code == 0
    muted = "SELECT DISTINCT measure_id FROM store.muted_measures"
    ((step,),) = desk.asks("SELECT development_id FROM policy_events WHERE status = 'raised'")
    done = runner.invoke(app, ["review", "split", str(step), "--why", "another", *at])
    assert done.exit_code == 0, done.exception
    ((own,),) = desk.asks("SELECT measure_id FROM policy_events WHERE status = 'raised'")
    assert own not in (steel, copper)
    assert {key for (key,) in desk.asks(muted)} == {steel, copper}
    done = runner.invoke(app, ["review", "merge", copper, str(own), "--why", "one", *at])
    assert done.exit_code == 0, done.exception
    ((joined,),) = desk.asks("SELECT measure_id FROM policy_events WHERE status = 'suspended'")
    assert joined != copper
    assert joined in {key for (key,) in desk.asks(muted)}

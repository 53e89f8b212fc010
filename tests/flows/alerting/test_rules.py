"""Rules from TOML: an invalid one gives one line, the others run."""

from datetime import time
from pathlib import Path

import pytest

from flows.alerting.rule_vocabulary import reference_vocabulary
from flows.alerting.rules import RuleBook, load_rules, rule_files
from flows.base.settings import SHIPPED_RULES, load_settings
from models.alert import Severity
from models.alert_timing import Digest, QuietHours, Throttle
from tests.alert_world import memory
from warehouse.alerting.alert_predicates import check_rules


def book(tmp_path: Path, text: str, name: str = "desk.toml") -> RuleBook:
    path = tmp_path / name
    path.write_text(text)
    return load_rules([path])


def test_the_shipped_rules_are_valid() -> None:
    found = load_rules([SHIPPED_RULES])
    assert found.problems == ()
    assert len(found.rules) >= 5
    good, bad = check_rules(memory(), found.rules)
    assert bad == []
    assert len(good) == len(found.rules)


def test_every_key_is_read(tmp_path: Path) -> None:
    found = book(
        tmp_path,
        """
        [ticker_group]
        magnets = ["XNYS:MP", "LYC"]
        [[channel]]
        id = "desk"
        kind = "webhook"
        url = "${DESK_URL}"
        secret = "${DESK_SECRET}"
        [[rule]]
        id = "full"
        description = "everything"
        severity = "flash"
        type = "tariff"
        family = ["import"]
        status = ["raised", "cut"]
        polarity = "restricting"
        factuality = ["asserted", "conditional"]
        actor = "US"
        target = ["CN", "EU"]
        commodity = "rare_earths"
        ticker = "FCX"
        ticker_group = ["magnets", "lithium"]
        link = ["named", "exposed"]
        min_novelty = 0.8
        min_confidence = 0.6
        min_confirmations = 2
        grade = ["reported", "confirmed"]
        max_source_tier = 2
        max_age_days = 3
        where = "rate_value > 10"
        channel = ["log", "desk"]
        throttle = "10/hour"
        quiet = { from = "22:00", to = "07:00", zone = "Europe/London" }
        digest = { every = "daily", at = "06:30", zone = "Asia/Tokyo" }
        """,
    )
    assert found.problems == ()
    (rule,) = found.rules
    assert rule.severity is Severity.FLASH
    assert rule.types == ("tariff",)
    assert {"rare_earths", "dysprosium"} <= set(rule.commodities)
    assert {"XNYS:MP", "XASX:LYC", "XNYS:FCX", "XNYS:ALB"} <= set(rule.listings)
    assert rule.grades == ("reported", "confirmed")
    assert rule.throttle == Throttle(count=10, window_s=3600)
    assert rule.quiet == QuietHours(start=time(22), end=time(7), zone="Europe/London")
    assert rule.digest == Digest(every="daily", at=time(6, 30), zone="Asia/Tokyo")
    assert rule.channels == ("log", "desk")
    # What is kept is the name of the variable, not what it holds.
    assert next(c for c in found.channels if c.channel_id == "desk").url == "${DESK_URL}"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('typ = "tariff"', "desk.toml: rule 'bad': typ: unknown key; did you mean 'type'?"),
        ('type = "tarif"', "rule 'bad': type: unknown type 'tarif'; did you mean 'tariff'?"),
        ('status = ["lifted", "raise"]', "status: unknown status 'raise'; did you mean 'raised'?"),
        ('grade = "confirmd"', "grade: unknown grade 'confirmd'; did you mean 'confirmed'?"),
        ('ticker = "XNYS:MPP"', "ticker: unknown ticker 'XNYS:MPP'; did you mean 'XNYS:MP'?"),
        ('ticker = "NOPE99"', "ticker: unknown ticker 'NOPE99'"),
        ('ticker_group = "lithiun"', "ticker_group: unknown ticker group 'lithiun'"),
        ('commodity = "rare_earth"', "did you mean 'rare_earths'?"),
        ('actor = "UK"', "actor: unknown jurisdiction 'UK'"),
        ('target = "China"', "write 'CN'"),
        ('severity = "loud"', "severity: unknown severity 'loud'; one of flash, urgent, notice"),
        ("min_novelty = 2", "min_novelty: Input should be less than or equal to 1"),
        ('throttle = "ten an hour"', 'write "10/hour"'),
        ('quiet = { from = "22:00", to = "07:00", zone = "Europe/Londn" }', "unknown time zone"),
        ('quiet = { from = "25:00", to = "07:00", zone = "UTC" }', "'25:00' is not a time of day"),
        ('digest = "weekly"', "every is 'weekly'; write hourly or daily"),
        ('channel = "dsk"', "no channel 'dsk' is defined"),
    ],
)
def test_a_bad_rule_is_one_line_and_the_other_runs(tmp_path: Path, line: str, says: str) -> None:
    found = book(tmp_path, f'[[rule]]\nid = "bad"\n{line}\n[[rule]]\nid = "good"\n')
    assert [rule.rule_id for rule in found.rules] == ["good"]
    (problem,) = found.problems
    assert says in str(problem)
    assert str(problem).startswith("desk.toml: rule 'bad': ")
    assert "\n" not in str(problem)


@pytest.mark.parametrize(
    ("predicate", "says"),
    [
        ("statu = 'raised'", "no column 'statu'; did you mean 'status'?"),
        ("rate_value >", "syntax error"),
        ("rate_value + 1", "returns DOUBLE, not true or false"),
        ("true; DROP TABLE store.alerts", "Only SELECT statements"),
        ("true) UNION SELECT ('x', true", "syntax error"),
        ("EXISTS (FROM read_text('/etc/hostname'))", "subquery"),
        ("random() < 0.5", "function 'random' is not allowed"),
        ("count(*) > 1", "function 'count_star' is not allowed"),
    ],
)
def test_broken_sql_is_one_line_and_the_other_runs(
    tmp_path: Path, predicate: str, says: str
) -> None:
    found = book(tmp_path, f'[[rule]]\nid = "bad"\nwhere = "{predicate}"\n[[rule]]\nid = "good"\n')
    con = memory()
    good, bad = check_rules(con, found.rules)
    checked = found.without(bad)
    assert [rule.rule_id for rule in good] == ["good"] == [r.rule_id for r in checked.rules]
    (problem,) = checked.problems
    assert str(problem).startswith("desk.toml: rule 'bad': where: ")
    assert says in str(problem)
    assert "\n" not in str(problem)
    con.execute("FROM store.alerts")


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[[rule]\n")
    (tmp_path / "b.toml").write_text('[[rules]]\nid = "x"\n')
    (tmp_path / "c.toml").write_text('[[rule]]\nid = "r"\n[[rule]]\nid = "r"\nseverity = "flash"\n')
    (tmp_path / "d.toml").write_text('rule = "r"\n')
    found = load_rules([*rule_files(tmp_path), tmp_path / "absent.toml"])
    assert [(rule.rule_id, rule.severity.value) for rule in found.rules] == [("r", "notice")]
    lines = "\n".join(map(str, found.problems))
    assert "a.toml: not valid TOML: " in lines
    assert "b.toml: rules: unknown table; did you mean 'rule'?" in lines
    assert "c.toml: rule 'r': id: already used in c.toml; the first rule runs" in lines
    assert "d.toml: rule: must be a table: [[rule]]" in lines
    assert "absent.toml: No such file or directory" in lines


def test_rules_may_be_in_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "policywire.toml"
    path.write_text('warehouse = "x.duckdb"\n[[rule]]\nid = "r"\n[[channel]]\nid = 1\n')
    settings = load_settings(path)
    assert settings.rule_paths == (path,)
    found = load_rules(settings.rule_paths, settings_file=path)
    assert [rule.rule_id for rule in found.rules] == ["r"]
    # A channel that is wrong is a line, and no reason not to start.
    assert [str(p) for p in found.problems] == [
        "policywire.toml: channel 1: id: Input should be a valid string"
    ]


def test_channels_in_the_settings_file_work_with_the_shipped_rules(tmp_path: Path) -> None:
    path = tmp_path / "policywire.toml"
    path.write_text('[[channel]]\nid = "f"\nkind = "file"\npath = "alerts.jsonl"\n')
    assert load_settings(path).rule_paths == (SHIPPED_RULES, path)
    path.write_text('rules = "mine.toml"\n[[rule]]\nid = "r"\n')
    assert load_settings(path).rule_paths == (tmp_path / "mine.toml", path)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('kind = "pigeon"', "kind: Input should be 'log', 'file', 'webhook' or 'apprise'"),
        ('kind = "webhook"', "channel of kind webhook needs url"),
        ('kind = "log"\ncloudevents = true', "only a webhook sends CloudEvents"),
        ('kind = "file"', "a file channel needs path"),
        (
            'kind = "webhook"\nurl = "http://x"\nsecret = "hunter2hunter2"',
            "secret must come from the environment",
        ),
    ],
)
def test_a_bad_channel_is_one_line_without_the_secret(
    tmp_path: Path, table: str, says: str
) -> None:
    found = book(tmp_path, f'[[channel]]\nid = "c"\n{table}\n[[rule]]\nid = "good"\n')
    (problem,) = found.problems
    assert str(problem).startswith("desk.toml: channel 'c'")
    assert says in str(problem)
    assert "hunter2" not in str(problem)
    assert [rule.rule_id for rule in found.rules] == ["good"]


def test_groups_are_the_sectors_of_the_reference() -> None:
    words = reference_vocabulary()
    assert "XNYS:MP" in words.group("rare_earths")
    assert "dysprosium" in words.commodity("rare_earths")
    assert words.listing("MP") == "XNYS:MP"

"""`alerts list`, `alerts ping`, `default_channel`, and undefined or broken channels."""

import logging
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractors.explaining.explain import explain
from extractors.explaining.page import page_of
from extractors.extract import Extractor
from flows.alerting import channels as channels_module
from flows.alerting.channel_names import refuse_unknown_channels, unknown_channels
from flows.alerting.channels import open_sinks
from flows.alerting.delivery import deliver
from flows.alerting.rounds import run_alerts
from flows.alerting.rules import Channel
from flows.alerting.secrets import Redactor
from flows.base.settings import Settings, load_settings
from flows.commands.cli import app
from flows.operations.doctor import channels as doctor_channels
from models.alert import Notice
from models.errors import ConfigError
from models.event import TextUnit
from tests.alert_world import NOW, RecordingSink, rule, warehouse_file
from tests.flows.receivers import MoodyReceiver
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish

DESK = """
[[channel]]
id = "desk"
kind = "webhook"
url = "${DESK_URL}"
[[channel]]
id = "chat"
kind = "apprise"
url = "discord://1234567890/s3cret-hook-t0ken"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESK_URL", "http://127.0.0.1:9/hook/t0ken-in-the-path")
    return tmp_path


def configured(folder: Path, text: str) -> Settings:
    path = folder / "policywire.toml"
    path.write_text(f'warehouse = "w.duckdb"\n{text}', "utf-8")
    return load_settings(path)


def run(*command: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(command))
    told = f"{result.exception}" if isinstance(result.exception, ConfigError) else ""
    return result.exit_code, result.output + told


def test_shipped_rules_use_the_default_channel(here: Path) -> None:
    configured(here, f'default_channel = "desk"\n{DESK}')
    code, told = run("alerts", "list")
    assert code == 0
    assert "critical-mineral-curbs" in told
    assert told.count("desk") > 9
    assert "default" in told


def test_a_default_channel_may_come_from_the_environment(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYWIRE_DEFAULT_CHANNEL", "desk, log")
    assert configured(here, DESK).default_channel == ("desk", "log")
    monkeypatch.setenv("POLICYWIRE_DEFAULT_CHANNEL", " ")
    with pytest.raises(ConfigError, match="default_channel"):
        configured(here, DESK)


def test_a_rule_that_names_its_channel_keeps_it(here: Path) -> None:
    text = '[[rule]]\nid = "own"\nchannel = "log"\n[[rule]]\nid = "plain"\n'
    settings = configured(here, f'default_channel = ["desk"]\n{text}{DESK}')
    warehouse_file(settings.warehouse, 1)
    from flows.commands.alerts import book_of

    found = {rule.rule_id: rule.channels for rule in book_of(settings).rules}
    assert found == {"own": ("log",), "plain": ("desk",)}


def test_the_list_shows_rules_channels_and_counts_but_no_address(here: Path) -> None:
    text = """
[[rule]]
id = "all"
actor = "CN"
where = "novelty_score > 0.1"
channel = "log"
[[rule]]
id = "silent"
enabled = false
[[rule]]
id = "wrong"
typ = "tariff"
"""
    settings = configured(here, text + DESK)
    warehouse_file(settings.warehouse, 3)
    done = run_alerts(
        settings.warehouse,
        settings.rule_paths,
        settings_file=settings.alert_tables_in,
        default_channel=settings.default_channel,
    )
    assert done.delivered.sent == 3
    publish(settings.warehouse, settings.snapshot)
    code, told = run("alerts", "list")
    assert code == 0
    lines = {line.split()[0]: line for line in told.splitlines() if line.strip()}
    assert lines["all"].split()[1:5] == ["on", "notice", "log", "3"]
    assert lines["silent"].split()[1] == "off"
    assert lines["wrong"].split()[1] == "broken"
    assert "actor CN" in told
    assert "${DESK_URL}" in told
    assert "discord://***" in told
    assert "t0ken" not in told
    assert "s3cret" not in told


def test_list_and_check_need_no_warehouse_and_create_none(here: Path) -> None:
    configured(here, DESK + '[[rule]]\nid = "spy"\nwhere = "getenv(\'HOME\') IS NOT NULL"\n')
    code, told = run("alerts", "list")
    assert code == 0
    (row,) = [line for line in told.splitlines() if line.startswith("spy\t")]
    assert row.split()[1] == "broken"
    code, told = run("alerts", "check")
    assert code == 2
    line = "! policywire.toml: rule 'spy': where: function 'getenv' is not allowed here"
    assert line in told.splitlines()
    assert [path.name for path in here.iterdir()] == ["policywire.toml"]


def test_a_ping_shows_success_or_the_reason_for_failure(
    here: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    configured(here, DESK)
    with MoodyReceiver(lambda n: "ok" if n == 1 else "401") as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        code, told = run("alerts", "ping", "desk")
        assert (code, told[:15]) == (0, "desk: delivered")
        (body,) = receiver.developments()
        assert body["rule"] == "policywire-ping"
        code, told = run("alerts", "ping", "desk")
    assert code == 1
    assert "desk: refused: HTTP 401" in told
    assert "t0ken" not in told + caplog.text
    assert not (here / "w.duckdb").exists()


def test_a_ping_of_an_undefined_channel_lists_the_defined_ones(here: Path) -> None:
    configured(here, DESK)
    code, told = run("alerts", "ping", "dsk")
    assert code != 0
    assert "no channel 'dsk' is defined; did you mean 'desk'?" in told
    assert "chat, desk, log" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[watch]\nchannel = ["dsk"]\n', "watch.channel: no channel 'dsk' is defined; did you"),
        ('[[rule]]\nid = "r"\nchannel = "dsk"\n', "rule 'r': channel: no channel 'dsk'"),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["serve"]])
def test_an_unknown_channel_is_refused_at_start(
    here: Path, text: str, says: str, command: list[str]
) -> None:
    settings = configured(here, DESK + text)
    code, told = run(*command)
    assert code != 0
    assert says in told
    assert "(defined: chat, desk, log)" in told
    assert [path.name for path in here.iterdir()] == ["policywire.toml"]
    finding = doctor_channels(settings)
    assert not finding.ok
    assert says in finding.detail


def test_an_unknown_default_channel_is_one_line(here: Path) -> None:
    settings = configured(here, f'default_channel = "slak"\n{DESK}')
    assert unknown_channels(settings) == [
        "default_channel: no channel 'slak' is defined (defined: chat, desk, log)"
    ]
    with pytest.raises(ConfigError, match="default_channel: no channel 'slak'"):
        refuse_unknown_channels(settings)


def test_an_invalid_channel_is_reported_as_invalid_not_as_missing(here: Path) -> None:
    settings = configured(
        here, '[watch]\nchannel = ["bad"]\n[[channel]]\nid = "bad"\nkind = "webhook"\n'
    )
    (line,) = unknown_channels(settings)
    assert line == "policywire.toml: channel 'bad': channel of kind webhook needs url"


def test_a_fault_in_one_channel_is_one_line(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 2)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [rule("all", channels=("bad", "good"))], now=NOW)

    class Broken(RecordingSink):
        redact = staticmethod(lambda text: text.replace("t0ken", "***"))

        def send(self, notice: Notice) -> None:
            raise RuntimeError("nobody foresaw t0ken\x1b[31m\nthis")

    good = RecordingSink("good")
    counts = deliver(file, [Broken("bad"), good])
    assert len(good.taken) == counts.sent == 2
    assert counts.failed == 2
    assert counts.errors["bad"].startswith("RuntimeError: nobody foresaw *** [31m this (")
    assert "(at flows.alerting.delivery:" in counts.errors["bad"]


def test_a_broken_channel_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = channels_module.open_sink

    def open_sink(channel: Channel, *rest: object) -> object:
        if channel.channel_id == "bad":
            raise OverflowError("no room")
        return make(channel, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(channels_module, "open_sink", open_sink)
    asked = [Channel(channel_id="bad", kind="log"), Channel(channel_id="log", kind="log")]
    sinks, problems = open_sinks(asked, Redactor(), folder=tmp_path)
    assert [sink.channel for sink in sinks] == ["log"]
    assert "channel 'bad': url: OverflowError: no room (" in str(problems[0])


def test_a_notice_with_unreadable_facts_keeps_its_headline(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 2)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [rule("all", channels=("desk",))], now=NOW)
        con.execute(
            "UPDATE store.alerts SET facts = '{' WHERE alert_id = "
            "(SELECT min(alert_id) FROM store.alerts)"
        )
    sink = RecordingSink("desk")
    assert deliver(file, [sink]).sent == 2
    assert sorted(notice.candidate is None for notice in sink.tried) == [False, True]


def test_an_explanation_page_contains_no_markup_from_the_text() -> None:
    text = 'US raises tariffs on "steel"><script>alert(1)</script>\u202e to 25% \x1b[31m'
    unit = TextUnit(unit_id="x", text=text, title=text, kind="article", published=NOW.date())
    page = page_of(explain(unit, Extractor()))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page

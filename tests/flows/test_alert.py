"""The alert stage as a pass runs it: rules from the settings, a file and a log as channels."""

import json
import logging
from pathlib import Path

import pytest

from flows.alert import raise_alerts
from flows.base.settings import load_settings
from tests.alert_world import store, warehouse_file
from warehouse.connection import open_warehouse

CONFIG = """
warehouse = "w.duckdb"
[[channel]]
id = "desk-file"
kind = "file"
path = "out/alerts.jsonl"
[[rule]]
id = "curbs"
family = "export"
where = "ends_on > DATE '2026-01-01'"
channel = ["log", "desk-file"]
[[rule]]
id = "unknown-ticker"
ticker = "XNYS:NOPE"
"""


def test_a_pass_tells_every_channel_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "policywire.toml").write_text(CONFIG)
    settings = load_settings(tmp_path / "policywire.toml")
    file = warehouse_file(tmp_path / "w.duckdb")
    with open_warehouse(file) as con:
        store(con, "d1", ends_on="2026-11-10", status="announced")
        store(con, "d2", ends_on=None)
    first, second = raise_alerts(settings), raise_alerts(settings)
    assert (first.enqueued.owed, first.delivered.sent) == (2, 2)
    assert (second.enqueued.owed, second.delivered.sent) == (0, 0)
    assert len(first.problems) == 1
    assert "policywire.toml: rule 'unknown-ticker': ticker: unknown ticker" in str(first)
    with open_warehouse(file) as con:
        store(con, "d3", ends_on="2026-11-10", status="in_force", stage_of="d1")
    assert raise_alerts(settings).delivered.sent == 2
    lines = [json.loads(line) for line in (tmp_path / "out/alerts.jsonl").read_text().splitlines()]
    assert [line["development"]["development_id"] for line in lines] == ["d1", "d3"]
    assert [line["refers_to"] for line in lines] == [None, lines[0]["alert_id"]]
    assert "Update of: China: export licensing announced" in lines[1]["text"]
    told = [r for r in caplog.records if r.name == "policywire.alerts"]
    assert len(told) == 2

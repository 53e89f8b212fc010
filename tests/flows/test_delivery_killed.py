"""1,000 developments, 50 rules, a writer and two deliverers that are killed at random.

Every notice must reach the receiver, once per idempotency key. Also counts how often a key came
again because its answer was lost or its deliverer was killed before it stored the delivery.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from flows.alerting.rules import load_rules
from models.alert import alert_id, matches
from tests.alert_world import NOW, warehouse_file
from tests.flows.killed_worker import as_rules_see_it, rules_text
from tests.flows.receivers import MoodyReceiver, at_random
from warehouse.connection import open_warehouse

ROOT = Path(__file__).parents[2]
KEY = "the receiver's key"

# `make soak` takes 1,000; the suite takes what a minute allows.
DEVELOPMENTS = int(os.environ.get("POLICYWIRE_DEVELOPMENTS", "150"))


@dataclass(frozen=True, kw_only=True)
class Ordeal:
    """What came of it."""

    owed: int
    taken: int
    repeats: int
    kills: int
    failed_attempts: int
    repeats_known: int
    seconds: float


def start(mode: str, file: Path, rules: Path, count: int) -> subprocess.Popen[bytes]:
    """A process of its own, as flows and deliverers are."""
    command = [sys.executable, "-m", "tests.flows.killed_worker", mode, str(file), str(rules)]
    return subprocess.Popen(
        [*command, str(count)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def ordeal(folder: Path, count: int, kills: int, seed: int) -> Ordeal:
    """Let a writer and two deliverers work; kill one of the three now and then, start it anew."""
    chance = random.Random(seed)
    began = time.monotonic()
    file = warehouse_file(folder / "w.duckdb")
    rules = folder / "rules.toml"
    rules.write_text(rules_text())
    workers = ["write", "deliver", "deliver"]
    # Refused, taken but unanswered, not even read, answered too late.
    mood = at_random(seed, **{"503": 0.03}, drop=0.01, deaf=0.01, stall=0.002)
    with MoodyReceiver(mood, KEY.encode(), stall_s=1.5) as receiver:
        os.environ.update(DESK_URL=receiver.url, DESK_SECRET=KEY)
        running = [start(mode, file, rules, count) for mode in workers]
        killed = 0
        try:
            while any(process.poll() is None for process in running):
                time.sleep(chance.uniform(0.3, 1.5))
                place = chance.randrange(3)
                if killed < kills and running[place].poll() is None:
                    running[place].send_signal(signal.SIGKILL)
                    running[place].communicate()
                    killed += 1
                    running[place] = start(workers[place], file, rules, count)
                for place, process in enumerate(running):
                    if process.poll() not in (None, 0):
                        raise AssertionError(process.communicate()[1].decode()[-2000:])
                    # A deliverer ends when nothing is owed; the writer may owe more yet.
                    if process.poll() == 0 and place and running[0].poll() is None:
                        running[place] = start(workers[place], file, rules, count)
        finally:
            for process in running:
                process.kill()
                process.communicate()
        # Writer and deliverers may all have ended within one of the sleeps above, the deliverers
        # before the writer's last notice: one that starts after them must find what is still owed.
        last = start("deliver", file, rules, count)
        errors = last.communicate()[1].decode()
        assert last.returncode == 0, errors[-2000:]
        owed = {
            alert_id(rule.rule_id, found.development_id, channel)
            for rule in load_rules([rules]).rules
            for number in range(count)
            if matches(rule, found := as_rules_see_it(number), NOW)
            for channel in rule.channels
        }
        assert set(receiver.taken) == owed, "none lost, none made up"
        assert {len(bodies) for bodies in receiver.bodies.values()} == {1}
        assert receiver.bad_signatures == 0
        with open_warehouse(file) as con:
            states = con.execute("SELECT state, count(*) FROM alerts GROUP BY 1").fetchall()
            assert states == [("sent", len(owed))], "each written once, each settled"
            assert con.execute("SELECT count(DISTINCT alert_id) FROM alerts").fetchone() == (
                len(owed),
            )
            outcomes = dict(
                con.execute("SELECT outcome, count(*) FROM store.deliveries GROUP BY 1").fetchall()
            )
        return Ordeal(
            owed=len(owed),
            taken=sum(receiver.taken.values()),
            repeats=receiver.repeats,
            kills=killed,
            failed_attempts=outcomes.get("failed", 0),
            repeats_known=outcomes.get("repeat", 0),
            seconds=round(time.monotonic() - began, 1),
        )


def test_kill_nine_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ordeal(tmp_path, count=DEVELOPMENTS, kills=max(3, DEVELOPMENTS // 67), seed=7)
    assert result.owed > 2 * DEVELOPMENTS
    assert result.kills >= max(1, DEVELOPMENTS // 100)
    # Repeats come from lost answers and kills only: few beside what was owed.
    assert result.repeats < result.owed * 0.1
    with capsys.disabled():
        print(f"\n{json.dumps(asdict(result))}")

"""A pass over 40 feeds, half of them hostile: the articles of the others arrive."""

from dataclasses import replace
from pathlib import Path

from bench.hostile_pass import run_pass
from tests.flows.conftest import BRISK


def test_hostile_feeds_stop_no_other_and_each_fault_has_a_name(tmp_path: Path) -> None:
    # Shorter deadlines than usual: a reader that hangs is killed after ten seconds.
    settings = replace(BRISK, reading_s=10.0, deadline_s=6.0, slow_after_s=1.0)
    passed = run_pass(tmp_path, settings)
    print(f"{len(passed.health)} feeds in {passed.took_s:.1f} s")
    assert passed.wrong == ()
    assert passed.health["author-pieces"].outcome == "unreadable"
    assert passed.took_s < 120

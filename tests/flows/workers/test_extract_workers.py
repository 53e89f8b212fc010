"""Extraction in worker processes: the same results, in order, whatever happens to a worker."""

import io
import json
import sys
from pathlib import Path

import pytest

from extractors.extract import Extractor
from extractors.listings.affected import AffectedListings
from extractors.records import run_pipe
from extractors.text.budget import Budget
from flows.workers import extract_workers
from flows.workers.extract_workers import ExtractWorkers, extract_stream, workers_for
from models.event import Extraction, TextUnit

TEXTS = (
    "China suspends export controls on gallium for one year.",
    "The United States imposed a 25% tariff on imports of steel from Brazil.",
    "The weather was fine.",
)


def batches(count: int) -> list[list[TextUnit]]:
    units = [TextUnit(unit_id=str(n), text=f"{TEXTS[n % 3]} Report {n}.") for n in range(5 * count)]
    return [units[n : n + 5] for n in range(0, len(units), 5)]


def test_same_results_in_order_also_when_a_worker_dies() -> None:
    alone = Extractor()
    expected = [list(alone.extract(batch)) for batch in batches(8)]
    with ExtractWorkers(2) as pool:
        found: list[list[Extraction]] = []
        for extractions in pool.extract(batches(8)):
            if not found:
                next(iter(pool._running)).kill()
            found.append(extractions)
    assert found == expected
    assert any(extraction.events for extractions in found for extraction in extractions)


def test_the_pipe_writes_the_same_lines() -> None:
    records = [{"id": n, "text": f"{TEXTS[n % 3]} Report {n}."} for n in range(300)]
    lines = "\n".join(json.dumps(record) for record in records[:200]) + "\nno JSON\n"
    lines += "\n".join(json.dumps(record) for record in records[200:])
    one = io.StringIO()
    code = run_pipe(io.StringIO(lines), one, tickers=AffectedListings().by_event)
    sink = io.BytesIO()
    count = extract_stream(io.BytesIO(lines.encode()), sink, 2)
    assert (code, count.read, count.stored, count.refused) == (1, 301, 300, 1)
    assert str(count.refusals[0]).startswith("line 201: not JSON")
    assert sink.getvalue().decode() == one.getvalue()


POISON = """
import os, time
import extractors.extract as read
begin = read.reject_reason
def poisoned(unit):
    if "HANG" in unit.text:
        time.sleep(600)
    if "CRASH" in unit.text:
        os._exit(9)
    if "FAIL" in unit.text:
        raise KeyError("odd")
    return begin(unit)
read.reject_reason = poisoned
"""
TIGHT = Budget(base_s=0.5, per_1000_chars_s=0.0, most_s=0.5)


@pytest.fixture
def poisoned_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that hang, crash or fail on texts that say so."""
    program = "extractors.extract_worker"
    (tmp_path / "poison.py").write_text(
        POISON + f"import runpy\nrunpy.run_module({program!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(
        extract_workers,
        "WORKER",
        (sys.executable, str(tmp_path / "poison.py")),
    )
    monkeypatch.setattr(extract_workers, "_GRACE_S", 0.5)


@pytest.mark.usefixtures("poisoned_workers")
def test_a_text_that_hangs_crashes_or_fails_is_refused_alone() -> None:
    words = ("fine", "HANG", "fine", "CRASH", "FAIL", "fine")
    units = [
        TextUnit(unit_id=str(n), text=f"{TEXTS[0]} Report {n}, {word}.")
        for n, word in enumerate(words)
    ]
    with ExtractWorkers(1, budget=TIGHT) as pool:
        (found,) = pool.extract([units])
    assert [e.unit_id for e in found] == ["0", "1", "2", "3", "4", "5"]
    rejects = [e.reject or "" for e in found]
    assert [bool(e.events) for e in found] == [True, False, True, False, False, True]
    assert rejects[1].startswith("too_slow: ")
    assert "budget 0.5 s" in rejects[1]
    assert rejects[3].startswith("crashed: ")
    assert rejects[4].startswith("KeyError: ")


@pytest.mark.usefixtures("poisoned_workers")
def test_the_pipe_answers_for_a_text_that_hangs() -> None:
    lines = [{"id": 1, "text": TEXTS[0]}, {"id": 2, "text": "HANG"}, {"id": 3, "text": TEXTS[1]}]
    sink = io.BytesIO()
    given = "\n".join(map(json.dumps, lines)).encode()
    assert extract_stream(io.BytesIO(given), sink, 1, TIGHT).refused == 0
    answers = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [a["id"] for a in answers] == ["1", "2", "3"]
    assert [len(a["events"]) for a in answers] == [1, 0, 1]
    assert answers[1]["reject"].startswith("too_slow: ")


@pytest.mark.parametrize(
    ("articles", "wanted", "workers"),
    [(10, 8, 1), (10_000, 8, 8), (10_000, 0, 1), (10_000, 1, 1)],
)
def test_few_articles_need_one_worker(articles: int, wanted: int, workers: int) -> None:
    assert workers_for(articles, wanted) == workers

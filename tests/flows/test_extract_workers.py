"""Extraction in worker processes: the same results, in order, whatever happens to a worker."""

import io
import json

import pytest

from extractors.extract import Extractor
from extractors.records import run_pipe
from extractors.touched import TouchedListings
from flows.extract_workers import ExtractWorkers, extract_stream, workers_for
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
    code = run_pipe(io.StringIO(lines), one, tickers=TouchedListings().by_event)
    sink = io.BytesIO()
    count = extract_stream(io.BytesIO(lines.encode()), sink, 2)
    assert (code, count.read, count.stored, count.refused) == (1, 301, 300, 1)
    assert str(count.refusals[0]).startswith("line 201: not JSON")
    assert sink.getvalue().decode() == one.getvalue()


@pytest.mark.parametrize(
    ("articles", "wanted", "workers"),
    [(10, 8, 0), (10_000, 8, 8), (10_000, 0, 0), (10_000, 1, 0)],
)
def test_few_articles_need_no_workers(articles: int, wanted: int, workers: int) -> None:
    assert workers_for(articles, wanted) == workers

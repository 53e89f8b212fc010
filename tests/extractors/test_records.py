import io
import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from extractors.records import run_pipe, unit_from_record
from models.errors import ExtractionError

KEYS = {
    "event_id",
    "field",
    "start",
    "end",
    "trigger",
    "sentence",
    "type",
    "status",
    "status_target",
    "factuality",
    "time_frame",
    "polarity",
    "actors",
    "targets",
    "actor_texts",
    "target_texts",
    "product_texts",
    "company_texts",
    "rates",
    "amounts",
    "dates",
    "instrument",
    "retaliation",
    "attribution",
    "confidence",
    "rule",
    "commodities",
    "hs_codes",
    "tickers",
    "missing",
}


def pipe(*lines: str) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    code = run_pipe(io.StringIO("".join(line + "\n" for line in lines)), out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_result_per_line_in_order() -> None:
    records = [
        {"id": f"r{i}", "text": "India bans exports of wheat", "kind": "headline"}
        for i in range(70)
    ]
    code, out = pipe(*(json.dumps(r) for r in records))
    assert code == 0
    assert [r["id"] for r in out] == [r["id"] for r in records]
    assert set(out[0]["events"][0]) >= KEYS
    assert out[0]["extractor_version"]


def test_bad_lines_get_an_error_and_exit_code_one() -> None:
    good = json.dumps({"id": "b", "text": "Calm day", "kind": "headline"})
    code, out = pipe("no json", good, '{"text": "x"}', '{"id": "k", "text": "x", "kind": "poem"}')
    assert code == 1
    assert (out[0]["id"], out[0]["line"]) == (None, 1)
    assert "not JSON" in out[0]["error"]
    assert out[1]["id"] == "b"
    assert "'id' is missing" in out[2]["error"]
    assert "use one of headline, sentence, article" in out[3]["error"]


@pytest.mark.parametrize(
    "record", [[], {"id": "a"}, {"id": "a", "text": 3}, {"id": "a", "text": "x", "title": []}]
)
def test_wrong_records_are_named(record: Any) -> None:
    with pytest.raises(ExtractionError):
        unit_from_record(record)


def test_first_answer_comes_while_the_input_is_open() -> None:
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "extractors.records"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"id": "1", "text": "India bans rice exports", "kind": "headline"}\n')
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        waited = time.monotonic() - started
        process.stdin.close()
        assert process.wait(30) == 0
    assert answer["id"] == "1"
    assert waited < 15  # 2 s alone; other tests share the cores

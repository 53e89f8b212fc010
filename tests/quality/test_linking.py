"""The scorer of linking: labels find their reports, and the result is what was linked."""

import gzip
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractors.extract import Extractor
from extractors.training.labelled import digest
from models.errors import ConfigError
from tests.quality.linked_pass import Report
from tests.quality.linking import (
    Compared,
    compare,
    difference,
    documents_for,
    errors,
    match,
    read_labels,
    scores,
)

TIN = "China banned exports of tin to Japan on Monday."
TIN_AGAIN = "China has banned exports of tin to Japan."
COAL = "The European Union proposed a tariff of 12 percent on coal from Australia."
DOCUMENTS = [
    {"id": "1", "published": "2026-03-02", "title": "Metals", "text": f"Prices fell. {TIN}"},
    {"id": "2", "published": "2026-03-03", "title": TIN_AGAIN, "text": "Traders were calm."},
    {"id": "3", "published": "2026-03-04", "title": "Fuel", "text": COAL},
]
PLACE = ("article", "body")
REPORT = Report(
    report_id="r1:0",
    place=PLACE,
    at=(10, 60),
    sentence="",
    type="tariff",
    status="adopted",
    actors=("US",),
    targets=("CN",),
    implementer="US",
    development="d1",
    measure="m1",
    measure_key="US:tariff:steel:CN:2025-03",
)


def label(number: int, text: str, **values: Any) -> dict[str, Any]:
    document = next(d for d in DOCUMENTS if text in (d["title"], d["text"]) or text in d["text"])
    field = "title" if document["title"] == text else "text"
    start = document[field].index(text)
    return {
        "id": f"L{number}",
        "list": "news",
        "corpus": "wire",
        "document": document["id"],
        "published": document["published"],
        "field": field,
        "at": [start, start + len(text)],
        "digest": digest(text),
        "actors": ["CN"],
        "targets": ["JP"],
        "type": "export_ban",
        "status": "adopted",
        **values,
    }


LABELS = [
    label(1, TIN, step="s1", measure="m1"),
    label(2, TIN_AGAIN, step="s1", measure="m1"),
    label(
        3,
        COAL,
        step="s2",
        measure="m2",
        type="tariff",
        status="proposed",
        actors=["EU"],
        targets=[],
    ),
]


def sentence(number: int, **values: Any) -> dict[str, Any]:
    """A label of a sentence in PLACE that REPORT fits."""
    given = {"id": f"L{number}", "at": [0, 50], "type": "tariff", "status": "adopted"}
    return given | {"actors": ["US"], "targets": ["CN"], "step": "s1", "measure": "m1"} | values


def matched(labels: list[dict[str, Any]], *reports: Report) -> dict[str, str]:
    found = match(labels, {p["id"]: PLACE for p in labels}, reports)
    return {key: report.report_id for key, report in found.items()}


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / "wire.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(d) + "\n" for d in DOCUMENTS)
    return tmp_path


def test_documents_are_read_and_linked_and_laid_beside_their_labels(corpora: Path) -> None:
    compared = compare(LABELS, documents_for(LABELS, corpora), Extractor())
    assert set(compared.matched) == {"L1", "L2", "L3"}
    one, again, other = (compared.matched[p["id"]] for p in LABELS)
    assert (one.sentence, again.sentence, other.sentence) == (TIN, TIN_AGAIN, COAL)
    assert one.development == again.development != other.development
    assert set(scores(compared).values()) == {1.0}


def test_a_text_that_is_not_the_labelled_one_is_refused(corpora: Path) -> None:
    moved = {**LABELS[0], "at": [0, 10]}
    with pytest.raises(ConfigError, match="document 1 of wire"):
        documents_for([moved], corpora)
    with pytest.raises(ConfigError, match="document 9 of wire"):
        documents_for([{**LABELS[0], "document": "9"}], corpora)


def test_a_label_is_found_where_the_sentence_and_the_kind_agree() -> None:
    assert matched([sentence(1)], REPORT) == {"L1": "r1:0"}
    assert matched([sentence(1)], replace(REPORT, type="trade_remedy")) == {"L1": "r1:0"}
    assert matched([sentence(1)], replace(REPORT, type="stockpile")) == {}
    assert matched([sentence(1)], replace(REPORT, at=(50, 60))) == {}
    assert matched([sentence(1)], replace(REPORT, place=("article", "title"))) == {}


def test_no_report_stands_for_two_labels_and_the_likeliest_is_taken() -> None:
    two = [sentence(1, targets=["CA"]), sentence(2, targets=["MX"])]
    mexico = replace(REPORT, targets=("MX",))
    assert matched(two, mexico) == {"L2": "r1:0"}
    canada = replace(REPORT, report_id="r2:0", targets=("CA",))
    assert matched(two, mexico, canada) == {"L1": "r2:0", "L2": "r1:0"}


def test_of_the_parts_of_a_mention_that_of_the_labelled_party_is_taken() -> None:
    china = replace(REPORT, report_id="r1:1", implementer="CN", measure="m2")
    assert matched([sentence(1, actors=["CN"], targets=[])], REPORT, china) == {"L1": "r1:1"}


def test_scores_over_all_labels_count_the_missed() -> None:
    labels = [sentence(1), sentence(2), sentence(3), sentence(4, step="s2", measure="m2")]
    compared = Compared(labels=labels, reports=9, matched={"L1": REPORT, "L2": REPORT})
    reached = scores(compared)
    assert reached["found"] == 0.5
    assert reached["measures_b_cubed_found"] == 1
    # Precision 1; recall (2/3 + 2/3) / 4 = 1/3, so F1 is 1/2.
    assert reached["measures_b_cubed_all"] == pytest.approx(0.5)
    # {L1, L2, L3} with {L1, L2}: 4/5, of one cluster and two: F1 is 2 * .8 * .4 / 1.2.
    assert reached["steps_ceaf_e_all"] == pytest.approx(2 * 0.8 * 0.4 / 1.2)


def test_errors_name_split_and_merged_measures_and_where_their_keys_differ() -> None:
    split = replace(REPORT, measure="m9", measure_key="US:tariff:steel:JP:2025-03")
    labels = [sentence(1), sentence(2), sentence(3, measure="m2")]
    found = {"L1": REPORT, "L2": split, "L3": REPORT}
    told = list(errors(Compared(labels=labels, reports=3, matched=found)))
    assert told == [
        "split: 1 measures, 1 pairs; keys differ first in",
        "  targets 1",
        "  m1: US:tariff:steel:CN:2025-03 1, US:tariff:steel:JP:2025-03 1",
        "merged: 1 measures, 1 pairs",
        "  US:tariff:steel:CN:2025-03: m1 1, m2 1",
    ]


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("EU:tariff:steel:CN:2025-03", "implementer"),
        ("US:us-proclamation-9704", "acts"),
        ("US:tariff:tin:CN:2025-03", "goods or companies"),
        ("US:tariff:steel:CN:2026-03", "month"),
        ("US:tariff:steel:CN:2025-03", "none"),
    ],
)
def test_keys_differ_first_in(key: str, part: str) -> None:
    assert difference(REPORT, replace(REPORT, measure_key=key)) == part


def test_the_labels_are_whole() -> None:
    lists = read_labels()
    assert {name: len(labels) for name, labels in lists.items()} == {"whitehouse": 271, "news": 261}
    for labels in lists.values():
        assert len({p["id"] for p in labels}) == len(labels)
        measures_of = defaultdict(set)
        for p in labels:
            measures_of[p["step"]].add(p["measure"])
        assert all(len(measures) == 1 for measures in measures_of.values())

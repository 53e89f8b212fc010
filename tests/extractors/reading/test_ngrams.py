"""The gate of n-grams: what is shipped loads, orders sentences and takes any text."""

import math

import numpy as np
import pytest

from extractors.reading.ngrams import BUCKETS, ZERO, NgramGate, buckets, ngram_gate, weights
from models.errors import ConfigError

TELLING = "Rwanda bans exports of raw hides and raises its import duty on shoes to 35%."
SILENT = "The striker scored twice before the market town's derby ended in a draw."


def test_a_step_is_likelier_than_small_talk() -> None:
    gate = ngram_gate()
    assert gate.passes(TELLING, headline=False)
    assert not gate.passes(SILENT, headline=False)
    assert gate.score(TELLING, headline=False) > gate.score(SILENT, headline=False) + 1


def test_more_recall_is_a_lower_threshold() -> None:
    limits = [ngram_gate(recall).threshold for recall in (0.98, 0.985, 0.99, 0.995)]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 4
    with pytest.raises(ConfigError, match=r"no threshold for a recall of 0\.5"):
        ngram_gate(0.5)


@pytest.mark.parametrize(
    "text", ["", "   ", "☃☃☃", "中国禁止出口镓", "\udcff", "a" * 50_000, "tax " * 50_000]
)
@pytest.mark.parametrize("headline", [True, False])
def test_any_text_has_a_score(text: str, headline: bool) -> None:
    assert math.isfinite(ngram_gate().score(text, headline))


def test_numbers_case_and_quotes_make_no_difference_headlines_do() -> None:
    assert buckets("Duty of 15.5% on TIN", False) == buckets("duty of 1,200% on tin", False)
    assert buckets("India’s ban", False) == buckets("india's ban", False)
    assert len(buckets("tin", True) - buckets("tin", False)) == 1


def test_the_order_of_words_counts() -> None:
    assert buckets("import ban", False) != buckets("ban import", False)


def test_a_score_is_the_weights_over_the_root_of_their_number_plus_the_bias() -> None:
    found = buckets("duty on tin", False)
    table = bytearray([ZERO]) * BUCKETS
    table[min(found)] = ZERO + 10
    table[max(found)] = ZERO - 4
    gate = NgramGate(bytes(table), unit=0.5, bias=-1.0, threshold=0.0)
    assert gate.score("duty on tin", False) == pytest.approx(3.0 / math.sqrt(len(found)) - 1.0)


def test_shipped_weights_are_small_and_say_what_they_saw() -> None:
    held = weights()
    assert held["table"].shape == (BUCKETS,)
    assert held["table"].dtype == np.uint8
    assert len(str(held["data"])) == 64
    assert int(str(held["data"]), 16)

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.text.sentences import split_sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


def test_marks_of_stress_belong_to_the_sentence_they_end() -> None:
    bold = "**Two pacts were signed.** Under them duties go. *Shares rose.* Nobody said why."
    assert split(bold) == [
        "**Two pacts were signed.**",
        "Under them duties go.",
        "*Shares rose.*",
        "Nobody said why.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The U.S. Commerce Department signed Announcement No. 61 on Friday.",
        "Duty-free entry under 19 U.S.C. 1321(a) and 15 C.F.R. 740.1 ends on Friday.",
        "Duties under Sec. 232 hit Nucor Corp. and others in the U.S. market.",
        "President Donald J. Trump met Prime Minister A. B. Ito on Jan. 5 in Tokyo.",
        "The rate is 3.5 percent, i.e. half of what Smith Inc. asked.",
    ],
)
def test_abbreviations_do_not_end_a_sentence(sentence: str) -> None:
    assert split(f"{sentence} The ministry said so.") == [sentence, "The ministry said so."]


def test_hard_wraps_and_bullets() -> None:
    wrapped = (
        "The ministry said the levy on\nimported steel would rise to\n"
        "forty percent in May.\nIt gave no\nreason for the step."
    )
    assert len(split(wrapped)) == 2
    bullets = (
        "The order:\n- raises the duty on steel\n- ends the waiver for Korea\n- opens a review"
    )
    assert split(bullets) == [
        "The order:",
        "- raises the duty on steel",
        "- ends the waiver for Korea",
        "- opens a review",
    ]


def test_long_lists_are_cut() -> None:
    assert all(len(s) <= 1500 for s in split("item one, " * 2000))


@given(st.text(max_size=400))
def test_spans_are_ordered_and_lose_no_letter(text: str) -> None:
    spans = list(split_sentences(text))
    assert all(a < b for a, b in spans)
    assert all(x[1] <= y[0] for x, y in itertools.pairwise(spans))
    kept = "".join(text[a:b] for a, b in spans)
    assert sum(c.isalnum() for c in kept) == sum(c.isalnum() for c in text)

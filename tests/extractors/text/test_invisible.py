"""Invisible characters must not keep words from matching."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.text.invisible import PLAIN, visible


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("sus\u00adpends ex\u00adports", "suspends exports"),
        ("export\u2011control, rare\u2010earth", "export-control, rare-earth"),
        ("India\u200b raises\u2060 tariff\ufeff", "India raises tariff"),
        ("10\u202f000\u00a0t, 5\u2009%\u3000", "10 000 t, 5 % "),
        ("pay \u202egnp.exe\u202c \u2066now\u2069", "pay gnp.exe now"),
        ("don\u0092t \u0093stop\u0094 at \u008025\u0085", "don’t “stop” at €25…"),
        ("a\x00b\x1b[31mred\x07\x9b\x7f", "ab[31mred›"),
        ("one\u2028two\u2029three", "one\ntwo\n\nthree"),
        ("line\r\nbreak\tand tab", "line\r\nbreak\tand tab"),
        ("lone \ud800 and \udfff\ufffe", "lone  and "),
        ("می\u200cخواهم, \U0001f468\u200d\U0001f469", "می\u200cخواهم, \U0001f468\u200d\U0001f469"),
        ("ta\u200driff", "tariff"),
        ("\U000e0041tag", "tag"),
    ],
)
def test_text_becomes_what_a_reader_sees(given: str, seen: str) -> None:
    assert visible(given) == seen


@given(st.text())
def test_twice_is_once_and_the_rest_stays(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    if not any(ord(c) in PLAIN for c in text):
        assert once == text
    assert not any(c in once for c in "\x00\x1b\x9b\u202e\u00ad\u2066")

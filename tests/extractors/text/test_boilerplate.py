"""Footers that feed software adds tell no event; words like theirs may."""

import pytest

from extractors.extract import Extractor
from extractors.text.boilerplate import is_boilerplate
from models.event import TextUnit


@pytest.mark.parametrize(
    ("sentence", "footer"),
    [
        ("The post Ghana bans raw lithium exports appeared first on Accra Ledger.", True),
        ("This article first appeared in the Tin Weekly.", True),
        ("This news item was originally published by the port of Tema.", True),
        ("The post office bans parcels from Peru.", False),
        ("This article of the treaty bans exports of ivory.", False),
    ],
)
def test_a_footer_is_told_from_a_sentence(sentence: str, footer: bool) -> None:
    assert is_boilerplate(sentence) is footer


def test_a_footer_gives_no_event() -> None:
    body = "Prices were calm. The post Ghana bans raw lithium exports appeared first on Ledger."
    unit = TextUnit(unit_id="a", text=body, title="Lithium market in brief", kind="article")
    assert Extractor().extract_one(unit).events == ()

"""What talks are about is under negotiation, what is weighed is proposed, whatever the words."""

import pytest

from extractors.extract import Extractor
from models.event import TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Chile and Vietnam opened talks to widen their trade pact.", "under_negotiation"),
        ("Negotiations begin to renew trade pact between Kenya and Oman", "under_negotiation"),
        ("Peru and Qatar agreed to start talks on a trade deal.", "under_negotiation"),
        ("Chile is considering whether to drop its duty on maize from Peru.", "proposed"),
        ("Oman mulls raising tariff on Indian steel", "proposed"),
        ("After talks in Lima, Peru lifted its ban on imports of beef from Brazil.", "lifted"),
        ("Chile widened its free trade agreement with Vietnam on Monday.", "expanded"),
    ],
)
def test_what_is_only_talked_of_is_no_step(extractor: Extractor, text: str, status: str) -> None:
    kind = "sentence" if text.endswith(".") else "headline"
    events = extractor.extract_one(TextUnit(unit_id="a", text=text, kind=kind)).events
    assert [event.status for event in events] == [status]

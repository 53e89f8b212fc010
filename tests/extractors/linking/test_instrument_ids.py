"""Every spelling of an instrument gives one id."""

import pytest

from extractors.linking.instrument_ids import named_instruments

PAUSED = tuple(f"mofcom-2025-{number}" for number in (55, 56, 57, 58, 61, 62))


@pytest.mark.parametrize(
    ("text", "given_id", "specific", "grounds"),
    [
        ("Announcement No. 61 of 2025", "cn_mofcom:2025-61", ("mofcom-2025-61",), set()),
        ("Announcements No. 55 to 58, 61 and 62", None, PAUSED, set()),
        ("Announcement No. 70 of 2025", None, PAUSED, set()),
        ("Announcement No. 72", None, ("mofcom-2024-46",), set()),
        ("Section 232", "us_section:232", (), {"us-section-232"}),
        ("Trade Expansion Act of 1962", "us_statute:x 1962", (), {"us-section-232"}),
        ("E.O. 14266", "us_eo:14266", ("us-eo-14257",), set()),
        ("Liberation Day tariffs", None, ("us-eo-14257",), set()),
        ("50% rule", None, ("us-fr-2025-19001",), set()),
        ("Regulation (EU) 2024/2754", "eu_reg:2024/2754", ("eu-2024/2754",), set()),
        ("Decision 001/2025", "cd_arecoms:001/2025", ("cd-arecoms-001/2025",), set()),
        ("Export Control Law", "cn_law:EXPORT CONTROL LAW", (), set()),
        (None, None, (), set()),
    ],
)
def test_named(
    text: str | None, given_id: str | None, specific: tuple[str, ...], grounds: set[str]
) -> None:
    found = named_instruments(text, given_id, year=2025, implementer="CN")
    assert (found.specific, found.grounds) == (specific, frozenset(grounds))

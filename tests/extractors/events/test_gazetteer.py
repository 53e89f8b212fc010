"""Which names of the tables a text holds."""

import pytest

from extractors.events.gazetteer import load_gazetteer


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Polish shoes with wax: a polish tax is dropped", set()),
        ("“Turkey for sale,” says a butcher: the turkey duty is gone", set()),
        ("Polish miners face a ban", {"PL"}),
        ("Turkey bans exports, and Turkey's millers like it", {"TR"}),
        ("A Polish ban: makers of polish complain", {"PL"}),
    ],
)
def test_a_first_word_that_comes_again_in_lower_case_is_no_state(
    text: str, codes: set[str]
) -> None:
    found = {name.code for name in load_gazetteer().find(text) if name.label == "COUNTRY"}
    assert found == codes

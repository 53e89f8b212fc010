"""Lists of what was done before are told apart from lists of what is done now."""

import pytest

from extractors.reading.records_of_deeds import records_of_deeds

SO_FAR = """The ministry signed the order today.

Since taking office the minister has stood by the mines of Ruritania, including by:
- Cutting the export tax on zinc.

- Opening a reserve of tin.
- The minister also met the unions.
"""


def test_a_list_of_what_was_done_ends_with_its_form() -> None:
    ((start, end),) = records_of_deeds(SO_FAR)
    assert SO_FAR[start:end].startswith("Since taking office")
    assert SO_FAR[start:end].endswith("reserve of tin.\n")


def test_the_points_may_stand_on_the_line_of_the_lead_in() -> None:
    text = "Ruritania has taken several steps against dumping, such as: - A duty on pipes.\nMore."
    ((_, end),) = records_of_deeds(text)
    assert text[:end].endswith("A duty on pipes.\n")


@pytest.mark.parametrize(
    "lead_in",
    [
        "The order signed today takes these steps",
        "Both sides have agreed on the following",
        "The act does the following",
        "The ministry has decided today on these duties",
    ],
)
def test_a_list_of_what_is_done_now_is_none(lead_in: str) -> None:
    assert records_of_deeds(f"{lead_in}:\n- A duty on pipes.\n- A quota for zinc.\n") == []

"""What the pages say: titles, what holds today, file names, moves."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from flows.reporting import words
from flows.reporting.model_card import model_card

TODAY = date(2025, 11, 12)


def measure(**fields: Any) -> dict[str, Any]:
    """A row of measure_status, as far as words need it."""
    usual: dict[str, Any] = {
        "implementer": "CN",
        "actors": ["CN"],
        "targets": ["US"],
        "type": "export_control",
        "family": "export",
        "companies": [],
        "commodities": ["rare_earths", "holmium"],
        "status_today": "suspended",
        "last_status": "suspended",
        "last_status_target": "measure",
        "last_step_date": date(2025, 11, 7),
        "last_effective_on": None,
        "last_effective_precision": None,
        "last_ends_on": date(2026, 11, 10),
        "last_ends_precision": "day",
        "last_reported_at": datetime(2025, 11, 8, tzinfo=UTC),
        "next_date": date(2026, 11, 10),
        "next_precision": "day",
        "next_step": "returns unless prolonged",
    }
    return {**usual, **fields}


NONE_AHEAD = {"next_date": None, "next_precision": None, "next_step": None}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Suspended until 10 Nov 2026 (in 363 days). Returns then, unless prolonged."),
        (
            {"next_date": date(2026, 11, 30), "next_precision": "month"},
            "Suspended until Nov 2026 (in 383 days at the latest). Returns then, unless prolonged.",
        ),
        (
            {
                "status_today": "announced",
                "last_status": "announced",
                "next_date": date(2026, 1, 1),
                "next_precision": "quarter",
                "next_step": "takes effect",
            },
            "Announced, takes effect in Q1 2026 (in 50 days at the earliest).",
        ),
        (
            {
                "status_today": "suspension_over",
                "last_ends_on": date(2025, 10, 31),
                "last_ends_precision": "month",
                **NONE_AHEAD,
            },
            "The suspension ran out in Oct 2025. Nothing newer is reported.",
        ),
        (
            {"status_today": "suspension_over", "last_ends_on": date(2025, 11, 1), **NONE_AHEAD},
            "The suspension ran out on 1 Nov 2025. Nothing newer is reported.",
        ),
        (
            {
                "status_today": "adopted",
                "last_status": "adopted",
                "next_date": date(2025, 11, 13),
                "next_step": "takes effect",
            },
            "Adopted, takes effect on 13 Nov 2025 (in 1 day).",
        ),
        (
            {
                "status_today": "in_force",
                "last_status": "announced",
                "last_effective_on": date(2025, 11, 1),
                **NONE_AHEAD,
            },
            "In force since 1 Nov 2025.",
        ),
        (
            {
                "status_today": "reinstated",
                "last_status": "reinstated",
                "last_effective_on": date(2025, 11, 10),
                **NONE_AHEAD,
            },
            "Reinstated as of 10 Nov 2025, as reported on 8 Nov 2025. Nothing newer.",
        ),
        (
            {"status_today": "lifted", "last_status": "lifted", **NONE_AHEAD},
            "Lifted, 7 Nov 2025.",
        ),
    ],
)
def test_what_holds_today_is_one_sentence(fields: dict[str, Any], said: str) -> None:
    assert words.standing(measure(**fields), TODAY) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "China: export control on rare earths, against United States"),
        ({"implementer": None}, "Export control on rare earths, against United States"),
        ({"targets": ["world"]}, "China: export control on rare earths"),
        (
            {"implementer": "CN+US", "type": "trade_agreement", "family": "agreement"}
            | {"targets": ["EU"], "commodities": []},
            "China, United States: trade agreement, with European Union",
        ),
    ],
)
def test_a_title_names_who_what_and_whom(fields: dict[str, Any], said: str) -> None:
    assert words.measure_title(measure(**fields)) == said


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("XNYS:MP", "XNYS-MP"),
        ("rare_earths", "rare_earths"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>", "script"),
        ("...", "x"),
        ("", "x"),
        ("稀土", "x"),
    ],
)
def test_a_file_name_stays_in_its_folder(text: str, name: str) -> None:
    assert words.slug(text) == name


def test_moves_have_a_sign_and_unknown_ones_a_dash() -> None:
    assert words.percent(0.1234) == "+12.3 %"
    assert words.percent(-0.05) == "−5.0 %"
    assert words.percent(None) == "–"


def test_errors_lose_the_query_of_an_address() -> None:
    assert (
        words.without_query("https://a.example/x?key=1: HTTP 403")
        == "https://a.example/x?… HTTP 403"
    )


def test_the_model_card_gives_scores_and_limits() -> None:
    card = model_card()
    assert card.scores[0][0] == "set"
    assert {row[0] for row in card.scores[1:]} == {"dev", "wide"}
    assert all(len(row) == len(card.scores[0]) for row in card.scores)
    assert any(limit.startswith("English only") for limit in card.limits)

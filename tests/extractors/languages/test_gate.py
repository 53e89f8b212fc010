"""The translated gate, on our own headlines: what it marks, and how far that can be trusted."""

import csv
from pathlib import Path

import pytest

from extractors.languages.gate import LANGUAGES, MOST_CHARACTERS, likely_step, stems_of
from models.event import EventType
from tests.timing import takes_at_most

DATA = Path(__file__).parents[2] / "data" / "languages"


def headlines(language: str, *, free: bool) -> list[tuple[str, str]]:
    """(type or "", headline) of our own headlines; `free` ones avoid the official formulas."""
    with (DATA / f"{language}.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["type"], row["title"])
            for row in csv.DictReader(file)
            if (row["set"] == "free") is free
        ]


def scores(language: str, *, free: bool) -> tuple[int, int, int, int]:
    """Headlines marked, marked rightly, that tell a step, and rightly marked with their type."""
    found = [(kind, likely_step(title, language)) for kind, title in headlines(language, free=free)]
    marked = [(kind, step) for kind, step in found if step]
    return (
        len(marked),
        sum(bool(kind) for kind, _ in marked),
        sum(bool(kind) for kind, _ in found),
        sum(step.type == kind for kind, step in marked),
    )


@pytest.mark.parametrize("language", ["de", "zh"])
def test_official_formulas_are_known(language: str) -> None:
    # The author of the stems had written these headlines: this guards, it does not measure.
    marked, right, steps, typed = scores(language, free=False)
    assert (len(headlines(language, free=False)), steps) == (100, 50)
    assert (marked, right) == (50, 50)
    assert typed >= 48


@pytest.mark.parametrize(("language", "right"), [("de", 0), ("zh", 1)])
def test_free_wording_is_hardly_known(language: str, right: int) -> None:
    # Written afterwards to avoid the formulas. docs/LANGUAGES.md tells these counts.
    marked, found, steps, _ = scores(language, free=True)
    assert (marked, found, steps) == (2, right, 20)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_types_of_the_ontology(language: str) -> None:
    types = [kind for kind, _ in stems_of(language).types]
    assert len(set(types)) == len(types)
    assert EventType.TARIFF in types


@pytest.mark.parametrize(
    ("language", "headline", "kind"),
    [
        ("es", "El Gobierno impone aranceles al acero importado de China", "tariff"),
        ("es", "Jornada sobre aranceles: el Gobierno anuncia el programa", None),
        ("fr", "La Commission institue un droit antidumping sur les pneus", "trade_remedy"),
        ("fr", "Colloque sur les droits de douane : le ministre annonce", None),
        ("ja", "外国為替及び外国貿易法に基づく輸出貿易管理令の改正を閣議決定", "export_control"),
        ("ja", "関税に関する説明会を実施", None),
        ("pt", "Camex zera imposto de importação de alimentos", "tariff"),
        ("pt", "Relatório sobre tarifas: governo anuncia dados", None),
        ("en", "EU imposes tariffs", None),
        ("de", "", None),
    ],
)
def test_other_languages_mark_the_plain_case(
    language: str, headline: str, kind: str | None
) -> None:
    step = likely_step(headline, language)
    assert (step.type.value if step else None) == kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_headline_takes_no_time(language: str) -> None:
    texts = (
        "führt " * 99_999,
        "zoll" * 99_999,
        "出口" * 99_999,
        "proíb " * 99_999,
        "a" * 999_999,
    )
    takes_at_most(1, lambda: [likely_step(text, language) for text in texts])
    assert likely_step("x" * MOST_CHARACTERS + " führt Zölle ein", "de") is None

"""What an act does to the thing it is done to, and what denies a step."""

import pytest
from spacy.language import Language

from extractors.events.certainty import is_denied
from extractors.events.composition import compose, load_table, pairs
from extractors.pipeline import build_nlp
from models.event import EventStatus, EventType, Polarity, StatusTarget, polarity

BAN, TARIFF, PERMIT = EventType.EXPORT_BAN, EventType.TARIFF, EventType.LICENSING_DEAL
LICENSING, EXEMPTION = EventType.EXPORT_LICENSING, EventType.TARIFF_EXEMPTION


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The parser alone: what our components add is not needed."""
    return build_nlp()


def composed(
    nlp: Language, text: str, trigger: str, kind: EventType, status: str
) -> tuple[EventType, str, StatusTarget]:
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if not name.startswith("policy"):
            doc = component(doc)
    start = text.index(trigger)
    given = EventStatus(status)
    type_, found, target = compose(pairs(doc, text), [(start, start + len(trigger))], kind, given)
    return type_, found.value, target


@pytest.mark.parametrize(
    ("text", "trigger", "kind", "read", "expected", "direction"),
    [
        ("Norway ends pause on fish tariff", "ends", TARIFF, "suspended", TARIFF, "restricting"),
        (
            "Norway extends freeze on fish tariff",
            "extends",
            TARIFF,
            "adopted",
            TARIFF,
            "liberalising",
        ),
        ("Peru suspends zinc exports", "suspends", BAN, "suspended", BAN, "restricting"),
        ("Peru resumes zinc exports", "resumes", BAN, "adopted", BAN, "liberalising"),
        ("Peru shelves plan to ban zinc exports", "ban", BAN, "proposed", BAN, "liberalising"),
        ("Judge blocks Peru's zinc tariff", "blocks", TARIFF, "adopted", TARIFF, "liberalising"),
        (
            "Oman revokes miners' export permits",
            "revokes",
            LICENSING,
            "lifted",
            PERMIT,
            "restricting",
        ),
        ("Oman scraps permit rules", "scraps", LICENSING, "lifted", LICENSING, "liberalising"),
        ("Oman cancels tariff waiver", "cancels", EXEMPTION, "lifted", EXEMPTION, "restricting"),
    ],
)
def test_which_way_a_step_moves_follows_from_act_and_thing(
    nlp: Language,
    text: str,
    trigger: str,
    kind: EventType,
    read: str,
    expected: EventType,
    direction: str,
) -> None:
    type_, status, target = composed(nlp, text, trigger, kind, read)
    assert type_ is expected
    assert polarity(type_, EventStatus(status), target) is Polarity(direction)


def test_what_the_reader_said_stays_where_the_words_can_mean_it(nlp: Language) -> None:
    for status in ("lifted", "expired", "reinstated"):
        found = composed(nlp, "Norway ends pause on fish tariff", "ends", TARIFF, status)
        assert found[1] == status


def test_an_act_said_not_to_be_done_says_nothing(nlp: Language) -> None:
    text = "The judge refused to block Norway's tariff on fish."
    assert composed(nlp, text, "tariff", TARIFF, "in_force") == (
        TARIFF,
        "in_force",
        StatusTarget.MEASURE,
    )


def test_every_row_of_the_table_can_be_reached() -> None:
    table = load_table()
    acts = {act for found in table.acts.values() for act in found}
    assert {act for act, _ in table.steps} <= acts
    assert {thing for _, thing in table.steps} <= set(table.things.values())


@pytest.mark.parametrize(
    "text",
    [
        "Fake: Laos bans rubber exports",
        "A forged memo says Laos bans rubber exports",
        "Laos denies that it bans rubber exports",
        "Laos rules out a move that bans rubber exports",
        "The story that Laos bans rubber exports is untrue.",
        "The order that bans rubber exports does not exist, Laos says.",
        "A blogger falsely claims Laos bans rubber exports",
    ],
)
def test_words_elsewhere_in_a_sentence_deny_a_step(text: str) -> None:
    at = text.index("bans")
    assert is_denied(text, at, at + len("bans rubber exports"))


@pytest.mark.parametrize(
    "text",
    [
        "Laos bans rubber exports",
        "Laos denies a report of floods, and bans rubber exports",
        "Laos bans rubber exports; the claim of a shortage is false.",
        "The minister rejected the plan: Laos bans rubber exports",
        "Neither confirmed nor denied: Laos bans rubber exports",
    ],
)
def test_a_denial_of_something_else_denies_nothing(text: str) -> None:
    at = text.index("bans")
    assert not is_denied(text, at, at + len("bans rubber exports"))

"""What an official text does and tells, and what else it holds."""

from dataclasses import replace

import pytest

from extractors.reading.official_text import Frame, frame_of, is_no_step, of_the_state
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    Polarity,
    SourceType,
    StatusTarget,
    TimeFrame,
)

FAR_DOWN = 900


def mention(sentence: str, trigger: str, **fields: object) -> EventMention:
    """A sure, asserted, current tariff of Ruritania, far down in a text."""
    start = FAR_DOWN + sentence.index(trigger)
    given = {
        "mention_id": sentence,
        "article_id": "u",
        "article_version": 1,
        "field": "body",
        "start": start,
        "end": start + len(trigger),
        "trigger": trigger,
        "sentence": sentence,
        "sentence_start": FAR_DOWN,
        "type": EventType.TARIFF,
        "status": EventStatus.ADOPTED,
        "status_target": StatusTarget.MEASURE,
        "factuality": Factuality.ASSERTED,
        "time_frame": TimeFrame.CURRENT,
        "polarity": Polarity.RESTRICTING,
        "retaliation": False,
        "source_type": SourceType.AUTHOR,
        "source_text": None,
        "actors": ("RW",),
        "confidence": 0.95,
        "rule": "test",
        "extractor_version": "0",
    }
    return EventMention(**{**given, **fields})  # type: ignore[arg-type]


CLAUSE = mention("Imports of widgets shall be subject to a duty of 25 percent.", "subject to")


@pytest.mark.parametrize(
    ("sentence", "trigger", "none"),
    [
        ("Imports of widgets shall be subject to a duty of 25 percent.", "subject to", False),
        ("The Secretary may increase the duty on widgets.", "increase", True),
        ("From 1 May the duty on widgets is increased to 30 percent.", "increased", False),
        ("The Secretary shall review the duty on widgets each year.", "review", True),
        ("The Secretary shall impose the duty on widgets by 1 May.", "impose", False),
        ("The Secretary recommended that I raise the duty on widgets.", "raise", True),
        ("In my judgment, imposing a duty on widgets meets the threat.", "imposing", True),
        ("Notice is given when the duty rates are increased.", "increased", True),
        ("This order does not alter the duty imposed on widgets.", "imposed", True),
        ("Parcels currently enter free of duty.", "free", True),
        ("- The President has imposed a duty on spoons.", "imposed", True),
        ("- Today the President has imposed a duty on spoons.", "imposed", False),
        ("He has delivered wins by imposing a duty on spoons.", "imposing", True),
        ("Order 7 of May 3, 2019 (Imposing Duties on Spoons of Chad) stands.", "Imposing", False),
        ("Executive Order 7 (Imposing Duties on Spoons of Chad) stands.", "Imposing", True),
    ],
)
def test_what_is_only_held_is_no_step(sentence: str, trigger: str, none: bool) -> None:
    assert is_no_step(mention(sentence, trigger), Frame()) is none


@pytest.mark.parametrize(
    "fields",
    [
        {"time_frame": TimeFrame.BACKGROUND},
        {"factuality": Factuality.NEGATED},
        {"factuality": Factuality.CONDITIONAL},
    ],
)
def test_what_is_not_said_to_be_so_is_no_step(fields: dict[str, object]) -> None:
    assert not is_no_step(CLAUSE, Frame())
    assert is_no_step(replace(CLAUSE, **fields), Frame())  # type: ignore[arg-type]


def test_a_threat_is_a_step_though_it_hangs_on_a_condition() -> None:
    threat = replace(CLAUSE, factuality=Factuality.CONDITIONAL, status=EventStatus.THREATENED)
    assert not is_no_step(threat, Frame())


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("1. Widgets pour in. NOW, THEREFORE, I proclaim: (1) Widgets are taxed.", "1. Wid"),
        ("I order: Section 1. Background. Widgets pour in. Sec. 2. Duty. Widgets are taxed.", "I "),
        ("I order: Section 1. Duty on Widgets. Widgets are taxed. Sec. 2. Reports.", ""),
        ("Widgets are taxed.", ""),
    ],
)
def test_the_reasons_of_an_order_are_no_steps(text: str, reasons: str) -> None:
    preamble = frame_of([], "", text).preamble
    assert text[:preamble].startswith(reasons)
    assert bool(preamble) is bool(reasons)
    assert "are taxed" in text[preamble:]


def test_the_reasons_of_an_order_count_if_they_decide_what_it_orders() -> None:
    text = "1. Widgets pour in, tax them. " * 40 + "NOW, THEREFORE, widgets are taxed."
    late = replace(CLAUSE, start=len(text), sentence_start=len(text))
    raised = replace(late, status=EventStatus.RAISED)
    decides = replace(CLAUSE, sentence=f"I have decided that {CLAUSE.sentence}")
    assert is_no_step(CLAUSE, frame_of([CLAUSE, late], "", text))
    assert is_no_step(decides, frame_of([decides, raised], "", text))
    assert not is_no_step(decides, frame_of([decides, late], "", text))
    title = replace(raised, field="title", sentence_start=0)
    assert not is_no_step(title, frame_of([title], "", text))


def test_deals_that_a_state_lists_are_its_own() -> None:
    sentence = "- The President signed agreements with Chad, Peru and Fiji."
    fields = {"type": EventType.TRADE_AGREEMENT, "actors": ("TD", "PE", "FJ")}
    (deals,) = of_the_state([mention(sentence, "signed", **fields)], "RW")
    assert deals.actors == ("RW", "TD", "PE", "FJ")
    theirs = replace(deals, actors=("TD",))
    assert of_the_state([theirs], "RW") == [theirs]


@pytest.mark.parametrize(
    ("sentence", "trigger", "fields", "actors", "targets"),
    [
        (
            "The duty shall not apply to cars.",
            "shall not apply",
            {"actors": ("RW", "TD")},
            ("RW",),
            (),
        ),
        (
            "Imports of tin from Chad will be subject to the duty.",
            "subject to",
            {"actors": ("TD",), "actor_texts": ("Chad",)},
            ("RW",),
            ("TD",),
        ),
        (
            "Chad will impose a duty on tin.",
            "impose",
            {"actors": ("TD",), "actor_texts": ("Chad",)},
            ("TD",),
            (),
        ),
    ],
)
def test_clauses_are_those_of_the_state_that_speaks(
    sentence: str,
    trigger: str,
    fields: dict[str, object],
    actors: tuple[str, ...],
    targets: tuple[str, ...],
) -> None:
    (event,) = of_the_state([mention(sentence, trigger, **fields)], "RW")
    assert (event.actors, event.targets) == (actors, targets)


def test_imports_are_adjusted_by_the_tariff_that_a_text_sets() -> None:
    title = mention("Adjusting Imports of Widgets", "Adjusting", type=EventType.IMPORT_RESTRICTION)
    assert [e.type for e in of_the_state([title, CLAUSE], "RW")] == ["tariff", "tariff"]
    assert [e.type for e in of_the_state([title], "RW")] == ["import_restriction"]


@pytest.mark.parametrize(
    ("sentence", "actors", "none"),
    [
        ("We signed many trade deals around the world.", ("RW",), True),
        ("We signed trade deals with Chad and Peru.", ("RW", "TD", "PE"), False),
    ],
)
def test_deals_with_nobody_that_is_named_are_none(
    sentence: str, actors: tuple[str, ...], none: bool
) -> None:
    event = mention(sentence, "signed", type=EventType.TRADE_AGREEMENT, actors=actors)
    assert is_no_step(event, Frame()) is none


@pytest.mark.parametrize(
    ("sentence", "trigger", "none"),
    [
        ("The Secretary launched a probe into imports of tin.", "launched", False),
        ("The Secretary found that imports of tin hurt.", "found", True),
        ("Chad gets terms that hang on the probe into tin.", "gets", True),
    ],
)
def test_a_probe_is_a_step_when_it_is_opened(sentence: str, trigger: str, none: bool) -> None:
    event = mention(sentence, trigger, type=EventType.INVESTIGATION)
    assert is_no_step(event, Frame()) is none


def test_an_aim_for_a_deal_is_none() -> None:
    sentence = "Both sides intend this to be a first step."
    aim = mention(sentence, "intend", type=EventType.TRADE_AGREEMENT, actors=("RW", "TD"))
    assert not is_no_step(aim, Frame())
    assert is_no_step(replace(aim, status=EventStatus.PROPOSED), Frame())


def test_who_receives_is_no_actor() -> None:
    sentence = "Chad will receive a quota for tin."
    fields = {"actors": ("TD",), "actor_texts": ("Chad",), "type": EventType.TARIFF_EXEMPTION}
    (event,) = of_the_state([mention(sentence, "receive", **fields)], "RW")
    assert (event.actors, event.targets) == (("RW",), ("TD",))


def test_a_message_on_a_day_of_honour_takes_no_step() -> None:
    frame = frame_of([CLAUSE], "Presidential Message on National Widget Week", "")
    assert is_no_step(CLAUSE, frame)
    assert not is_no_step(CLAUSE, frame_of([CLAUSE], "Imposing Duties on Widgets", ""))


def test_a_list_of_what_was_done_so_far_is_no_news() -> None:
    lead_in = "x" * FAR_DOWN + "\nThe state has taken several steps on metals, including:\n"
    point = "- Imposing a tariff of 10 percent on zinc."
    at = len(lead_in)
    told = mention(point, "Imposing", sentence_start=at, start=at + 2, end=at + 10)
    assert is_no_step(told, frame_of([told], "", lead_in + point))
    now = lead_in.replace("has taken several", "takes today these")
    assert not is_no_step(told, frame_of([told], "", now + point))

from dataclasses import replace
from datetime import date

import pytest

from extractors.extract import Extractor
from extractors.extract_requests import extractions_of, readings_of
from extractors.reading import document
from extractors.reading.document import (
    SURE,
    DocumentModel,
    Finished,
    developments,
    document_features,
    finished,
    load_document_model,
    vouched,
)
from extractors.reading.lent_parties import with_actors_of
from extractors.records import record_from_extraction
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    Polarity,
    SourceType,
    StatusTarget,
    TextUnit,
    TimeFrame,
)

TITLE = "Adjusting Imports of Widgets into Ruritania"
ORDER = (
    "By the authority vested in me, I find as follows.\n\n"
    "1. In Proclamation 71 of May 3, 2019, my predecessor imposed a duty of 10 percent on them.\n"
    "2. The Secretary told me that the duty should rise.\n\n"
    "NOW, THEREFORE, it is hereby ordered:\n\n"
    "Section 1. Imports of widgets shall be subject to a duty of 25 percent.\n"
    "- Widgets for hospitals are exempt from the duty.\n"
    "Sec. 2. The Secretary may propose a quota on widgets.\n"
)
LONG = ORDER + "Nothing in this order creates a right. " * 40
DECLINES_ALL = DocumentModel(told={"1": -9.0}, lead={"1": 0.0}, threshold=0.5)
TELLS_ALL = DocumentModel(told={"1": 9.0}, lead={"1": 0.0, "title": 5.0}, threshold=0.5)


def unit(text: str = LONG, kind: str = "article", title: str = TITLE) -> TextUnit:
    return TextUnit(unit_id="u", text=text, title=title, kind=kind, published=date(2026, 3, 2))


def mention(sentence: str, **fields: object) -> EventMention:
    """A sure, asserted, current tariff of the United States in a sentence of ORDER."""
    start = max(0, ORDER.find(sentence))
    given = {
        "mention_id": sentence,
        "article_id": "u",
        "article_version": 1,
        "field": "body",
        "start": start,
        "end": start + 4,
        "trigger": sentence[:4],
        "sentence": sentence,
        "sentence_start": start,
        "type": EventType.TARIFF,
        "status": EventStatus.ADOPTED,
        "status_target": StatusTarget.MEASURE,
        "factuality": Factuality.ASSERTED,
        "time_frame": TimeFrame.CURRENT,
        "polarity": Polarity.RESTRICTING,
        "retaliation": False,
        "source_type": SourceType.AUTHOR,
        "source_text": None,
        "actors": ("US",),
        "confidence": 0.95,
        "rule": "test",
        "extractor_version": "0",
    }
    return EventMention(**{**given, **fields})  # type: ignore[arg-type]


RECITAL = mention("In Proclamation 71 of May 3, 2019, my predecessor imposed a duty of 10 percent")
CLAUSE = mention("Imports of widgets shall be subject to a duty of 25 percent.")
BULLET = mention("Widgets for hospitals are exempt from the duty.", status=EventStatus.EXEMPTED)
QUOTA = mention("The Secretary may propose a quota", type=EventType.IMPORT_RESTRICTION)


def test_the_parts_of_a_legal_text_are_told_apart() -> None:
    recital, clause, bullet, quota = document_features([RECITAL, CLAUSE, BULLET, QUOTA], unit())
    assert (recital["legal"], recital["recital"], recital["recites"]) == (1, 1, 1)
    assert (clause["recital"], clause["recites"], clause["decides"]) == (0, 0, 1)
    assert (clause["bullet"], bullet["bullet"]) == (0, 1)
    assert (clause["hedged"], quota["hedged"]) == (0, 1)
    (plain,) = document_features([CLAUSE], unit("Ruritania taxes widgets. " * 9))
    assert (plain["legal"], plain["recital"]) == (0, 0)


def test_mentions_of_one_step_bear_each_other_out_and_other_steps_are_rivals() -> None:
    unsure = replace(CLAUSE, confidence=0.5, status=EventStatus.PROPOSED)
    others = [RECITAL, CLAUSE, unsure, replace(QUOTA, actors=("US",))]
    recital, clause, rival, quota = document_features(others, unit())
    assert recital["repeated"] == clause["repeated"] == pytest.approx(0.693, abs=0.001)
    assert rival["repeated"] == quota["repeated"] == quota["rivals"] == 0
    assert rival["rivals"] > clause["rivals"] > 0
    assert rival["rival"] > 0 == clause["rival"]
    foreign = replace(CLAUSE, actors=("CN",))
    assert document_features([CLAUSE, foreign], unit())[0]["repeated"] == 0


def test_the_title_speaks_for_its_step_and_against_others() -> None:
    title = mention(TITLE, field="title", sentence_start=0)
    proposed = replace(BULLET, status=EventStatus.PROPOSED)
    first, clause, other = document_features([title, CLAUSE, proposed], unit())
    assert (first["title"], first["as the title"], first["not as the title"]) == (1, 0, 0)
    assert (clause["as the title"], clause["not as the title"]) == (1, 0)
    assert (other["as the title"], other["not as the title"]) == (0, 1)
    assert clause["title words"] > 0


def test_an_offtake_of_firms_needs_no_state() -> None:
    nobody = replace(CLAUSE, actors=())
    firms = replace(nobody, type=EventType.OFFTAKE_AGREEMENT)
    unknown = replace(CLAUSE, actors=("XX",))
    rows = document_features([CLAUSE, nobody, firms, unknown], unit())
    assert [row["nobody"] for row in rows] == [0, 1, 0, 1]


def test_a_measure_is_whose_the_document_says_it_is() -> None:
    named = mention("a", actors=("CN",), actor_texts=("Beijing",), commodities=("tin", "lead"))
    lent = mention("b", actors=("US",), targets=("CN",), commodities=("lead",))
    assert with_actors_of([named, lent])[1].actors == ("CN",)
    assert with_actors_of([named, lent])[1].targets == ()
    for other in (
        replace(lent, actor_texts=("Washington",)),
        replace(lent, commodities=("zinc",)),
        replace(lent, type=EventType.SUBSIDY),
        replace(lent, type=EventType.OFFTAKE_AGREEMENT),
    ):
        assert with_actors_of([named, other]) == [named, other]
    rival = replace(named, actors=("PE",), actor_texts=("Lima",))
    assert with_actors_of([named, rival, lent])[2] == lent


def test_what_an_article_does_not_tell_is_an_aside_and_one_mention_leads() -> None:
    title = mention(TITLE, field="title", sentence_start=0)
    found = developments([CLAUSE, title, BULLET], unit(), TELLS_ALL)
    assert [e.sentence for e in found.told] == [CLAUSE.sentence, TITLE, BULLET.sentence]
    assert [e.is_lead for e in found.told] == [False, True, False]
    assert all(e.confidence > 0.99 for e in found.told)
    assert found.asides == []
    declined = developments([CLAUSE, title, BULLET], unit(), DECLINES_ALL)
    assert declined.told == []
    assert [e.sentence for e in declined.asides] == [CLAUSE.sentence, TITLE, BULLET.sentence]
    assert {e.confidence for e in declined.asides} == {0.0}
    assert developments([], unit(), TELLS_ALL) == Finished(told=[])


def test_told_and_asides_part_at_the_threshold() -> None:
    both = [CLAUSE, replace(BULLET, is_lead=True)]
    by_status = DocumentModel(
        told={"1": 0.3, "step exempted": -0.6}, lead={"1": 0.0, "step exempted": 9.0}, threshold=0.5
    )
    found = developments(both, unit(), by_status)
    assert [(e.sentence, e.confidence, e.is_lead) for e in found.told] == [
        (CLAUSE.sentence, 0.574, True)
    ]
    assert [(e.sentence, e.confidence, e.is_lead) for e in found.asides] == [
        (BULLET.sentence, 0.426, False)
    ]
    assert "the document model gives it 0.426, told from 0." in found.reason(found.asides[0])


def test_a_lone_weak_clause_is_no_news() -> None:
    weak = replace(CLAUSE, confidence=SURE - 0.01)
    assert not vouched([weak])
    found = developments([weak], unit(), TELLS_ALL)
    assert (found.told, found.about_policy) == ([], False)
    # However likely by itself, it is less so than whatever is told.
    assert [e.confidence for e in found.asides] == [0.499]
    assert "about something else" in found.reason(found.asides[0])
    assert vouched([replace(weak, confidence=SURE)])
    three = [replace(e, confidence=0.5) for e in (RECITAL, CLAUSE, BULLET)]
    assert vouched(three)
    assert not vouched(three[:2])


def test_a_sure_event_of_a_short_article_stays_with_its_confidence() -> None:
    short = unit("Imports of widgets shall be subject to a duty of 25 percent. It rained.")
    found = developments([CLAUSE, replace(BULLET, confidence=0.5)], short, DECLINES_ALL)
    (kept,) = found.told
    assert [e.sentence for e in found.asides] == [BULLET.sentence]
    assert (kept.confidence, kept.is_lead) == (CLAUSE.confidence, True)


def test_headlines_and_sentences_keep_all_their_mentions() -> None:
    weak = replace(CLAUSE, confidence=0.42)
    background = replace(CLAUSE, confidence=0.99, time_frame=TimeFrame.BACKGROUND)
    for kind in ("headline", "sentence"):
        found = finished([background, weak], unit(kind=kind))
        assert [(e.confidence, e.is_lead) for e in found.told] == [(0.99, False), (0.42, True)]
        assert found.asides == []


def test_a_doubtful_mention_is_less_likely_told_by_the_shipped_weights() -> None:
    model = load_document_model()
    doubtful = replace(QUOTA, factuality=Factuality.SPECULATIVE, confidence=0.5, actors=())
    sure, unsure = document_features([CLAUSE, doubtful], unit())
    assert model.chance(sure) > model.threshold > model.chance(unsure)
    # A feature that was renamed since training would be taken for zero without a word.
    stale = {n for n in model.told if not n.startswith(("type ", "step ", "said "))} - {"1"}
    title = document_features([mention(TITLE, field="title")], unit())[0]
    assert stale <= {*sure, *title}
    assert set(model.lead) <= set(model.told)


ARTICLE_TITLE = "Canada raises tariff on Chinese steel to 50%"
ARTICLE = (
    "Ottawa on Tuesday raised its tariff on Chinese steel to 50% from 25%, the finance "
    "ministry said. The new tariff takes effect on 1 April.\n\n"
    "Canada first imposed the steel tariff in 2018. Shares of steelmakers rose 3% in Toronto, "
    "and traders said demand was firm. The weather was mild.\n\n"
) + "Analysts said the quarter had been quiet for builders and shipyards alike. " * 20


def test_an_article_through_the_extractor() -> None:
    result = Extractor().extract_one(unit(ARTICLE, title=ARTICLE_TITLE))
    (lead,) = (e for e in result.events if e.is_lead)
    assert (lead.type, lead.status, lead.actors) == (
        EventType.TARIFF,
        EventStatus.RAISED,
        ("CA",),
    )
    threshold = load_document_model().threshold
    assert all(e.confidence >= threshold for e in result.events)
    assert all(e.confidence < threshold for e in result.asides)


def test_the_extractor_gives_asides_beside_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    titles_only = DocumentModel(told={"1": -3.0, "title": 6.0}, lead={"1": 0.0}, threshold=0.5)
    monkeypatch.setattr(document, "load_document_model", lambda: titles_only)
    # A soft hyphen before both: offsets count in the text as written.
    asked = unit("The min\u00adistry spoke. " + ARTICLE, title=ARTICLE_TITLE)
    result = Extractor().extract_one(asked)
    assert {(e.field, e.is_lead) for e in result.events} == {("title", True)}
    assert result.asides
    for aside in result.asides:
        assert (aside.field, aside.is_lead, aside.confidence) == ("body", False, 0.047)
        assert asked.text[aside.start : aside.end] == aside.trigger
    # A sentence alone tells what it says, and the pipe prints events only.
    alone = Extractor().extract_one(unit(result.asides[0].sentence, kind="sentence"))
    assert (len(alone.events), alone.asides) == (1, ())
    assert "asides" not in record_from_extraction(result, asked)
    # An answer of a worker keeps a text that holds asides only.
    only = replace(result, events=(), entities=())
    assert extractions_of([asked], readings_of([only], "0")) == [only]

"""The explanation says what the extractor does: nothing more, nothing less, nothing else."""

from datetime import date

import pytest

from extractors.explaining.explain import explain
from extractors.explaining.explanation import Explanation
from extractors.explaining.page import page_of
from extractors.extract import Extractor
from extractors.reading import document
from extractors.reading.document import DocumentModel
from models.event import TextUnit
from tests.quality.score import own_records


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def unit(text: str, **fields: object) -> TextUnit:
    given = {"unit_id": "u", "text": text, "kind": "headline", "published": date(2025, 11, 8)}
    return TextUnit(**{**given, **fields})  # type: ignore[arg-type]


def told(extractor: Extractor, text: str, **fields: object) -> Explanation:
    return explain(unit(text, **fields), extractor)


def test_its_events_are_those_of_the_extractor(extractor: Extractor) -> None:
    for record in own_records()[::5]:
        for kind in ("sentence", "article"):
            asked = unit(f"The day was calm. {record['text']}", kind=kind, title="Markets fall")
            shown = explain(asked, extractor)
            found = extractor.extract_one(asked)
            assert (shown.events, shown.asides) == (found.events, found.asides)
            candidates = [c for s in shown.sentences for c in s.candidates]
            taken = [c.event for c in candidates if c.event]
            assert sorted(e.mention_id for e in taken) == sorted(e.mention_id for e in shown.events)
            asides = [c.aside for c in candidates if c.aside]
            assert {e.mention_id for e in asides} == {e.mention_id for e in shown.asides}


def test_an_aside_says_how_likely_the_article_tells_it(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles_only = DocumentModel(told={"1": -3.0, "title": 6.0}, lead={"1": 0.0}, threshold=0.5)
    monkeypatch.setattr(document, "load_document_model", lambda: titles_only)
    quiet = "Analysts said the quarter had been quiet for builders and shipyards alike. "
    filler = quiet * 10 + "Mills in the north ran four days of seven and hired nobody. " * 10
    text = "Canada on Tuesday raised its tariff on Chinese steel to 50%. " + filler
    title = "Canada raises tariff on Chinese steel to 50%"
    shown = told(extractor, text, title=title, kind="article")
    first, second = (c for s in shown.sentences for c in s.candidates if c.verdict != "refused")
    assert (first.verdict, second.verdict) == ("event", "aside")
    assert "the document model gives it 0.047, told from 0.500" in second.why
    page = page_of(shown)
    assert "1 event, 1 aside" in page
    assert ": aside</h3>" in page
    assert "told from 0.500" in page


def test_every_clue_stands_where_it_says(extractor: Extractor) -> None:
    text = (
        "The day was calm. China suspends its export ban on gallium, and Brussels may cut duties."
    )
    shown = told(extractor, text, kind="article")
    assert [(s.stage, s.text) for s in shown.stopped] == [("letters", "The day was calm.")]
    clues = [clue for s in shown.sentences for c in s.candidates for clue in c.clues]
    assert {clue.kind for clue in clues} >= {"type", "step"}
    for clue in clues:
        assert text[clue.start : clue.end] == clue.text
        assert clue.rule
    for sentence in shown.sentences:
        for word in sentence.words:
            assert text[word.start :].startswith(word.text)


def test_every_argument_has_a_reason_filled_or_empty(extractor: Extractor) -> None:
    for record in own_records()[::4]:
        for sentence in told(extractor, record["text"], kind="sentence").sentences:
            for candidate in sentence.candidates:
                assert candidate.why
                if candidate.event is None:
                    continue
                names = {value.name for value in candidate.arguments}
                assert names >= {"actors", "targets", "products", "rates", "dates", "instrument"}
                assert names >= {"companies", "amounts", "duration", "condition", "commodities"}
                assert "hs_codes" in names
                for value in (*candidate.labels, *candidate.arguments):
                    assert value.reason, value


def test_a_tariff_code_is_shown_with_the_words_that_give_it(extractor: Extractor) -> None:
    text = "The United States imposed tariffs on goods of headings 7402 through 7404."
    (sentence,) = told(extractor, text, kind="sentence").sentences
    (candidate,) = [c for c in sentence.candidates if c.event is not None]
    shown = [(v.name, v.value, v.reason) for v in candidate.arguments]
    words = f'"headings 7402 through 7404" at {text.index("headings")}'
    assert [s for s in shown if s[0] == "hs_codes"] == [
        ("hs_codes", code, words) for code in ("7402", "7403", "7404")
    ]
    assert ("commodities", "copper", "all goods of 7402 are") in shown


def test_what_is_refused_says_under_which_measure(extractor: Extractor) -> None:
    open_extractor = Extractor(gate=False)
    (sentence,) = told(open_extractor, "Tariffs are a tax, economists say").sentences
    (candidate,) = sentence.candidates
    assert candidate.event is None
    assert candidate.confidence < candidate.needed
    assert f"is under {candidate.needed:.3f}" in candidate.why
    assert "is under" in sentence.why


def test_each_sentence_says_how_far_it_came(extractor: Extractor) -> None:
    text = (
        "The day was calm. China bans exports of gallium. The port of the old town is lovely. "
        "Tariffs are a tax, economists say."
    )
    shown = told(extractor, text, kind="article")
    assert [s.text for s in shown.sentences] == ["China bans exports of gallium."]
    stages = [s.stage for s in shown.stopped]
    assert stages[:2] == ["letters", "ngrams"]
    assert set(stages[2:]) <= {"glance", "encoder"}
    for stop in shown.stopped:
        assert text[stop.start :].startswith(stop.text)
        if stop.stage != "letters":
            assert stop.chance is not None
            assert stop.needed is not None
            assert stop.chance < stop.needed
    page = page_of(shown)
    assert all(s.text in page for s in shown.stopped)


def test_a_second_reading_of_one_step_names_the_first(extractor: Extractor) -> None:
    rivals = [
        candidate
        for record in own_records()
        for sentence in told(extractor, record["text"], kind="sentence").sentences
        for candidate in sentence.candidates
        if candidate.event is None and candidate.confidence >= candidate.needed
    ]
    assert rivals
    reasons = ("surer", "no step")
    assert all(any(r in candidate.why for r in reasons) for candidate in rivals)
    assert any("surer" in candidate.why for candidate in rivals)


def test_a_lone_weak_clause_of_an_article_is_told(extractor: Extractor) -> None:
    for record in own_records():
        alone = told(extractor, record["text"], kind="sentence").events
        if len(alone) == 1 and alone[0].confidence < 0.78:
            break
    shown = told(extractor, record["text"], kind="article")
    assert shown.events == ()
    assert any("about something else" in c.why for s in shown.sentences for c in s.candidates)


@pytest.mark.parametrize(
    ("text", "reject"),
    [
        ("", "empty text"),
        ("x" * 2_000_001, "too long"),
        ("中国对稀土实施出口管制措施并立即生效，美国反对。", "script"),
    ],
)
def test_a_refused_text_says_why(extractor: Extractor, text: str, reject: str) -> None:
    shown = told(extractor, text, kind="article")
    assert reject in (shown.reject or "")
    assert shown.sentences == ()
    assert "refused" in page_of(shown)


def test_the_page_is_escaped_and_the_same_twice(extractor: Extractor) -> None:
    text = (
        'China banned exports of <script>alert(1)</script> gallium & "germanium" '
        "to <b>Japan</b> on Monday."
    )
    shown = told(extractor, text, title="<img src=x onerror=alert(2)>", kind="article")
    page = page_of(shown)
    assert page == page_of(explain(shown.unit, extractor))
    assert "<script" not in page
    assert "<img" not in page
    assert "&amp;" in page
    assert page.count("<svg") == 1
    assert "EVENT" in page


def test_the_parse_names_every_word_of_the_evidence(extractor: Extractor) -> None:
    text = "Officials said on Monday that the government would extend the pause on steel tariffs."
    (sentence,) = told(extractor, text, kind="sentence").sentences
    heads = {b.text[b.text.index("[") + 1 : b.text.index("]")] for b in sentence.branches}
    assert {"said", "extend", "pause", "on", "tariffs"} <= heads
    shown = " ".join(b.text for b in sentence.branches)
    assert all(word in shown for word in ("Monday", "government", "would", "steel"))


def test_no_word_is_lost_from_the_parse(extractor: Extractor) -> None:
    text = "Announcement No. 61 of 2025 on export control of rare earth related items abroad"
    (sentence,) = told(extractor, text).sentences
    shown = " ".join(b.text.replace("[", "").replace("]", "") for b in sentence.branches)
    assert set(text.replace(".", "").split()) <= set(shown.replace(".", "").split())

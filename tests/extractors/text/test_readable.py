"""Bad input: what is refused and why, what is blanked, and that noise gives no events."""

import json
import random
from functools import partial

import pytest

from extractors.extract import Extractor
from extractors.records import unit_from_record
from extractors.text.readable import MAX_CHARS, clean, reject_reason
from models.event import Extraction, TextUnit
from tests.timing import takes_at_most


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def read(extractor: Extractor, text: str, kind: str = "article", **more: str) -> Extraction:
    record = {"id": "u", "text": text, "kind": kind, "published": "2025-11-08", **more}
    # Through JSON, as a program would send it: a lone surrogate survives that.
    return extractor.extract_one(unit_from_record(json.loads(json.dumps(record))))


REFUSED = [
    pytest.param("", "empty text", id="empty"),
    pytest.param(" \n\t\u00a0 ", "empty text", id="blank"),
    pytest.param("A tariff is due. " * 300_000, "text too long: 5,100,000", id="5 MB"),
    pytest.param("\x00\x01tariff\x02" * 50, "control characters", id="binary"),
    pytest.param("tariff " * 250_000, "the same words over and over", id="one word for 2 MB"),
    pytest.param("China bans gallium exports " * 40_000, "over and over", id="one line for 1 MB"),
    pytest.param("TARIFF BAN EXPORT CONTROL " * 20, "over and over", id="four words"),
    pytest.param("tariff > " + "<!--" * 300_000, "over and over", id="comments never closed"),
    pytest.param("dGFyaWZmIGJhbg==" * 2000, "over and over", id="base64"),
    pytest.param("中国商务部宣布对稀土实施出口管制措施并立即生效", "script", id="Chinese"),
    pytest.param("Министерство ввело пошлины на импорт стали", "script", id="Russian"),
    pytest.param("الوزارة تفرض رسوم جمركية على واردات الصلب export ban", "script", id="Arabic"),
    pytest.param("משרד הכלכלה הטיל מכס על יבוא פלדה", "script", id="Hebrew"),
    pytest.param("Les États-Unis imposent des sanctions à la Russie", "language", id="French"),
    pytest.param("España levanta el embargo de los productos del mar", "language", id="Spanish"),
    pytest.param("Il governo vieta le esportazioni e impone la quota", "language", id="Italian"),
    pytest.param("Der Zoll auf das Öl ist nicht mit der EU vereinbart", "language", id="German"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_unreadable_texts_are_refused_at_once(extractor: Extractor, text: str, reason: str) -> None:
    found = takes_at_most(2, lambda: read(extractor, text))
    assert reason in (found.reject or "")
    assert found.events == ()


@pytest.mark.parametrize(
    "text",
    [
        "EUA impõem tariff de 25% sobre o aço; embargo",
        "USA verhängen Sanktionen gegen China: Export-Stopp für Chips",
        "Nederland beperkt export van ASML machines, embargo",
        "🇨🇳🚫🇺🇸 tariff 🔥🔥 ban ban 😂",
        "Home | News | Tariffs | China | Export controls | Sanctions\nPrivacy Policy",
        '{"tariff": {"export_ban": true, "country": "China", "rate": "25%"}}',
        "def impose_tariff(china, rate=25): return ban(export(china))",
        "<script>let t = 'India bans rice exports';</script><p>The weather was fine.</p>",
        "<style>.us:after{content:'China bans gallium exports'}</style><p>Nothing.</p>",
        "<!-- India bans rice exports --><p>The weather was fine.</p>",
        "C̷h̷i̷n̷a̷ b̷a̷n̷s̷ t̷a̷r̷i̷f̷f̷s̷",
        "tariff %%% $$$ 25% 25% ???",
        "\u202eسعر tariff\u202c",
    ],
)
@pytest.mark.parametrize("kind", ["headline", "article"])
def test_no_event_comes_out_of_noise(extractor: Extractor, text: str, kind: str) -> None:
    assert read(extractor, text, kind).events == ()


@pytest.mark.parametrize(
    "text",
    [
        "China bans \ud83d gallium exports to US",
        "🚨 BREAKING 🚨 China bans gallium exports to 🇺🇸 US 😱",
        "\u202bChina bans gallium exports\u202c שלום",
        "\ufeffChina bans gallium exports\x00 to US\u200b",
        "<p><b>China</b> bans <a href='x'>gallium</a> exports to US</p>",
        "China&nbsp;bans gallium exports to US&#8217;s chip makers",
    ],
)
def test_an_event_in_a_dirty_text_is_found_where_it_stands(extractor: Extractor, text: str) -> None:
    (event,) = read(extractor, text, "headline").events
    assert (event.type.value, event.actors) == ("export_ban", ("CN",))
    assert clean(text)[event.start : event.end] == event.trigger


@pytest.mark.parametrize("field", ["title", "context"])
def test_a_lone_surrogate_in_any_field_does_not_crash(extractor: Extractor, field: str) -> None:
    found = read(extractor, "China bans gallium exports to US. Shares fell.", **{field: "a\ud800b"})
    assert found.reject is None


def test_an_article_may_have_a_title_only(extractor: Extractor) -> None:
    assert reject_reason(TextUnit(unit_id="u", text="", title="India bans rice exports")) is None
    found = read(extractor, "", title="India bans rice exports")
    assert [event.field for event in found.events] == ["title"]


def test_cleaning_keeps_every_offset() -> None:
    pieces = ["<b>", "</b>", "<!--", "-->", "<script>", "</script>", "&amp;", "&#8217;", "&x;"]
    pieces += ["India ", "tariff", "\x00", "\u202e", "<", ">", "&", ";", "\ud83d", "🚨", "&nbsp;"]
    draw = random.Random(5)
    for _ in range(500):
        text = "".join(draw.choices(pieces, k=30))
        assert len(clean(text)) == len(text)
    assert clean("India&#8217;s <i>ban</i>") == "India      ’s    ban    "
    assert clean("a &lt;b&gt; &unknown; c") == "a    <b   > &unknown; c"


def test_mark_up_made_to_be_slow_is_read_in_time() -> None:
    draw = random.Random(6)
    for unit in ("<!--", "<script>", "<a ", "&", "<style x", "-->"):
        text = "".join(f"{unit}{draw.random()}" for _ in range(80_000))[:MAX_CHARS]
        takes_at_most(3, partial(clean, text + ">;</script>"))

"""Who acts by the grammar of a sentence: each rule with a case that it leaves alone."""

import pytest

from extractors.extract import Extractor
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def first_step(extractor: Extractor, text: str) -> EventMention:
    unit = TextUnit(unit_id="a", text=text, kind="sentence")
    return extractor.extract_one(unit).events[-1]


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Mexico answered the Canadian tariff with duties of 20% on wheat and pork.", "MX"),
        ("Mexico welcomed the Canadian tariff of 20% on wheat and pork.", "CA"),
    ],
)
def test_who_answers_acts(extractor: Extractor, text: str, actor: str) -> None:
    assert first_step(extractor, text).actors == (actor,)


@pytest.mark.parametrize(
    ("before", "actor"),
    [
        ("Peru answered on 4 October.", "PE"),
        ("Farmers in Chile and Peru had asked for it.", "CL"),
    ],
)
def test_the_ministry_is_that_of_the_state_just_named(
    extractor: Extractor, before: str, actor: str
) -> None:
    unit = TextUnit(
        unit_id="a",
        text="The trade ministry banned exports of copper scrap.",
        title="Chile takes control of smelter; copper scrap held at the border",
        context=before,
        kind="sentence",
    )
    (event,) = extractor.extract_one(unit).events
    assert event.actors == (actor,)


@pytest.mark.parametrize(
    ("text", "actors", "targets"),
    [
        ("Kenya's sales of tea to Sudanese users remain prohibited.", ("KE",), ("SD",)),
        ("From May, nobody may ship copper out of Zambia without a licence.", ("ZM",), ()),
    ],
)
def test_goods_leave_the_actor_for_whom_it_hits(
    extractor: Extractor, text: str, actors: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    step = first_step(extractor, text)
    assert (step.actors, step.targets) == (actors, targets)


def test_whom_the_sentence_sells_to_does_not_act(extractor: Extractor) -> None:
    unit = TextUnit(
        unit_id="a",
        text="Sales of graphite to Indian military users remain prohibited.",
        context="China eased its rules on graphite on Monday.",
        kind="sentence",
    )
    (event,) = extractor.extract_one(unit).events
    assert (event.actors, event.targets) == (("CN",), ("IN",))


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Chile restricts lithium exports, regulators in Santiago say", ("CL",)),
        ("Curbs on lithium exports were tightened, and traders in Tokyo sell what they have.", ()),
    ],
)
def test_onlookers_do_not_act(extractor: Extractor, text: str, actors: tuple[str, ...]) -> None:
    assert first_step(extractor, text).actors == actors


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("In March the Supreme Court of Brazil struck the tariffs down.", ("BR",)),
        ("In March India's Supreme Court struck the tariffs down.", ("IN",)),
        ("In March the Supreme Court struck the tariffs down.", ("US",)),
    ],
)
def test_a_court_is_that_of_the_state_beside_it(
    extractor: Extractor, text: str, actors: tuple[str, ...]
) -> None:
    unit = TextUnit(unit_id="a", text=text, kind="sentence")
    # "Struck" and "down" are one step.
    (event,) = extractor.extract_one(unit).events
    assert (event.status, event.actors) == ("lifted", actors)


@pytest.mark.parametrize(
    "text",
    [
        "China issued general licences under which graphite can be shipped to users in Japan.",
        "The export of all dual-use items to Japanese military users is prohibited by China.",
    ],
)
def test_whom_goods_go_to_is_hit(extractor: Extractor, text: str) -> None:
    step = first_step(extractor, text)
    assert (step.actors, step.targets) == (("CN",), ("JP",))


@pytest.mark.parametrize(
    ("text", "actors", "targets"),
    [
        # Who only hosts or calls off a meeting makes no deal.
        (
            "Up in the air is the next step after Chile canceled the meeting where Japan and Peru"
            " intended to sign a trade pact.",
            ("JP", "PE"),
            (),
        ),
        ("Peru's exports of copper to Chile are subject to a 6% tariff.", ("CL",), ("PE",)),
        (
            "American importers will have to pay tariffs of 25% on Chilean copper.",
            ("US",),
            ("CL",),
        ),
        (
            "The United States gives notice of the 2026 tariff-rate quota quantities under the"
            " U.S.-Australia Free Trade Agreement.",
            ("US",),
            ("AU",),
        ),
        (
            "The United States set the rate of duty for products of Peru, Chile, or a member"
            " nation of the European Union at 15 percent.",
            ("US",),
            ("PE", "CL", "EU"),
        ),
        (
            "Last year the United States cut its tariff on cars shipped by British carmakers to 10"
            " percent.",
            ("US",),
            ("GB",),
        ),
    ],
)
def test_who_acts_by_what_is_made_where_and_paid_by_whom(
    extractor: Extractor, text: str, actors: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    event = first_step(extractor, text)
    assert (set(event.actors), set(event.targets)) == (set(actors), set(targets))


def test_a_payer_does_not_charge(extractor: Extractor) -> None:
    event = first_step(extractor, "Chile will have to pay tariffs on its copper, Washington said.")
    assert "CL" not in event.actors


def test_the_title_of_an_order_acts_for_nobody(extractor: Extractor) -> None:
    text = (
        "Executive Order 14329 of August 6, 2025 (Addressing Threats to the United States by the"
        " Government of Belarus) imposed a duty on articles that are products of India."
    )
    assert "BY" not in first_step(extractor, text).actors

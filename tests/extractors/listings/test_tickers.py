"""Names and tags to listings: what counts, what does not, and what needs context."""

import pytest

from extractors.listings.relevance import subjects
from extractors.listings.tickers import TickerLinker


@pytest.fixture(scope="module")
def linker() -> TickerLinker:
    return TickerLinker.from_reference()


def named(linker: TickerLinker, text: str, title: str | None = None) -> set[str]:
    return {m.listing_id for m in linker.find_listings(text, title)}


@pytest.mark.parametrize(
    ("text", "listing"),
    [
        ("Magnet maker (NYSE: MP) opened a plant.", "XNYS:MP"),
        ("The miner (ASX:LYC) rose.", "XASX:LYC"),
        ("Traders bought $MP on the news.", "XNYS:MP"),
        ("Shares of MP.N gained.", "XNYS:MP"),
        ("Lynas Rare Earths (LYC.AX) rose.", "XASX:LYC"),
        ("Producers such as MP MaterialsMP-- (MP) gained.", "XNYS:MP"),
        ("Energy Fuels Inc. (UUUU) turned to rare earths.", "XASE:UUUU"),
        ("Toyota (TSE: 7203) idled a line.", "XTKS:7203"),
        ("A spokesman for Nvidia declined to comment.", "XNAS:NVDA"),
        ("A spokesman for NVIDIA Corporation declined to comment.", "XNAS:NVDA"),
        ("The Coca Cola Company raised prices.", "XNYS:KO"),
        ("Procter and Gamble’s sales fell.", "XNYS:PG"),
        ("United States Steel’s mills are busy.", "XNYS:X"),
        ("Shares of Critical Metals Corp. rose.", "XNAS:CRML"),
        ("Apple moved iPhone assembly to India.", "XNAS:AAPL"),
        ("Ford and rival carmaker General Motors paused exports.", "XNYS:F"),
        ("YouTube removed the clip.", "XNAS:GOOGL"),
        ("Nexperia wafers were held at the border.", "XSHG:600745"),
    ],
)
def test_a_listing_is_found(linker: TickerLinker, text: str, listing: str) -> None:
    assert listing in named(linker, text)


@pytest.mark.parametrize(
    "text",
    [
        "Labour MP Jane Doe asked about quotas.",
        "The bank kept its price target; the Target of the plan is clear.",
        "Premier Doug Ford pulled the advertisement.",
        "An apple a day; Apple orchards in Poland.",
        "The gap between the offers is wide. The Gap in trade grew.",
        "Producers of critical metals want a price floor. Critical metals are scarce.",
        "LNG cargoes from the LNG terminal; ON the other hand.",
        "Reliance on imports grew.",
        "Taiwan said it would comply.",
        "Follow us on Facebook, LinkedIn and YouTube.",
        "The estimate P($MP(x)) is not a price.",
        "Sales were $37.3M in the quarter.",
        "Read it in the Los Alamos paper.",
        "The Ford Foundation gave money.",
        "She spoke to Reuters.",
    ],
)
def test_other_uses_of_the_words_are_ignored(linker: TickerLinker, text: str) -> None:
    assert named(linker, text) == set()


def test_a_short_name_counts_once_the_full_one_is_given(linker: TickerLinker) -> None:
    alone = "Calidi said the trial went on."
    introduced = "Calidi Biotherapeutics, Inc. opened a trial. Calidi said the trial went on."
    assert len(linker.find_listings(introduced)) > len(linker.find_listings(alone))
    assert {m.issuer_id for m in linker.find_listings(introduced)} == {"cik:0001855485"}


def test_the_full_name_may_follow_in_the_text_after_the_headline(linker: TickerLinker) -> None:
    mentions = linker.find_listings("MP Materials Corp. said so.", "MP to double magnet output")
    assert [(m.field, m.listing_id) for m in mentions] == [
        ("title", "XNYS:MP"),
        ("body", "XNYS:MP"),
    ]


def test_a_term_defined_in_the_text_is_followed(linker: TickerLinker) -> None:
    text = "Freeport-McMoRan Inc. (“Freeport”) mines copper. Later, Freeport cut its plan."
    assert [m.text for m in linker.find_listings(text)] == [
        "Freeport-McMoRan",
        "Freeport",
        "Freeport",
    ]


def test_initials_defined_for_something_else_do_not_count(linker: TickerLinker) -> None:
    assert "XETR:BMW" in named(linker, "BMW paused exports.")
    text = "Bavarian Metal Wire (“BMW”) is a newsletter. BMW is free."
    assert "XETR:BMW" not in named(linker, text)


def test_subsidiaries_and_brands_name_their_parent(linker: TickerLinker) -> None:
    (mention,) = linker.find_listings("Waymo paused its cars.")
    assert (mention.listing_id, mention.kind) == ("XNAS:GOOGL", "subsidiary")
    assert "subsidiary of Alphabet" in mention.why


def test_offsets_point_at_the_words(linker: TickerLinker) -> None:
    title = "Duties hit “Nucor” rivals"
    text = "Nucor’s rivals — among them Cleveland-Cliffs (NYSE: CLF) — fell."
    for mention in linker.find_listings(text, title):
        source = title if mention.field == "title" else text
        assert source[mention.start : mention.end] == mention.text


def test_relevance_follows_title_lead_and_frequency(linker: TickerLinker) -> None:
    filler = "The ministry gave no date for the rule and no list of goods. " * 12
    text = f"Nucor raised prices. Nucor said so. {filler} Steel Dynamics did not."
    score = {m.listing_id: m.relevance for m in linker.find_listings(text, "Nucor raises prices")}
    assert score["XNYS:NUE"] > score["XNAS:STLD"]
    assert all(0 <= value <= 100 for value in score.values())


def test_reading_is_the_same_twice(linker: TickerLinker) -> None:
    text = "MP Materials (NYSE: MP) and Lynas gained; Apple, maker of the iPhone, did not."
    assert linker.find_listings(text) == linker.find_listings(text)


def test_an_empty_text_names_nobody(linker: TickerLinker) -> None:
    assert linker.find_listings("", "") == ()


def test_a_full_legal_name_counts_though_its_words_are_common(linker: TickerLinker) -> None:
    assert named(linker, "Rivals such as Apple Inc. and NIO Inc. were not asked.") == {
        "XNAS:AAPL",
        "XNYS:NIO",
    }
    assert named(linker, "The target company and the gap co-exist.") == set()


def test_subjects_differ_from_passing_mentions(linker: TickerLinker) -> None:
    text = (
        "MP Materials Corp. will double its magnet plant in Texas. The ministry gave no date. "
        + "Nothing else was said about the plan or its cost. " * 10
        + "A former manager of IBM will run it."
    )
    mentions = linker.find_listings(text, "MP Materials to double magnet output")
    assert {m.listing_id for m in mentions} == {"XNYS:MP", "XNYS:IBM"}
    assert subjects(mentions) == {"cik:0001801368"}
    assert subjects(()) == frozenset()


def test_a_name_inside_the_title_of_an_act_is_no_firm(linker: TickerLinker) -> None:
    for text in (
        "The Lilly Ledbetter Fair Pay Act was signed in 2009 and amended later.",
        "Lawmakers passed the Boeing Safety and Oversight Act on Monday.",
        "Hearings on the Ford Motor Safety Bill began yesterday without witnesses.",
    ):
        assert named(linker, text) == set(), text
    assert named(linker, "Intel was paid under the CHIPS and Science Act.") == {"XNAS:INTC"}
    assert named(linker, "The state signed off Intel CHIPS Act funds.") == {"XNAS:INTC"}
    assert named(linker, "Micron and Intel of the CHIPS Act fame met.") == {
        "XNAS:MU",
        "XNAS:INTC",
    }


def test_a_name_in_an_address_or_of_another_thing_does_not_count(linker: TickerLinker) -> None:
    assert named(linker, "https://desk.example/x?utm_source=LinkedIn&utm_medium=social") == set()
    assert named(linker, "Asahi Linux warns users not to upgrade") == set()
    assert named(linker, "Asahi raises the price of its beer") == {"OTCM:ASBHY"}

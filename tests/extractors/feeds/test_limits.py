"""Pathological feeds are cut before parsing; ordinary feeds stay unchanged."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.hostile_feeds import CHANNEL, ITEM, rss
from extractors.feeds.limits import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_ENTRIES,
    MAX_NAME_BYTES,
    within_limits,
)
from extractors.feeds.parse import parse_feed
from extractors.text.plain_text import title_text
from models.feed import FetchedFeed, ParsedFeed
from tests.timing import grows_linearly, takes_at_most

SEEN = datetime(2025, 11, 10, 12, tzinfo=UTC)
AFTER = "<title>B</title>"


def parsed(body: bytes) -> ParsedFeed:
    return parse_feed(
        FetchedFeed(feed_id="f", url="https://f.example/", status=200, fetched_at=SEEN, body=body)
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("<author>" + "a." * 100_000 + "@</author>", "names of more than 2,000 bytes cut"),
        (
            "".join(f"<category>c{n}</category>" for n in range(60_000)),
            "entries cut after 3,000 elements",
        ),
        ('<div xml:base="a/">' * 50_000 + "</div>" * 50_000, "more than 250 deep"),
        (f'<enclosure url="{"u" * 200_000}"/><x><y/></x>', "tags of more than 65,536 bytes"),
        ("<x>" * 300 + "</x>" * 300, "more than 250 deep"),
    ],
)
def test_excess_is_cut_and_noted_and_entries_stay(more: str, said: str) -> None:
    items = ITEM.format(guid="1", more=more) + ITEM.format(guid="2", more="<x><y/></x>")
    body = CHANNEL.format(items=items).encode()
    feed = takes_at_most(10, lambda: parsed(body))
    assert [entry.guid for entry in feed.entries] == ["1", "2"]
    assert said in (feed.bozo or "")


def test_entries_beyond_the_limit_are_left_out_and_counted() -> None:
    # feedparser takes an element inside another for a feed.
    items = "".join(ITEM.format(guid=n, more="<x><y/></x>") for n in range(MAX_ENTRIES + 7))
    body, cuts = within_limits(CHANNEL.format(items=items).encode())
    assert cuts == ("entries beyond the first 10,000 left out: 7",)
    assert body.count(b"<item>") == MAX_ENTRIES
    assert body.endswith(b"</item></channel></rss>")


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_all_readers_count_what_they_leave_out(kind: str) -> None:
    many = MAX_ENTRIES + 3
    bodies = {
        "rss": CHANNEL.format(items="".join(ITEM.format(guid=n, more="") for n in range(many))),
        "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
        + "".join(f'<entry><id>{n}</id><link href="/{n}"/></entry>' for n in range(many))
        + "</feed>",
        "json": '{"version":"https://jsonfeed.org/version/1.1","items":['
        + ",".join(f'{{"id":"{n}","title":"t"}}' for n in range(many))
        + "]}",
    }
    feed = parsed(bodies[kind].encode())
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.bozo == "entries beyond the first 10,000 left out: 3"


def test_an_id_of_five_thousand_digits_is_an_id() -> None:
    body = '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":%s,"title":"t"}]}'
    (entry,) = parsed((body % ("9" * 5000)).encode()).entries
    assert entry.guid == "9" * 5000


def test_an_address_that_is_too_long_is_left_out_not_cut() -> None:
    long = "https://f.example/" + "a" * MAX_NAME_BYTES
    body, cuts = within_limits(rss(f"<link>{long}</link><author>{'a' * 3000}</author>"))
    assert b"<link></link>" in body
    assert b"<author>" + b"a" * MAX_NAME_BYTES + b"</author>" in body
    assert cuts == ("names of more than 2,000 bytes cut: 2",)


def test_a_cut_name_ends_with_a_whole_character_and_entity() -> None:
    name = "a" * (MAX_NAME_BYTES - 3) + "&amp;é" * 9
    body, _ = within_limits(rss(f"<author>{name}</author>"))
    assert b"<author>" + b"a" * (MAX_NAME_BYTES - 3) + b"</author>" in body


def test_texts_may_be_long_with_any_content() -> None:
    prose = "<p>" + "word " * 2000 + "</p>"
    body = rss(
        f"<description><![CDATA[{prose * 50}]]></description>"
        f'<content type="xhtml"><div>{prose * 20}</div></content>'
        f"<title>{'long ' * 900}</title>"
    )
    assert within_limits(body) == (body, ())


@given(
    st.lists(
        st.sampled_from(
            [
                "<item>",
                "</item>",
                "<a>",
                "</a>",
                "<br>",
                "<b/>",
                "text",
                "<![CDATA[",
                "]]>",
                "<!--",
                "-->",
                "<",
                ">",
                "&amp;",
                "é",
                "<?x?>",
                "<description>",
                "</description>",
                "\x00",
            ]
        ),
        max_size=60,
    )
)
def test_feeds_within_the_limits_are_unchanged(parts: list[str]) -> None:
    body = "".join(parts).encode()
    assert within_limits(body) == (body, ())


@pytest.mark.parametrize(
    "piece",
    b"<![CDATA[|<!--|<?|<a|<|<a |</|<a>|</a>|<item>|&|<br>".split(b"|"),
)
def test_the_scan_is_linear_in_bytes_that_never_close(piece: bytes) -> None:
    def scan(size: int) -> None:
        within_limits(b"<rss><channel><item>" + piece * (size // len(piece)))

    grows_linearly(scan, 200_000, spare=0.2)


def test_what_is_cut_leaves_a_feed_that_is_still_well_formed() -> None:
    more = "<x>" * 10 + "<y/>" * (MAX_ELEMENTS + 50) + "</x>" * 10 + "<z/>" * 9
    body, cuts = within_limits(rss(more).replace(b"</channel>", AFTER.encode() + b"</channel>"))
    assert cuts == ("entries cut after 3,000 elements: 1",)
    assert body.endswith(b"</x>" * 10 + b"</item><title>B</title></channel></rss>")
    deep, _ = within_limits(rss("<d>t" * 400 + "</d>" * 400))
    assert deep.count(b"<d>") == deep.count(b"</d>") == MAX_DEPTH - 3


def test_a_title_of_unclosed_scripts_takes_no_time() -> None:
    takes_at_most(2, lambda: title_text("<script>" * 100_000))

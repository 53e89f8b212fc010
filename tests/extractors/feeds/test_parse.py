import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.feeds.limits import MAX_ENTRIES
from extractors.feeds.parse import find_alternates, parse_feed
from models.errors import FeedParseError
from models.feed import FetchedFeed, ParsedFeed
from tests.extractors.feed_samples import ATOM, HTML_PAGE, JSON_FEED, RDF, RSS2
from tests.timing import takes_at_most

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)


def fetched(body: bytes | str, content_type: str | None = None) -> FetchedFeed:
    return FetchedFeed(
        feed_id="desk",
        url="https://desk.example/feed.xml",
        status=200,
        fetched_at=NOW,
        headers=(("Content-Type", content_type),) if content_type else (),
        body=body.encode() if isinstance(body, str) else body,
    )


def parse(body: bytes | str, content_type: str | None = None) -> ParsedFeed:
    return parse_feed(fetched(body, content_type))


def rss(*items: str) -> str:
    inside = "".join(f"<item>{i}</item>" for i in items)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{inside}</channel></rss>'
    )


def test_rss_gives_all_it_says() -> None:
    feed = parse(RSS2, "application/rss+xml; charset=utf-8")
    assert (feed.title, feed.language, feed.format, feed.bozo) == (
        "Harbour Desk",
        "en-gb",
        "rss20",
        None,
    )
    first, second = feed.entries
    assert first.guid == "desk-1"
    assert first.title == "Ministry & customs delay the quota"
    assert first.link == "https://desk.example/quota?utm_source=rss"
    assert first.published_at == datetime(2025, 11, 10, 7, 30, tzinfo=UTC)
    assert first.content_html.startswith("<p>The whole")
    assert first.authors == ("A. Writer",)
    assert first.tags == ("trade",)
    assert second.guid is None
    assert second.link == "https://desk.example/relative/path"
    assert second.published_at is None
    assert second.published_text == "not a date"


def test_the_longest_wait_a_feed_asks_for_is_its_ttl() -> None:
    assert parse(RSS2).ttl_s == 6 * 3600


def test_atom_keeps_both_dates_apart() -> None:
    feed = parse(ATOM)
    (entry,) = feed.entries
    assert entry.title == "Zoll & Quote"
    assert entry.link == "https://blatt.example/1"
    assert entry.published_at == datetime(2025, 11, 9, 7, 30, tzinfo=UTC)
    assert entry.updated_at == datetime(2025, 11, 10, 7, 30, tzinfo=UTC)
    assert entry.language == "de"
    assert feed.self_url == "https://blatt.example/atom"


def test_rdf_is_read() -> None:
    (entry,) = parse(RDF).entries
    assert entry.title == "Licence rules eased"
    assert entry.updated_at == datetime(2025, 11, 9, 23, 30, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    feed = parse(JSON_FEED, "application/feed+json")
    first, second = feed.entries
    assert (first.guid, first.link) == ("7", "https://desk.example/seven")
    assert first.published_at == datetime(2025, 11, 10, 6, 30, tzinfo=UTC)
    assert (first.authors, first.tags) == (("B. Writer",), ("trade",))
    assert (second.guid, second.link) == ("8", "https://elsewhere.example/8")


@pytest.mark.parametrize(
    "body", ['{"hello": 1}', "[1, 2]", '{"items": [1]}', '{"version": "x"', "{" * 5000]
)
def test_other_json_is_not_a_feed(body: str) -> None:
    with pytest.raises(FeedParseError):
        parse(body)


def test_a_page_instead_of_a_feed_names_the_feeds_it_points_to() -> None:
    with pytest.raises(FeedParseError) as caught:
        parse(HTML_PAGE, "text/html; charset=utf-8")
    assert caught.value.kind == "not_a_feed"
    assert caught.value.alternates == (
        "https://desk.example/rss.xml",
        "https://desk.example/atom.xml",
    )
    assert "text/html" in caught.value.reason
    assert "https://desk.example/rss.xml" in caught.value.reason


def test_alternates_come_from_link_elements_of_feed_types_only() -> None:
    page = b'<link rel="alternate" type="text/html" href="/x"><a rel=alternate href=/y>y</a>'
    assert find_alternates(page, "https://desk.example/") == ()


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("<!doctype html><body>Please enable JavaScript</body>", "browser check"),
        ('<?xml version="1.0"?><urlset><url/></urlset>', "root <urlset>"),
        ("%PDF-1.7 ...", "PDF"),
        ("just words", "unknown type"),
    ],
)
def test_a_body_that_is_not_a_feed_is_described(body: str, hint: str) -> None:
    with pytest.raises(FeedParseError, match=hint):
        parse(body)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss()).entries == ()


def test_a_truncated_feed_gives_what_it_holds_with_the_reason() -> None:
    body = rss(*(f"<title>Story {n}</title><guid>{n}</guid>" for n in range(10)))
    feed = parse(body[: len(body) * 2 // 3])
    assert feed.bozo is not None
    assert [e.title for e in feed.entries[:6]] == [f"Story {n}" for n in range(6)]


def test_control_characters_and_leading_space_cost_nothing() -> None:
    feed = parse("\n  " + rss("<title>Quota\x0b cut</title><guid>1</guid>"))
    assert feed.bozo is None
    assert feed.entries[0].title == "Quota cut"
    assert "control characters" in feed.notes


@pytest.mark.parametrize(
    ("declared", "http", "actual"),
    [
        ("utf-8", "utf-8", "windows-1252"),
        ("utf-8", None, "windows-1252"),
        ("iso-8859-1", None, "utf-8"),
        ("utf-8", "iso-8859-1", "utf-8"),
        ("windows-1251", None, "windows-1252"),
        ("nonsense", "nonsense", "utf-8"),
        ("idna", None, "utf-8"),
        ("utf-16", None, "utf-16"),
    ],
)
def test_wrongly_declared_charsets(declared: str, http: str | None, actual: str) -> None:
    title = "Zölle auf Stahl – Kürzung" if actual != "windows-1252" else "Zölle auf Stahl"
    body = rss(f"<title>{title}</title><guid>1</guid>").replace(
        '"1.0"?', f'"1.0" encoding="{declared}"?'
    )
    kind = f"application/rss+xml; charset={http}" if http else "application/rss+xml"
    (entry,) = parse(body.encode(actual), kind).entries
    if declared == "windows-1251":
        assert entry.title.endswith("auf Stahl")
    else:
        assert entry.title == title


def test_one_guid_on_different_links_identifies_none_of_them() -> None:
    feed = parse(
        rss(
            "<title>One</title><link>https://desk.example/1</link><guid isPermaLink='no'>g</guid>",
            "<title>Two</title><link>https://desk.example/2</link><guid isPermaLink='no'>g</guid>",
        )
    )
    assert [(e.guid, e.title) for e in feed.entries] == [(None, "One"), (None, "Two")]
    assert "1 guid on several entries, not used" in feed.notes


def test_an_entry_repeated_in_a_feed_comes_once() -> None:
    item = "<title>One</title><link>https://desk.example/1</link><guid isPermaLink='false'>g</guid>"
    feed = parse(rss(item, item))
    assert len(feed.entries) == 1
    assert feed.notes == ("1 entry repeated",)


def test_one_bad_entry_never_sinks_a_feed_but_all_of_them_do() -> None:
    feed = parse(rss("<author>x</author>", "<title>Good</title>"))
    assert [e.title for e in feed.entries] == ["Good"]
    with pytest.raises(FeedParseError, match="all 2 entries"):
        parse(rss("<author>x</author>", "<category>y</category>"))


def test_unusual_dates_are_read_or_kept_as_text() -> None:
    feed = parse(
        rss(
            "<title>a</title><pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate>",
            "<title>b</title><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>",
            "<title>c</title><pubDate>32 Foo 2025</pubDate>",
        )
    )
    years = [e.published_at.year if e.published_at else e.published_text for e in feed.entries]
    assert years == ["Fri, 31 Dec 9999 23:59:59 GMT", 1970, "32 Foo 2025"]


def test_titles_are_plain_text() -> None:
    titles = {
        "<title>Duty &lt;b&gt;cut&lt;/b&gt;</title>": "Duty cut",
        "<title>5 &lt; 6 and 7 &gt; 6</title>": "5 < 6 and 7 > 6",
        "<title>A&amp;amp;B &amp;#8211; C</title>": "A&B – C",
        "<title><![CDATA[  Many\n   spaces ]]></title>": "Many spaces",
    }
    feed = parse(rss(*titles))
    assert [e.title for e in feed.entries] == list(titles.values())


def test_entities_declared_in_the_feed_never_grow_beyond_reason() -> None:
    levels = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol" * 10}">' for n in range(10)
    )
    body = f'<?xml version="1.0"?><!DOCTYPE rss [{levels}]>' + rss("<title>&l9;</title>")[21:]
    feed = takes_at_most(5, lambda: parse(body))
    assert len(feed.entries[0].title) < 100_000


def test_external_entities_are_not_read() -> None:
    body = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        '<rss version="2.0"><channel><item><title>[&x;]</title></item></channel></rss>'
    )
    titles = [e.title for e in parse(body).entries]
    assert titles in (["[]"], ["[&x;]"])


def test_bodies_that_look_like_addresses_or_paths_are_not_opened() -> None:
    for body in ("http://127.0.0.1:1/feed", "/etc/passwd", "feeds.toml"):
        with pytest.raises(FeedParseError):
            parse(body)


def test_excess_entries_are_cut() -> None:
    body = rss(*(f"<title>{n}</title>" for n in range(MAX_ENTRIES + 5)))
    assert len(parse(body).entries) == MAX_ENTRIES


def test_deep_nesting_ends() -> None:
    body = rss("<title>x</title><description>" + "<div>" * 5_000 + "</description>")
    assert parse(body).entries[0].title == "x"


def test_results_and_errors_cross_to_worker_processes() -> None:
    feed = parse(RSS2)
    assert pickle.loads(pickle.dumps(feed)) == feed
    with pytest.raises(FeedParseError) as caught:
        parse(HTML_PAGE)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.kind, copy.alternates) == (
        str(caught.value),
        caught.value.kind,
        caught.value.alternates,
    )


SEEDS = [RSS2.encode(), ATOM.encode(), RDF.encode(), JSON_FEED.encode(), HTML_PAGE.encode()]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A feed with pieces cut out, doubled or overwritten."""
    body = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(body) - 1)))
        length = draw(st.integers(0, 60))
        junk = draw(st.binary(max_size=20) | st.sampled_from([b"<", b"&", b"]]>", b"<![CDATA["]))
        body[at : at + length] = junk
    return bytes(body)


@settings(max_examples=150, deadline=5000)
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8")) | damaged(),
    st.sampled_from([None, "text/xml", "text/html; charset=x", "application/json; charset=utf-7"]),
)
def test_any_bytes_give_entries_or_a_feed_parse_error(body: bytes, kind: str | None) -> None:
    try:
        feed = parse(body, kind)
    except FeedParseError:
        return
    for entry in feed.entries:
        # Every result can be written as JSON, Arrow and UTF-8.
        fields = (entry.title, entry.guid, entry.link, entry.summary_html, entry.content_html)
        json.dumps(fields, ensure_ascii=False).encode("utf-8")


@settings(max_examples=50, deadline=5000)
@given(
    st.lists(
        st.tuples(
            st.text("abc äöü中<>&;'\"", max_size=30),
            st.integers(0, 3),
        ),
        max_size=12,
    )
)
def test_json_feeds_round_trip(items: list[tuple[str, int]]) -> None:
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": str(n), "url": f"https://x.example/{n}", "title": t} for t, n in items],
    }
    feed = parse(json.dumps(data))
    assert {e.guid for e in feed.entries} == {str(n) for _, n in items}

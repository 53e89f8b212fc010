"""The fast path gives the same entries as feedparser, or leaves the feed to it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors.feeds.parse as feed_module
from extractors.feeds.fast_path import read_simple_feed
from extractors.feeds.parse import parse_all
from models.errors import FeedParseError
from models.feed import FetchedFeed, ParsedFeed
from tests.extractors.feed_samples import ATOM, RSS2

BASE = "https://desk.example/dir/feed.xml"


def both(body: str, language: str | None = None) -> tuple[ParsedFeed | str, ParsedFeed | str, bool]:
    """(with the quick reader, by feedparser alone, whether the quick reader took it)."""
    headers = (("content-language", language),) if language else ()
    fetched = FetchedFeed(
        feed_id="f",
        url=BASE,
        status=200,
        fetched_at=datetime(2025, 11, 10, tzinfo=UTC),
        headers=headers,
        body=body.encode("utf-8", "surrogatepass"),
    )
    taken = read_simple_feed(fetched.body, base=BASE, language=language) is not None
    quick = outcome(fetched)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed_module, "read_simple_feed", lambda *_a, **_k: None)
        slow = outcome(fetched)
    return quick, slow, taken


def outcome(fetched: FetchedFeed) -> ParsedFeed | str:
    try:
        return parse_all(fetched)
    except FeedParseError as error:
        return str(error)


def rss(item: str, channel: str = "<title>T</title>", root: str = 'version="2.0"') -> str:
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:a="http://www.w3.org/2005/Atom"'
    )
    return f"<rss {root} {spaces}><channel>{channel}<item>{item}</item></channel></rss>"


def atom(entry: str, root: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {root}><title>T</title>'
        f'<entry><id>urn:1</id><link href="/a"/>{entry}</entry></feed>'
    )


USUAL = [
    RSS2,
    rss("<title>A &amp; B</title><link> /a?x=1&amp;y=2 </link><guid>https://x.example/1</guid>"),
    rss("<title>x</title><guid>relative</guid>"),
    rss("<title>x</title><guid isPermaLink='false'>not a link</guid>"),
    rss("<title/><description><![CDATA[<p>One</p>]]></description>"),
    rss("<title>x</title><pubDate>10 Nov 2025 08:00:00 EST</pubDate><dc:date>2025-11-09</dc:date>"),
    rss("<title>x</title><pubDate>nonsense</pubDate><category domain='d'>a</category>"),
    rss("<guid>/g</guid><media:content url='u'/><enclosure url='u'/><dc:creator>A B</dc:creator>"),
    rss("<title>x</title><description>s</description><content:encoded>c</content:encoded>"),
    rss("<title>x</title>", channel="<title>T</title><language>de_AT</language><ttl>30</ttl>"),
    rss("<link>b</link>", root='version="2.0" xml:base="https://other.example/dir/"'),
    atom("<title type='html'>&lt;b&gt;x&lt;/b&gt;</title><updated>2025-11-10T08:00:00Z</updated>"),
    atom("<title>x</title><content type='html'>&lt;p&gt;c&lt;/p&gt;</content>"),
    atom("<title>x</title><author><name>A B</name></author><category term='t'/>"),
    atom("<category term='t' scheme='a'/><category term='t' scheme='b'/><category term='t'/>"),
    atom("<title>x</title><link rel='enclosure' href='b'/><rights>r</rights>", "xml:lang='fr'"),
]
ODD = [
    ATOM,
    rss("<title>x</title><title>y</title>"),
    rss("<title>x</title><media:title>y</media:title>"),
    rss("<title>x</title><media:content><media:title>y</media:title></media:content>"),
    rss("<title>x</title><author>a@b.example (A B)</author>"),
    rss("<content:encoded>c</content:encoded><description>s</description>"),
    rss("<title>x <b>y</b></title>"),
    rss("<title>x&#146;y</title>"),
    rss("<title>Ã¤</title>"),
    rss("<title>x</title><link/>"),
    rss("<title>x</title><a:link href='b'/>"),
    rss("<title>x</title>", root='version="0.91"'),
    rss("<title xml:lang='fr'>x</title>"),
    rss("<title>x</title><description type='text'>s</description>"),
    rss("<title>x</title><enclosure url='https://x.example/a.mp3'/>"),
    rss("<title>x</title>").replace("<title>x", "<title>x &nbsp; "),
    atom("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></title>"),
    atom("<title>x</title><link href='/second'/>"),
    atom("<title>x</title><content src='https://x.example/'/>"),
    '<!DOCTYPE rss [<!ENTITY e "x">]>' + rss("<title>&e;</title>"),
]


@pytest.mark.parametrize("body", USUAL)
@pytest.mark.parametrize("language", [None, "fr-CA"])
def test_ordinary_feeds_take_the_fast_path_and_equal_feedparser(
    body: str, language: str | None
) -> None:
    quick, slow, taken = both(body, language)
    assert quick == slow
    assert taken


@pytest.mark.parametrize("body", ODD)
def test_unusual_feeds_are_left_to_feedparser(body: str) -> None:
    quick, slow, _taken = both(body)
    assert quick == slow


PIECES = st.sampled_from(
    [
        "<title>A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title>",
        "<title/>",
        "<link>/x?a=1&amp;b;c</link>",
        "<link>https://x.example/ü</link>",
        "<guid>https://x.example/1</guid>",
        "<guid isPermaLink='false'> g </guid>",
        "<guid isPermaLink='FALSE'>g</guid>",
        "<description>  spaced <![CDATA[<p>x</p>]]> </description>",
        "<content:encoded><![CDATA[<p>y</p>]]></content:encoded>",
        "<pubDate>Mon, 10 Nov 2025 08:30:00 +0100</pubDate>",
        "<pubDate></pubDate>",
        "<dc:date>2025-11-10T08:30:00+08:00</dc:date>",
        "<dc:creator>Ä. Writer</dc:creator>",
        "<author>Somebody</author>",
        "<category>trade</category>",
        "<category domain='x'>trade</category>",
        "<dc:subject>metals</dc:subject>",
        "<media:thumbnail url='x'/>",
        "<source url='https://s.example/'>Source</source>",
        "<comments>https://x.example/c</comments>",
        "<enclosure url='https://x.example/a.mp3' type='audio/mpeg'/>",
        "<unknown>u</unknown>",
        "text between",
        "<!-- remark -->",
    ]
)


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=7), st.sampled_from([None, "de"]))
def test_both_readers_agree_on_any_items(pieces: list[str], language: str | None) -> None:
    quick, slow, _taken = both(rss("".join(pieces)), language)
    assert quick == slow

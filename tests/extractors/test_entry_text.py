"""What publishers write into titles, texts and dates arrives whole and readable."""

import json
from datetime import UTC, datetime

import pytest

from extractors.feeds.moments import MomentReader
from extractors.feeds.reading import read_feed
from extractors.text import plain_text
from models.article import Article
from models.feed import FetchedFeed
from tests.timing import takes_at_most


def articles(body: str) -> list[Article]:
    answer = FetchedFeed(
        feed_id="f",
        url="https://desk.example/feed",
        status=200,
        fetched_at=datetime(2026, 11, 28, tzinfo=UTC),
        body=body.encode(),
    )
    return list(read_feed(answer, tell_language=lambda *_a, **_k: "en").articles)


def rss(item: str) -> str:
    return (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>'
        f"<item><link>https://a.example/1</link>{item}</item></channel></rss>"
    )


def test_plain_text_of_json_feed_stays_plain() -> None:
    text = "Duties <10% stay.\n\nThe quota <for Japan> and AT&T > 25%.\n\nIt ends."
    item = {"id": 1, "title": "A \u009b\u001b<b>", "content_text": text}
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "j", "items": [item]}
    (article,) = articles(json.dumps(body))
    assert article.text == text
    assert "\u001b" not in article.title
    assert "\u009b" not in article.title


def test_atoms_plain_text_stays_plain() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id>'
        '<link href="https://a.example/1"/><title type="text">Quota &lt;for Japan&gt;</title>'
        '<content type="text">One &lt;for Japan&gt;.\n\nTwo &amp; three.</content></entry></feed>'
    )
    (article,) = articles(body)
    assert article.title == "Quota <for Japan>"
    assert article.text == "One <for Japan>.\n\nTwo & three."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Second item A&B in title", "Second item A&B in title"),
        ("AT&T, R&D; and &amp;amp; more", "AT&T, R&D; and & more"),
        ("Kenya&nbsp;lifts ban &mdash; caf&eacute;", "Kenya lifts ban — café"),
        ("Duties <10% stay", "Duties <10% stay"),
        ("A &amp;lt;b&amp;gt; c &#27;d&#0;", "A <b> c d"),
        ("Chi&#173;na sus&#173;pends ex&#173;ports", "China suspends exports"),
        ("rare&#8209;earth&#160;rules&#8203;", "rare-earth rules"),
        ("&lt;em&gt;Tin&lt;/em&gt; ban", "Tin ban"),
    ],
)
def test_titles_say_what_was_meant(written: str, meant: str) -> None:
    (article,) = articles(rss(f"<title>{written}</title><description>x</description>"))
    assert article.title == meant


def test_a_bare_ampersand_in_a_link_stays() -> None:
    body = rss("<title>x</title>").replace("https://a.example/1", "https://a.example/?a=1&b=2")
    assert articles(body)[0].url == "https://a.example/?a=1&b=2"


def test_a_caption_takes_no_articles_place() -> None:
    caption = (
        "<media:content url='https://a.example/p.jpg'><media:description>"
        f"{'File photo. ' * 30}</media:description></media:content>"
    )
    said = "Beijing bans exports of antimony."
    after = rss(f"<title>x</title><description>{said}</description>{caption}")
    before = rss(f"<title>x</title>{caption}<description>{said}</description>")
    alone = rss(f"<title>x</title>{caption}")
    assert [articles(b)[0].text for b in (after, before)] == [said, said]
    assert articles(alone)[0].text.startswith("File photo.")


@pytest.mark.parametrize(
    ("written", "meant", "doubt"),
    [
        ("Thu, 30 Apr 2026 12:00:00 CEST", "2026-04-30T10:00", None),
        ("Thu, 30 Apr 2026 12:00:00 JST", "2026-04-30T03:00", None),
        ("Thu, 30 Apr 2026 12:00:00 BST", "2026-04-30T11:00", "unsure_zone"),
        ("Thu, 30 Apr 2026 12:00:00 IST", "2026-04-30T06:30", "unsure_zone"),
        ("Thu, 30 Apr 2026 12:00:00 AEST", "2026-04-30T02:00", None),
        ("Thu, 30 Apr 2026 12:00:00 GMT+8", "2026-04-30T04:00", None),
        ("Thu, 30 Apr 2026 12:00:00 UTC+0800", "2026-04-30T04:00", None),
        ("Thu, 30 Apr 2026 12:00:00 ET", "2026-04-30T16:00", None),
        ("Thu, 30 Apr 2026 12:00:00 Y", "2026-04-30T12:00", "unsure_zone"),
        ("27 Nov 2026 2:30 PM", "2026-11-27T14:30", "no_zone"),
        ("2026/11/27 10:00", "2026-11-27T10:00", "no_zone"),
        ("2026-11-27T10:00:00", "2026-11-27T10:00", "no_zone"),
        ("11/12/2026 10:00", "2026-12-11T10:00", "unsure_day"),
        ("2026年11月27日 14:30", "2026-11-27T14:30", "no_zone"),
        ("ven, 27 nov 2026 14:30:00 +0100", "2026-11-27T13:30", None),
        ("27. November 2026 14:30", "2026-11-27T14:30", "no_zone"),
        ("27 novembre 2026 14h30", "2026-11-27T14:30", "no_zone"),
        ("viernes, 27 de noviembre de 2026 14:30", "2026-11-27T14:30", "no_zone"),
        ("1764239400", "2025-11-27T10:30", None),
        ("Fri, 27 Nov 0001 10:00:00 +0000", None, None),
        ("yesterday", None, None),
    ],
)
def test_dates_are_in_utc_or_doubted(written: str, meant: str | None, doubt: str | None) -> None:
    read = MomentReader().read(written)
    assert (read.at.isoformat()[:16] if read.at else None) == meant
    assert read.doubt == doubt


def test_a_region_settles_its_own_letters() -> None:
    read = MomentReader(region="CN").read("Thu, 30 Apr 2026 12:00:00 CST")
    assert (read.at, read.doubt) == (datetime(2026, 4, 30, 4, tzinfo=UTC), None)


def test_a_doubt_about_the_date_is_the_articles_flag() -> None:
    (article,) = articles(rss("<title>x</title><pubDate>2026-11-27 10:00:00</pubDate>"))
    assert article.date_flag == "no_zone"


@pytest.mark.parametrize(
    "tail",
    [
        "The post {} appeared first on Desk.",
        "Der Beitrag {} erschien zuerst auf Desk.",
        "L’article {} est apparu en premier sur Desk.",
        "投稿 {} は Desk に最初に表示されました。",
    ],
)
def test_a_paragraph_that_only_names_the_article_is_no_text(tail: str) -> None:
    title = "China bans exports of antimony"
    said = f"&lt;p&gt;Beijing said so.&lt;/p&gt;&lt;p&gt;{tail.format(title)}&lt;/p&gt;"
    (article,) = articles(rss(f"<title>{title}</title><description>{said}</description>"))
    assert article.text == "Beijing said so."


@pytest.mark.parametrize(
    "hostile",
    ["<a" + (" " * 500 + "b") * 40, '<a b="' * 20_000, "<b c=" + "d" * 200_000, "<!--" * 50_000],
)
def test_broken_markup_costs_no_time(hostile: str) -> None:
    takes_at_most(2, lambda: plain_text.title_text(hostile))
    takes_at_most(2, lambda: plain_text.fragment_text(hostile))

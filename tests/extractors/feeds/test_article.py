from datetime import UTC, datetime, timedelta

import pytest

from extractors.feeds.article import article_from_entry, date_flag, guid_key
from models.feed import FeedEntry

SEEN = datetime(2025, 11, 10, 12, tzinfo=UTC)
BODY = (
    "The ministry said on Monday that it would put off its licensing rules for magnet exports by "
    "twelve months, after talks in the capital that both sides called constructive.",
    "Importers had warned that the rules, announced in October, would stop assembly lines within "
    "weeks, since no other supplier refines the heavy metals in question at such scale.",
    "Officials added that licences already granted stay valid until the end of next year.",
)


def entry(**fields: object) -> FeedEntry:
    base: dict[str, object] = {
        "feed_id": "desk",
        "guid": "g-1",
        "link": "https://desk.example/story?utm_source=rss",
        "title": "Ministry puts off magnet licences",
        "summary_html": f"<p>{BODY[0]}</p>",
        "published_at": SEEN - timedelta(hours=1),
    }
    return FeedEntry(**{**base, **fields})  # type: ignore[arg-type]


def page(*paragraphs: str) -> str:
    inside = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        "<!doctype html><html lang=en><head><title>Desk</title></head><body>"
        "<nav><a href=/>Home</a> <a href=/login>Sign in</a></nav>"
        "<aside>Subscribe to our newsletter for tariff news.</aside>"
        f"<article><h1>Ministry puts off magnet licences</h1>{inside}</article>"
        "<section class=related><h3>Related</h3><ul><li>Island bans exports of everything</li></ul>"
        "</section><footer>All rights reserved. Terms, privacy, cookies.</footer></body></html>"
    )


def article(e: FeedEntry, page_html: bytes | str | None = None):  # type: ignore[no-untyped-def]
    return article_from_entry(e, fetched_at=SEEN, first_seen_at=SEEN, page_html=page_html)


def test_an_entry_becomes_an_article() -> None:
    got = article(entry())
    assert got.version == 1
    assert got.text == BODY[0]
    assert got.text_source == "feed"
    assert got.canonical_url == "https://desk.example/story"
    assert got.url == "https://desk.example/story?utm_source=rss"
    assert got.language == "en"
    assert got.date_flag is None


def test_the_page_gives_the_whole_text_and_nothing_around_it() -> None:
    got = article(entry(), page(*BODY))
    assert got.text_source == "page"
    for paragraph in BODY:
        assert paragraph in got.text
    for furniture in ("Sign in", "newsletter", "Island bans", "rights reserved", "Home"):
        assert furniture not in got.text


@pytest.mark.parametrize(
    "html",
    [
        page("We and our partners store and use cookies on your device. Accept all cookies."),
        page(BODY[0][:120] + "… Subscribe to continue reading."),
        page(BODY[0][:80]),
        "<!doctype html><html><body><p>Please enable JavaScript to go on.</p></body></html>",
        page(
            *("A recipe for lentil soup with carrots, onions and a little cumin." for _ in range(9))
        ),
        "",
        b"\xff\xfe\x00garbage\x00",
        "<html></html>",
    ],
    ids=["consent", "paywall", "teaser", "robot", "other", "empty", "garbage", "bare"],
)
def test_a_page_that_is_not_the_article_falls_back_to_the_feed(html: bytes | str) -> None:
    got = article(entry(), html)
    assert got.text_source == "feed"
    assert got.text == BODY[0]


def test_the_longer_of_content_and_summary_is_the_text() -> None:
    got = article(entry(content_html="<p>Photo: desk</p>"))
    assert got.text == BODY[0]


def test_paragraphs_and_inline_markup_of_feed_content() -> None:
    html = (
        "<h2>Why</h2><p>One <b>bold</b>\nline.<br>Next</p>"
        "<script>x()</script><ul><li>a</li><li>b</li></ul>"
    )
    got = article(entry(content_html=html, summary_html=""))
    assert got.text == "Why\n\nOne bold line.\nNext\n\na\n\nb"


def test_tails_of_blog_engines_are_cut() -> None:
    html = (
        f"<p>{BODY[0]}</p><p>The post <a href='#'>X</a> appeared first on <a href='#'>Desk</a>.</p>"
    )
    assert article(entry(summary_html=html)).text == BODY[0]


def test_the_same_story_under_a_tracked_address_keeps_its_id() -> None:
    plain = article(entry(guid=None, link="https://desk.example/story"))
    tracked = article(entry(guid=None, link="http://Desk.example:80/story/?utm_medium=x#top"))
    assert plain.article_id == tracked.article_id


def test_identity_goes_by_guid_then_address_then_text() -> None:
    by_guid = article(entry(link="https://desk.example/moved"))
    assert by_guid.article_id == article(entry()).article_id
    other_feed = article(entry(feed_id="other"))
    assert other_feed.article_id != by_guid.article_id
    by_url = article(entry(guid=None, title="Corrected title"))
    assert by_url.article_id == article(entry(guid=None)).article_id
    by_text = article(entry(guid=None, link=None))
    assert by_text.article_id == article(entry(guid=None, link=None)).article_id
    assert by_text.article_id != article(entry(guid=None, link=None, title="New")).article_id


def test_an_address_as_guid_loses_its_tracking_parameters() -> None:
    assert guid_key("http://desk.example/?p=12&utm_source=rss") == "https://desk.example?p=12"
    assert guid_key("  tag:desk,2025:1 ") == "tag:desk,2025:1"
    assert guid_key("") is None


def test_a_changed_title_or_text_changes_the_digest() -> None:
    base = article(entry()).text_digest
    assert article(entry(title="Ministry puts off magnet licences (corrected)")).text_digest != base
    assert article(entry(summary_html=BODY[1])).text_digest != base


@pytest.mark.parametrize(
    ("published", "words", "flag"),
    [
        (SEEN, None, None),
        (SEEN + timedelta(minutes=5), None, None),
        (SEEN + timedelta(hours=5), None, "future"),
        (SEEN + timedelta(days=800), None, "absurd"),
        (datetime(1970, 1, 1, tzinfo=UTC), None, "absurd"),
        (None, "yesterday-ish", "unreadable"),
        (None, None, "missing"),
    ],
)
def test_odd_dates_are_flagged(
    published: datetime | None, words: str | None, flag: str | None
) -> None:
    assert date_flag(published, seen_at=SEEN, words=words) == flag


def test_a_lone_updated_date_counts_as_the_publishers_claim() -> None:
    moment = SEEN - timedelta(days=2)
    assert article(entry(published_at=None, updated_at=moment)).published_at == moment


def test_other_languages_are_marked() -> None:
    german = (
        "<p>Das Ministerium verschiebt die Genehmigungspflicht für Magnete um zwölf Monate, "
        "wie eine Sprecherin am Montag in der Hauptstadt mitteilte. Die Industrie zeigte sich "
        "erleichtert über den Aufschub.</p>"
    )
    got = article(entry(title="Aufschub für Magnete", summary_html=german, language="en-US"))
    assert got.language == "de"


def test_a_short_text_has_its_declared_language() -> None:
    assert article(entry(summary_html="", language="en")).language == "en"


def test_an_entry_without_title_is_named_by_its_first_words() -> None:
    got = article(entry(title=""))
    assert got.title.startswith("The ministry said on Monday")
    assert len(got.title) <= 101


def test_a_redirect_link_that_names_its_target_is_resolved() -> None:
    link = "https://www.google.com/url?q=https://desk.example/story%3Futm_source%3Dx&sa=D"
    got = article(entry(guid=None, link=link))
    assert got.canonical_url == "https://desk.example/story"


def test_the_publishers_own_address_beats_the_trackers() -> None:
    got = article(
        entry(link="https://feedproxy.example/~r/1", original_link="https://desk.example/story")
    )
    assert got.canonical_url == "https://desk.example/story"

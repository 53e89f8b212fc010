"""N distinct entries give N articles or versions: no entry replaces an unread article."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from models.article import Article
from tests.warehouse.articles.test_articles import NOW, article
from warehouse.articles.articles import articles_to_extract, new_or_changed, save_ingest
from warehouse.connection import open_warehouse

PAGE = "https://live.example/day-12"


def post(title: str, *, text: str = "", place: str = "", guid: str | None = None) -> Article:
    """Return a post of a live blog; all posts are on one page."""
    made = article(guid=guid, url=PAGE, title=title, text=text or f"{title}, officials said.")
    return replace(made, url=f"{PAGE}{place}")


def held(con: DuckDBPyConnection) -> list[tuple[str, int]]:
    return con.execute("SELECT title, version FROM store.articles ORDER BY ALL").fetchall()


POSTS = ["China suspends its ban on gallium", "India raises a duty", "Indonesia bans bauxite"]


@pytest.mark.parametrize("guid", [None, "day-12"])
@pytest.mark.parametrize("places", [("#post-0", "#post-1", "#post-2"), ("", "", "")])
def test_posts_of_one_page_are_separate_articles(
    con: DuckDBPyConnection, guid: str | None, places: tuple[str, ...]
) -> None:
    posts = [
        post(title, place=place, guid=guid) for title, place in zip(POSTS, places, strict=True)
    ]
    assert save_ingest(con, articles=posts)["wire"].new == 3
    assert len({a.article_id for a in articles_to_extract(con, "1")}) == 3
    # The next answer has the same posts and a new one, in another order.
    more = [*reversed(posts), post("Chile lifts a quota", place="#post-3", guid=guid)]
    counts = save_ingest(con, articles=more)["wire"]
    assert (counts.new, counts.same, counts.changed) == (1, 3, 0)
    assert len(articles_to_extract(con, "1")) == 4


def test_a_page_that_shows_one_post_at_a_time_loses_none(con: DuckDBPyConnection) -> None:
    for hours, title in enumerate(POSTS):
        seen = NOW + timedelta(hours=hours)
        later = article(guid="day-12", url=PAGE, title=title, text=f"{title}.", seen=seen)
        save_ingest(con, articles=[later])
    assert {title for title, _ in held(con)} == set(POSTS)
    assert len(articles_to_extract(con, "1")) == 3


def test_an_edit_among_posts_is_a_version_of_its_own_post(con: DuckDBPyConnection) -> None:
    posts = [post(title, guid="day-12") for title in POSTS]
    save_ingest(con, articles=posts)
    edited = post("India raises a duty on copper", guid="day-12")
    counts = save_ingest(con, articles=[posts[0], edited, posts[2]])["wire"]
    assert (counts.new, counts.changed, counts.same) == (0, 1, 2)
    assert ("India raises a duty on copper", 2) in held(con)


def test_a_title_that_is_corrected_is_a_version(con: DuckDBPyConnection) -> None:
    save_ingest(con, articles=[article(title="India bans exports of sugar", text="It did.")])
    corrected = article(title="Correction: India has not banned exports of sugar", text="Not.")
    assert save_ingest(con, articles=[corrected])["wire"].changed == 1


def test_a_story_on_the_page_of_another_feed_is_its_own_article(con: DuckDBPyConnection) -> None:
    save_ingest(con, articles=[article(title="China bans gallium exports")])
    other = article(title="India raises a duty on copper", feed_id="other", guid="x", text="Yes.")
    assert save_ingest(con, articles=[other])["other"].new == 1
    same = article(
        title="China bans gallium exports", feed_id="third", guid="y", text="A longer text."
    )
    assert save_ingest(con, articles=[same])["third"].new == 0


def test_pages_are_fetched_for_new_entries_only(con: DuckDBPyConnection) -> None:
    posts = [post(title, guid="day-12") for title in POSTS]
    save_ingest(con, articles=posts[:2])
    assert new_or_changed(con, posts) == [2]


def test_addresses_normalised_by_an_older_release_are_recognised(
    con: DuckDBPyConnection,
) -> None:
    url = "https://ministry.example/view?cid=501"
    was = replace(article(guid=None, url=url), canonical_url="https://ministry.example/view")
    save_ingest(con, articles=[was])
    now = replace(was, canonical_url=url, article_id="0" * 32)
    assert save_ingest(con, articles=[now])["wire"].same == 1
    addressed = replace(was, guid="https://ministry.example/view", article_id="1" * 32)
    save_ingest(con, articles=[replace(addressed, url=f"{url}9", title="T", entry_digest="d")])
    again = replace(addressed, url=f"{url}9", title="T", entry_digest="d", guid=f"{url}9")
    assert save_ingest(con, articles=[again])["wire"].same == 1


entries = st.lists(
    st.tuples(
        st.sampled_from([None, "g1", "g2", "https://a.example/g#1"]),
        st.sampled_from([None, "", "#a", "/2"]),
        st.sampled_from([*POSTS, "Live updates"]),
        st.sampled_from(["One text.", "Another text.", "A third text altogether."]),
    ),
    max_size=12,
    unique=True,
)
run = count()


@pytest.fixture(scope="module")
def lasting() -> Iterator[DuckDBPyConnection]:
    """One warehouse for many examples, each with its own feed and host."""
    with open_warehouse(":memory:") as con:
        yield con


@settings(max_examples=50)
@given(found=entries, data=st.data())
def test_distinct_entries_are_never_lost(
    lasting: DuckDBPyConnection,
    found: list[tuple[str | None, str | None, str, str]],
    data: st.DataObject,
) -> None:
    number = next(run)
    feed_id, page = f"feed{number}", f"https://live{number}.example/day"
    made = []
    for guid, place, title, text in found:
        url = None if place is None else page + place
        canonical = url and url.partition("#")[0]
        entry = article(guid=guid, url=canonical, title=title, text=text, feed_id=feed_id)
        made.append(replace(entry, url=url))
    counts = save_ingest(lasting, articles=made)
    said = {each.entry_digest for each in made}
    if made:
        assert counts[feed_id].changed == 0
        assert counts[feed_id].new >= len(said)
    assert stored(lasting, feed_id) == said
    # Repeating changes nothing, in any order and with any split into batches.
    shuffled = data.draw(st.permutations(made))
    cut = data.draw(st.integers(0, len(made)))
    for part in (shuffled[:cut], shuffled[cut:]):
        for again in save_ingest(lasting, articles=part).values():
            assert (again.new, again.changed) == (0, 0)


def stored(con: DuckDBPyConnection, feed_id: str) -> set[str]:
    """Return the stored entry digests of a feed."""
    found = con.execute("SELECT entry_digest FROM store.articles WHERE feed_id = ?", [feed_id])
    return {digest for (digest,) in found.fetchall()}

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.base.settings import SHIPPED_FEEDS
from flows.feeds.feed_list import feed_as_toml, fetchable, load_feeds, read_feeds
from models.errors import ConfigError
from models.feed import Feed

ONE = '[[feed]]\nid = "desk"\nname = "Desk"\nurl = "https://desk.example/rss"\n'


def test_the_shipped_list_loads_whole() -> None:
    feeds = load_feeds(SHIPPED_FEEDS)
    assert len(feeds) >= 90
    assert len({f.feed_id for f in feeds}) == len(feeds)
    askable, notes = fetchable(feeds)
    assert 0 < len(askable) < len(feeds)
    assert all("template" in note for note in notes)
    assert not any("{" in f.url for f in askable)


def test_full_text_follows_the_terms() -> None:
    feeds = load_feeds(SHIPPED_FEEDS)
    assert sum(feed.full_text for feed in feeds) >= 25
    for feed in feeds:
        if "public domain (17 USC 105" in feed.terms or feed.terms.startswith("Open Government"):
            assert feed.full_text, feed.feed_id
        if feed.terms.startswith(("All rights", "Google", "Company", "Yahoo", "BBC", "Guardian")):
            assert not feed.full_text, feed.feed_id


def test_defaults_are_those_of_the_record() -> None:
    (feed,) = read_feeds(ONE, where="x.toml")
    assert feed == Feed(feed_id="desk", name="Desk", url="https://desk.example/rss")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ONE + 'colour = "red"\n', "x.toml: feed 'desk': colour: unknown key"),
        (ONE.replace("https", "ftp"), "x.toml: feed 'desk': url: 'ftp://desk.example/rss'"),
        (ONE.replace("https://desk.example", "nonsense"), "x.toml: feed 'desk': url"),
        (ONE.replace("desk.example", "127.1"), "x.toml: feed 'desk': url"),
        (ONE + ONE, "x.toml: feed 'desk': id: used twice, by feeds 1 and 2"),
        (ONE.replace('name = "Desk"\n', ""), "x.toml: feed 'desk': name: missing"),
        (ONE.replace('id = "desk"\n', ""), "x.toml: feed 1: id: missing"),
        (ONE.replace('"desk"', '"a desk"'), "x.toml: feed 'a desk': id"),
        (ONE + 'poll_minutes = "often"\n', "x.toml: feed 'desk': poll_minutes"),
        (ONE + "poll_minutes = 0\n", "x.toml: feed 'desk': poll_minutes: an enabled feed"),
        (ONE + "poll_minutes = 9\npoll_max_minutes = 3\n", "poll_max_minutes: smaller"),
        (ONE + "trust_tier = 9\n", "x.toml: feed 'desk': trust_tier"),
        (ONE + 'kind = "telex"\n', "x.toml: feed 'desk': kind"),
        (ONE.replace("/rss", "/?q={query}"), "which only a template kind may have"),
        (ONE + "enabled = 1\n", "x.toml: feed 'desk': enabled"),
        ('title = "x"\n' + ONE, "x.toml: title: unknown key"),
        ("schema_version = 7\n" + ONE, "x.toml: schema_version"),
        ("", "x.toml: no [[feed]] in it"),
        ("[[feed]\n", "x.toml: not TOML"),
    ],
)
def test_an_error_is_one_line_that_names_its_place(text: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_feeds(text, where="x.toml")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_faults_of_a_list_are_told_one_a_line() -> None:
    two = ONE.replace('"desk"', '"a desk"') + 'colour = "red"\n' + ONE + "trust_tier = 9\n"
    with pytest.raises(ConfigError) as caught:
        read_feeds(two, where="x.toml")
    lines = str(caught.value).split("\n")
    assert [line.split(": ")[2] for line in lines] == ["id", "colour", "trust_tier"]
    assert all(line.startswith("x.toml: feed ") for line in lines)
    with pytest.raises(ConfigError) as caught:
        read_feeds(ONE * 30, where="x.toml")
    assert str(caught.value).split("\n")[19:] == [
        "x.toml: feed 'desk': id: used twice, by feeds 1 and 21",
        "and 9 more",
    ]


def test_a_missing_list_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such feed list; give one with --feeds"):
        load_feeds(tmp_path / "none.toml")


@given(
    name=st.text("abc \"'\\\n\t#=é", min_size=1, max_size=20),
    minutes=st.integers(1, 1000),
    full_text=st.booleans(),
)
def test_a_feed_written_as_toml_reads_back(name: str, minutes: int, full_text: bool) -> None:
    feed = Feed(
        feed_id="desk",
        name=name,
        url="https://desk.example/rss?a=1&b=2",
        poll_minutes=minutes,
        full_text=full_text,
        country="DE",
        terms='"quoted" \\ terms',
    )
    assert read_feeds(feed_as_toml(feed), where="x") == (feed,)

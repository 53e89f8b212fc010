"""Links of feeds: only safe web addresses are kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.feeds.article import guid_key
from extractors.feeds.canonical_url import canonical_url, trackers
from extractors.feeds.web_address import web_address


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://desk.example/a?b=1#c", "https://desk.example/a?b=1#c"),
        ("HTTP://desk.example/a", "http://desk.example/a"),
        ("https://user:secret@desk.example/a", "https://desk.example/a"),
        (
            'https://desk.example/"><script>x</script>',
            "https://desk.example/%22%3E%3Cscript%3Ex%3C/script%3E",
        ),
        ("https://desk.example/a b", "https://desk.example/a%20b"),
        ("https://desk.example/\u202egnp.exe", "https://desk.example/%E2%80%AEgnp.exe"),
        ("https://desk.example/中", "https://desk.example/中"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://desk .example/a", None),
        ("https://desk.example:0/", None),
        ("https://[bad/", None),
        ("//desk.example/a", None),
        ("https://desk.example/" + "a" * 5000, None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_kept_of_a_link(link: str | None, kept: str | None) -> None:
    assert web_address(link) == kept


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda t: f"https://desk.example/{t}"))
def test_kept_addresses_are_printable_and_kept_again(link: str) -> None:
    kept = web_address(link)
    if kept is not None:
        assert re.match(r"https?://", kept)
        assert not re.search(r'[\x00-\x20"<>\x7f-\x9f\u202a-\u202e\u2066-\u2069]', kept)
        assert web_address(kept) == kept


def test_addresses_that_differ_in_more_than_trackers_stay_apart() -> None:
    apart = [
        "https://desk.example/view?cid=501",
        "https://desk.example/view?cid=502",
        "https://desk.example/view?xid=501",
        "https://desk.example/view?at_page=2",
        "https://desk.example/view?ref=main",
        "https://desk.example/#/story/5",
        "https://desk.example/#/story/6",
        "https://desk.example/#!story",
    ]
    assert len({canonical_url(url) for url in apart}) == len(apart)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.from_regex(r"\w{0,4}", fullmatch=True)
        ),
        max_size=4,
    ),
    st.lists(st.sampled_from(["utm_source", "utm_x", "gclid", "fbclid", "mc_eid"]), max_size=3),
)
def test_only_trackers_are_stripped(query: list[tuple[str, str]], tracked: list[str]) -> None:
    names, prefixes = trackers()
    own = [(n, v) for n, v in query if n not in names and not n.startswith(prefixes)]
    bare = "&".join(f"{n}={v}" for n, v in own)
    marked = "&".join([*(f"{n}={v}" for n, v in own), *(f"{t}=1" for t in tracked)])
    plain = canonical_url(f"https://desk.example/a?{bare}")
    assert canonical_url(f"https://desk.example/a?{marked}") == plain
    assert plain is not None
    assert all(f"{n}=" in plain for n, _ in own)


def test_every_tracker_says_whose_it_is() -> None:
    names, prefixes = trackers()
    assert len(names) > 50
    assert prefixes


def test_guids_that_are_places_on_a_page_stay_apart() -> None:
    assert guid_key("https://live.example/day#post-1") != guid_key(
        "https://live.example/day#post-2"
    )
    assert guid_key("https://live.example/day?utm_source=rss") == "https://live.example/day"

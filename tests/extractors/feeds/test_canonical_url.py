import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.feeds.canonical_url import canonical_url, redirect_target


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://desk.example/a", "https://desk.example/a"),
        ("http://DESK.example:80/a/", "https://desk.example/a"),
        ("https://desk.example/a?utm_source=rss&id=7&fbclid=x", "https://desk.example/a?id=7"),
        ("https://desk.example/a?id=7#section", "https://desk.example/a?id=7"),
        ("https://desk.example/a?ref=rss", "https://desk.example/a"),
        ("https://desk.example/a?ref=main", "https://desk.example/a?ref=main"),
        ("https://desk.example/%7Ejoe/%e4%b8%ad", "https://desk.example/~joe/%E4%B8%AD"),
        ("https://desk.example/中", "https://desk.example/%E4%B8%AD"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://desk.example", "https://desk.example"),
        ("https://desk.example/", "https://desk.example"),
        ("http://127.0.0.1:8931/a/x.html?utm_source=rss", "http://127.0.0.1:8931/a/x.html"),
        ("https://desk.example/#!/story/1", "https://desk.example#!/story/1"),
        ("mailto:desk@example.org", None),
        ("javascript:alert(1)", None),
        ("not an address", None),
        ("https://[bad/", None),
        ("https://desk.example:99999/", None),
        ("", None),
        (None, None),
    ],
)
def test_canonical(url: str | None, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=80) | st.text(max_size=60).map(lambda t: f"https://desk.example/{t}"))
def test_twice_is_once_and_nothing_breaks_it(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


def google_news(url: str) -> str:
    raw = b"\x08\x13\x22" + bytes([len(url)]) + url.encode() + b"\xd2\x01\x00"
    token = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{token}?oc=5"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (google_news("https://desk.example/story"), "https://desk.example/story"),
        (
            "https://www.bing.com/news/apiclick.aspx?url=https%3a%2f%2fdesk.example%2fs&c=1",
            "https://desk.example/s",
        ),
        (
            "https://r.search.yahoo.com/_ylt=A/RU=https%3a%2f%2fdesk.example%2fs/RK=2/RS=x",
            "https://desk.example/s",
        ),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fdesk.example%2Fs", "https://desk.example/s"),
        ("https://news.google.com/rss/articles/CBMiAAAA", None),
        ("https://news.google.com/rss/articles/C!!", None),
        ("https://www.google.com/url?q=javascript:alert(1)", None),
        ("https://desk.example/url?q=https://other.example/", None),
    ],
)
def test_redirect_links_that_name_their_target(link: str, target: str | None) -> None:
    assert redirect_target(link) == target

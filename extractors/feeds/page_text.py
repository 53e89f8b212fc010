"""Extracts the article from a web page, without navigation, related links and notices.

Also detects pages that are not the article: a consent wall, a paywall, a teaser, a browser check.
"""

import re

from lxml import etree

from extractors.feeds.limits import MAX_PAGE_TAGS
from extractors.text.charset import decoded
from extractors.text.invisible import visible

_WALL = re.compile(
    r"enable javascript|javascript (?:is|must be|to be) (?:disabled|enabled)|"
    r"are you a robot|not a robot|verify (?:that )?you are human|access (?:to this page )?"
    r"(?:has been )?denied|checking your browser|unusual traffic|"
    r"(?:we|our partners|and our partners)[^.]{0,60} (?:use|store)[^.]{0,60} cookies|"
    r"(?:accept|manage|reject) (?:all )?cookies|before you continue|your privacy choices|"
    r"subscribe (?:now )?to (?:continue|read|unlock|keep)|(?:to|and) (?:continue|keep) reading|"
    r"already a subscriber|subscribers? only|"
    r"(?:log|sign) in to (?:read|continue)|register to (?:read|continue)|"
    r"create (?:a |your )?free account|"
    r"this (?:article|content|story) is (?:reserved|for|available)[^.]{0,30} "
    r"(?:subscribers|members)",
    re.IGNORECASE,
)
_WALL_AT_MOST = 1500
_WORD = re.compile(r"[^\W\d_]{4,}")
_MAX_PAGE = 5_000_000


class PageTooLargeError(ValueError):
    """A page that would take too long to read; its text is one readable line."""


def page_text(page: bytes | str, *, url: str | None = None) -> str:
    """Return an article page's prose, paragraphs separated by a blank line; "" if none is found.

    Raises PageTooLargeError for a page with too many elements.
    """
    page = page[:_MAX_PAGE]
    tags = page.count("<") if isinstance(page, str) else page.count(b"<")
    if tags > MAX_PAGE_TAGS:
        raise PageTooLargeError(f"a page of {tags:,} tags, at most {MAX_PAGE_TAGS:,} are read")
    import trafilatura  # slow to import, so only for pages

    text = page if isinstance(page, str) else decoded(page[:_MAX_PAGE], page=True).text
    try:
        found = trafilatura.extract(
            text[:_MAX_PAGE],
            url=url,
            include_comments=False,
            include_tables=True,
            include_links=False,
            include_images=False,
            favor_precision=True,
            deduplicate=False,
        )
    except (ValueError, etree.LxmlError, RecursionError, UnicodeError):
        return ""
    if not found:
        return ""
    # trafilatura separates paragraphs by one line break; feed content uses two.
    lines = (line.strip() for line in visible(found).split("\n"))
    return "\n\n".join(line for line in lines if line)


def why_not_the_article(text: str, *, title: str, teaser: str) -> str | None:
    """Return why a page's text is not the article announced by `title` and `teaser`; None if it is.

    `wall`: short text about cookies, subscriptions or robots. `teaser`: no more text than in the
    feed. `other`: almost no words in common with the announcement.
    """
    if not text:
        return "empty"
    if len(text) < _WALL_AT_MOST and _WALL.search(text):
        return "wall"
    if len(text) <= len(teaser):
        return "teaser"
    announced = set(_WORD.findall(f"{title} {teaser}".lower()))
    if len(announced) >= 5:
        shared = announced & set(_WORD.findall(text.lower()))
        if len(shared) < 0.25 * len(announced):
            return "other"
    return None

"""Decides which article an entry is: a stored one, a new version of it, or another article.

A shared key (guid, address) makes two entries candidates; it does not make them one article.
Within one answer of a feed, every distinct entry is its own article. Between answers, a changed
entry is a new version of an article when title or publication date match; anything else under the
same key is another article. So no entry replaces an article that was not read yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag

from rapidfuzz import fuzz, utils

from models.article import Article
from models.identity import digest_id

# A text from another feed is a new version only when it is clearly longer: a summary is not an edit
# of the full text, and two feeds would add versions in turns.
LONGER = 1.2
# Similarity of titles, 0 to 100, from which they count as one story. The higher one applies to
# entries with different guids, such as a daily column.
ALIKE, ALMOST_EQUAL = 60.0, 90.0


@dataclass(slots=True, kw_only=True)
class Held:
    """The fields of a stored article that are needed to recognise its entries."""

    article_id: str
    feed_id: str
    guid: str | None
    url: str | None
    canonical_url: str | None
    title: str
    published_at: datetime | None
    version: int
    first_seen_at: datetime
    text_length: int
    digests: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The article and version of an entry. outcome: `new`, `changed` or `same`."""

    held: Held
    version: int
    outcome: str


def match_entries(
    articles: Sequence[Article], candidates: Mapping[int, Sequence[Held]]
) -> list[Match]:
    """Match each entry of a batch to an article; return the matches in the same order.

    `candidates` are the stored articles that share a key with an entry, by its position. All
    entries of one answer must be in one batch, or they may count as edits of each other.
    """
    matches: dict[int, Match] = {}
    taken: set[tuple[str, str]] = set()
    # Unchanged entries first: their articles cannot be earlier versions of other entries.
    for position, article in enumerate(articles):
        exact = next(
            (
                held
                for held in candidates.get(position, ())
                if article.entry_digest in held.digests and same_address(article, held)
            ),
            None,
        )
        if exact is not None:
            matches[position] = matched(exact, "same")
            taken.add((article.feed_id, exact.article_id))
    fresh: dict[tuple[str, ...], list[Held]] = {}
    ids: set[str] = set()
    for position, article in enumerate(articles):
        if position not in matches:
            found = [*candidates.get(position, ()), *in_batch(article, fresh)]
            matches[position] = resolve(article, found, taken, ids)
        held = matches[position].held
        taken.add((article.feed_id, held.article_id))
        for key in keys_of(article):
            if held not in fresh.setdefault(key, []):
                fresh[key].append(held)
    return [matches[position] for position in range(len(articles))]


def matched(held: Held, outcome: str) -> Match:
    """Return a match with the current version; a later entry of the batch may add versions."""
    return Match(held=held, version=held.version, outcome=outcome)


def resolve(
    article: Article, found: Sequence[Held], taken: set[tuple[str, str]], ids: set[str]
) -> Match:
    """Match an entry to the article it continues, or to a new one; adds the new id to `ids`."""
    for held in found:
        if article.entry_digest in held.digests and same_address(article, held):
            return matched(held, "same")
    free = [held for held in found if (article.feed_id, held.article_id) not in taken]
    likely = [(likeness(article, held), held) for held in free]
    score, continued = max(likely, key=lambda each: each[0], default=(0.0, None))
    if continued is None or score <= 0.0:
        return matched(new_article(article, known=bool(found), ids=ids), "new")
    longer = len(article.text) > continued.text_length * LONGER
    if article.entry_digest in continued.digests or not (
        article.feed_id == continued.feed_id or longer
    ):
        return matched(continued, "same")
    continued.digests.add(article.entry_digest)
    continued.version += 1
    continued.text_length = len(article.text)
    continued.title, continued.published_at = article.title, article.published_at
    return matched(continued, "changed")


def new_article(article: Article, *, known: bool, ids: set[str]) -> Held:
    """Return a new article, with its own id, or with one from its text when the key is taken."""
    key = article.article_id
    if known or key in ids:
        key = digest_id("entry", article.feed_id, article.guid, article.url, article.entry_digest)
    ids.add(key)
    return Held(
        article_id=key,
        feed_id=article.feed_id,
        guid=article.guid,
        url=article.url,
        canonical_url=article.canonical_url,
        title=article.title,
        published_at=article.published_at,
        version=1,
        first_seen_at=article.first_seen_at,
        text_length=len(article.text),
        digests={article.entry_digest},
    )


def likeness(article: Article, held: Held) -> float:
    """Score how likely an entry continues a stored article; 0 means it does not."""
    alike = fuzz.token_set_ratio(article.title, held.title, processor=utils.default_process)
    if article.feed_id != held.feed_id:
        # Two feeds, one page: a live blog has many stories on one page.
        return alike if alike >= ALIKE else 0.0
    dated = article.published_at is not None and article.published_at == held.published_at
    if article.guid and held.guid and article.guid != held.guid:
        # When a publisher changes its guids, titles or dates stay.
        return alike if alike >= ALMOST_EQUAL or (dated and alike >= ALIKE) else 0.0
    if not same_fragment(article.url, held.url):
        return 0.0
    return max(alike, 1.0) if alike >= ALIKE or dated else 0.0


def same_address(article: Article, held: Held) -> bool:
    """Return whether an entry with the text of a stored article can be it, by its keys."""
    if article.feed_id == held.feed_id and article.guid and article.guid == held.guid:
        return True
    if article.canonical_url != held.canonical_url and article.url != held.url:
        return False
    return article.feed_id != held.feed_id or same_fragment(article.url, held.url)


def same_fragment(one: str | None, other: str | None) -> bool:
    """Return whether two addresses point to the same part of a page."""
    return urldefrag(one or "").fragment == urldefrag(other or "").fragment


def in_batch(article: Article, fresh: Mapping[tuple[str, ...], Sequence[Held]]) -> list[Held]:
    """Return the articles of earlier entries in the batch that share a key, once each."""
    found = {held.article_id: held for key in keys_of(article) for held in fresh.get(key, ())}
    return list(found.values())


def keys_of(article: Article) -> list[tuple[str, ...]]:
    """Return the lookup keys of an entry."""
    keys: list[tuple[str, ...]] = []
    if article.guid:
        keys.append(("guid", article.feed_id, article.guid))
    if article.canonical_url:
        keys.append(("url", article.canonical_url))
    return keys or [("text", article.feed_id, article.entry_digest)]

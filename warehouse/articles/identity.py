"""Which article an entry is: one held already, a new version of it, or a further one.

A key (guid, address) says where to look, never that two texts are one article. Within one answer
of a feed every distinct entry is an article of its own. Between answers an entry that changed is
a version of the article it continues, told by its title or its publication date; anything else
under the same key is a further article. Nothing takes another article's place unread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urldefrag

from rapidfuzz import fuzz, utils

from models.article import Article
from models.identity import digest_id

# Another feed's text is a version only when it says clearly more: a summary beside a full text is
# no edit, and two feeds taking turns would pile up versions.
LONGER = 1.2
# Share of words that titles have in common, 0 to 100, from which on they tell one story; the
# higher one is for entries whose guids differ, such as a column that appears every day.
ALIKE, ALMOST_EQUAL = 60.0, 90.0


@dataclass(slots=True, kw_only=True)
class Held:
    """What is held of one article, as far as telling entries apart needs it."""

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
    """The article an entry belongs to, as which version; `new`, `changed` or `same`."""

    held: Held
    version: int
    outcome: str


def match_entries(
    articles: Sequence[Article], candidates: Mapping[int, Sequence[Held]]
) -> list[Match]:
    """What each entry of a batch is, in the batch's order.

    `candidates` are the articles held under an entry's keys, by its position. The answer of one
    feed must not be split over several batches, or its entries may count as edits of each other.
    """
    matches: dict[int, Match] = {}
    taken: set[tuple[str, str]] = set()
    # First those that are held as they are: what they stand for is no other entry's past.
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
    """The match as of now; a later entry of the batch may bring a further version."""
    return Match(held=held, version=held.version, outcome=outcome)


def resolve(
    article: Article, found: Sequence[Held], taken: set[tuple[str, str]], ids: set[str]
) -> Match:
    """The article an entry continues, or a further one, noted in `ids`."""
    for held in found:
        if article.entry_digest in held.digests and same_address(article, held):
            return matched(held, "same")
    free = [held for held in found if (article.feed_id, held.article_id) not in taken]
    likely = [(likeness(article, held), held) for held in free]
    score, continued = max(likely, key=lambda each: each[0], default=(0.0, None))
    if continued is None or score <= 0.0:
        return matched(further(article, known=bool(found), ids=ids), "new")
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


def further(article: Article, *, known: bool, ids: set[str]) -> Held:
    """A new article; under its own id, or one from its text where its key stands for another."""
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
    """How sure it is that an entry continues a held article; 0 for not at all."""
    alike = fuzz.token_set_ratio(article.title, held.title, processor=utils.default_process)
    if article.feed_id != held.feed_id:
        # Two feeds, one page. The publisher of a live blog puts many stories on it.
        return alike if alike >= ALIKE else 0.0
    dated = article.published_at is not None and article.published_at == held.published_at
    if article.guid and held.guid and article.guid != held.guid:
        # A publisher that changed its guids keeps titles or dates.
        return alike if alike >= ALMOST_EQUAL or (dated and alike >= ALIKE) else 0.0
    if not same_fragment(article.url, held.url):
        return 0.0
    return max(alike, 1.0) if alike >= ALIKE or dated else 0.0


def same_address(article: Article, held: Held) -> bool:
    """May an entry with the text of a held article be that article, by its keys?"""
    if article.feed_id == held.feed_id and article.guid and article.guid == held.guid:
        return True
    if article.canonical_url != held.canonical_url and article.url != held.url:
        return False
    return article.feed_id != held.feed_id or same_fragment(article.url, held.url)


def same_fragment(one: str | None, other: str | None) -> bool:
    """Do two addresses point to the same part of a page?"""
    return urldefrag(one or "").fragment == urldefrag(other or "").fragment


def in_batch(article: Article, fresh: Mapping[tuple[str, ...], Sequence[Held]]) -> list[Held]:
    """Articles that earlier entries of the batch led to and that share a key, once each."""
    found = {held.article_id: held for key in keys_of(article) for held in fresh.get(key, ())}
    return list(found.values())


def keys_of(article: Article) -> list[tuple[str, ...]]:
    """The keys to look an entry up by."""
    keys: list[tuple[str, ...]] = []
    if article.guid:
        keys.append(("guid", article.feed_id, article.guid))
    if article.canonical_url:
        keys.append(("url", article.canonical_url))
    return keys or [("text", article.feed_id, article.entry_digest)]

"""How relevant each listing is to a text, and which companies the text is about."""

from collections import defaultdict
from collections.abc import Iterable

from models.security import NamedListing

LEAD_CHARS = 400
CERTAINTY_SCORE = {"tag": 30, "full_name": 30, "name": 22, "short": 15}


def scored(found: Iterable[NamedListing], has_title: bool) -> tuple[NamedListing, ...]:
    """Set each mention's listing relevance from title, lead, frequency and certainty."""
    mentions = sorted(found, key=lambda m: (m.field != "title", m.start, m.end))
    by_issuer: dict[str, list[NamedListing]] = defaultdict(list)
    for mention in mentions:
        by_issuer[mention.issuer_id].append(mention)
    score = {}
    for owner, held in by_issuer.items():
        points = max(CERTAINTY_SCORE[m.certainty] for m in held)
        points += 35 if any(m.field == "title" for m in held) else 0
        lead = any(m.field == "body" and m.start < LEAD_CHARS for m in held)
        points += (20 if has_title else 40) if lead else 0
        points += min(15, 3 * (len(held) - 1))
        if all(m.kind in ("platform", "publisher") for m in held):
            points -= 20
        score[owner] = max(5, min(100, points))
    return tuple(
        NamedListing(
            **{
                name: getattr(m, name)
                for name in NamedListing.__dataclass_fields__
                if name != "relevance"
            },
            relevance=score[m.issuer_id],
        )
        for m in mentions
    )


def subjects(mentions: Iterable[NamedListing]) -> frozenset[str]:
    """Return issuer ids of the companies a text is about, not those mentioned in passing.

    They are introduced by tag or full legal name, or named three times, and are at least half as
    relevant as the most relevant company.
    """
    by_issuer: dict[str, list[NamedListing]] = defaultdict(list)
    for mention in mentions:
        by_issuer[mention.issuer_id].append(mention)
    top = max((held[0].relevance for held in by_issuer.values()), default=0)
    return frozenset(
        owner
        for owner, held in by_issuer.items()
        if held[0].relevance >= top / 2
        and (len(held) >= 3 or any(m.certainty in ("tag", "full_name") for m in held))
    )

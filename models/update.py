"""What a desk that was told a step should hear when later reports tell more of it."""

from models.alert import AlertCandidate
from models.headline import LINE_LIMIT, headline, shorten
from models.reference import load_commodities, product_bucket


def is_news(told: AlertCandidate, now: AlertCandidate) -> bool:
    """Does the step have an end, a rate or goods by now that the desk was not told?

    Goods count only when an official text confirms the step: papers name others in passing. A value
    that differs from the one told is another step or a correction, not this.
    """
    if now.end_date and not told.end_date:
        return True
    if now.rate_value is not None and told.rate_value is None:
        return True
    if not (now.official_source and told.commodities):
        return False
    return not goods_of(now) <= goods_of(told)


def goods_of(candidate: AlertCandidate) -> frozenset[str]:
    """Return the goods as linking compares them: dysprosium is one of the rare earths."""
    known = load_commodities()
    return frozenset(product_bucket(c) for c in candidate.commodities if c in known)


def update_line(now: AlertCandidate) -> str:
    """Return the update: "UPDATE: China: export control suspended: gallium, until 27 Nov 2026"."""
    return shorten(f"UPDATE: {headline(now)}", LINE_LIMIT)

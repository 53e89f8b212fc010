"""Corrections in one line: what a source retracted or changed after the desk was alerted."""

from models.alert import AlertCandidate
from models.event import Factuality
from models.headline import (
    LINE_LIMIT,
    day_words,
    headline,
    objects,
    places,
    rate_words,
    shorten,
    words,
)

REINSTATED = "reinstated"


def correction_line(now: AlertCandidate, sent: AlertCandidate | None) -> str:
    """Return the correction: "CORRECTION: rate 25% -> 10%: India: tariff adopted: steel"."""
    before = sent or now
    if now.factuality == Factuality.NEGATED:
        retraction = "denied" if now.change_reason == "retracted" else "no longer reported"
        line = f"{retraction} by its source: {headline(before)}"
    elif now.change_reason == REINSTATED:
        line = f"reported again after a denial: {headline(now)}"
    elif changes := changed(before, now):
        line = f"{'; '.join(changes)}: {headline(now)}"
    elif now.disputed:
        line = f"disputed, one source took it back: {headline(now)}"
    else:
        line = f"corrected by its source: {headline(now)}"
    return shorten(" ".join(f"CORRECTION: {line}".split()), LINE_LIMIT)


def changed(before: AlertCandidate, now: AlertCandidate) -> list[str]:
    """Return the differences, each such as "rate 25% -> 10%"."""
    pairs = (
        ("rate", rate_words_of(before), rate_words_of(now)),
        ("status", words(before.status), words(now.status)),
        ("actor", places(before.actors), places(now.actors)),
        ("target", places(before.targets), places(now.targets)),
        ("on", objects(before), objects(now)),
        ("from", day_words_of(before.effective_date), day_words_of(now.effective_date)),
        ("until", day_words_of(before.end_date), day_words_of(now.end_date)),
    )
    return [f"{what} {old} -> {new}" for what, old, new in pairs if old and new and old != new]


def rate_words_of(candidate: AlertCandidate) -> str:
    if candidate.rate_value is None:
        return ""
    return rate_words(candidate.rate_value, candidate.rate_unit)


def day_words_of(day: str | None) -> str:
    return day_words(day) if day else ""

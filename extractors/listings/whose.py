"""Where the words of a text name another country as acting than the one that was read."""

import re
from functools import cache

from extractors.listings.places import expand
from models.event import FAMILY, EventMention, moves_forward
from models.jurisdiction import demonyms, origin_words, party_names

MEASURE = (
    r"(?:tariffs?|duties|levies|sanctions?|curbs|controls?|quotas?|bans?|embargo(?:es)?"
    r"|restrictions)"
)
SETS = r"(?:impose|set|put|launch|raise|slap|levy|hike|extend|ban|curb|restrict|tighten|hit)"
ACTS = (
    rf"(?:(?:to|will)\s+(?:\w+\s+)?{SETS}|(?:imposes|sets|puts|considers|mulls|launches|opens|weighs"
    rf"|announces|slaps|hits|plans|threatens)\b|says?\b.{{0,80}}?\b(?:will|to) {SETS})"
)


@cache
def owners() -> re.Pattern[str]:
    """ "U.S. steel tariffs", "China's curbs": a country before its measure."""
    things = "|".join(re.escape(w) for w in sorted(demonyms(), key=len, reverse=True))
    names = "|".join(re.escape(w) for w in sorted(origin_words(), key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?:(?P<thing>{things})|(?P<name>{names})['\u2019]s)\s+(?:[\w-]+,?\s+){{0,3}}?"
        rf"{MEASURE}\b"
    )


@cache
def sellers() -> re.Pattern[str]:
    """ "Venezuela oil exports", "Canada's lumber exports": whose goods leave."""
    names = "|".join(re.escape(w) for w in sorted(origin_words(), key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<name>{names})(?:['\u2019]s)?\s+(?:[\w-]+\s+){{0,2}}?[Ee]xports\b"
    )


@cache
def subjects() -> re.Pattern[str]:
    """ "Canada to impose": a country or its leader that opens the sentence and acts."""
    names = "|".join(re.escape(w) for w in sorted(party_names(), key=len, reverse=True))
    return re.compile(rf"(?:^|: )(?P<name>{names})(?!\w)(?:\s+\w+)?\s+{ACTS}")


def other_actor(event: EventMention) -> str | None:
    """Return the words by which a country acts that is no actor, or is met; None if none."""
    read = expand(event.actors)
    if not read:
        return None
    # Who sets the measure is not whom it meets.
    found = subjects().search(event.sentence)
    if found and moves_forward(event.status, event.status_target):
        acting = expand((party_names()[found["name"]],))
        if acting.isdisjoint(read) or not acting.isdisjoint(expand(event.targets)):
            return found[0]
    met = expand(event.targets)
    # "US will control Venezuela's oil exports": it keeps back nothing of its own.
    if FAMILY[event.type] == "export" and (found := sellers().search(event.sentence)):
        seller = expand((origin_words()[found["name"]],))
        if seller.isdisjoint(read) and not seller.isdisjoint(met):
            return found[0]
    known = read | met
    for found in owners().finditer(event.sentence):
        code = origin_words().get(found["thing"] or found["name"])
        if code and expand((code,)).isdisjoint(known):
            return found[0]
        # "China's tariffs on U.S. cars", read as set by both.
        if found["name"] and len(event.actors) > 1 and code in read - met and met & read:
            return found[0]
    return None

"""Texts without the characters that only say where a word may be broken, offsets kept.

A soft hyphen stands inside a word and is not seen; left in, no word list knows the word. Such
characters are taken out before a text is read, hyphens that do not break are made plain, and what
was found is put back where it stands.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from extractors.reading.assemble import mention_id
from models.event import EntityMention, EventMention, TextUnit

# Soft hyphen, word joiner, zero width joiner and non-joiner, zero width no-break space.
_UNSEEN = re.compile("[\u00ad\u200c\u200d\u2060\ufeff]")
_ODD = re.compile("[\u00ad\u200c\u200d\u2060\ufeff\u2010\u2011]")
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """One field as written, and where in the text read characters were left out before."""

    raw: str
    cuts: tuple[int, ...]

    def start(self, at: int) -> int:
        """Where the character at `at` of the text read stands as written."""
        return at + bisect_right(self.cuts, at)

    def end(self, at: int) -> int:
        """The end as written of a stretch that ends at `at` in the text read."""
        return self.start(at - 1) + 1 if at > 0 else 0


Restorer = dict[str, Removed]


def readable_unit(unit: TextUnit) -> tuple[TextUnit, Restorer]:
    """The unit as it is to be read, and what puts findings back; the unit itself, most often."""
    fields = {"body": unit.text, "title": unit.title or ""}
    removed = {name: _removed(raw) for name, raw in fields.items() if _ODD.search(raw)}
    odd_context = unit.context is not None and _ODD.search(unit.context) is not None
    if not removed and not odd_context:
        return unit, {}
    changed = replace(
        unit,
        text=plain(unit.text),
        title=None if unit.title is None else plain(unit.title),
        context=None if unit.context is None else plain(unit.context),
    )
    return changed, removed


def plain(text: str) -> str:
    """`text` without unseen characters, its hyphens plain."""
    return _UNSEEN.sub("", text).translate(_HYPHENS)


def _removed(raw: str) -> Removed:
    places = [m.start() for m in _UNSEEN.finditer(raw)]
    return Removed(raw=raw, cuts=tuple(place - n for n, place in enumerate(places)))


def event_as_written(event: EventMention, unit: TextUnit, restore: Restorer) -> EventMention:
    """The event with its words and offsets as they stand in the text as written."""
    removed = restore.get(event.field)
    if removed is None:
        return event
    start, end = removed.start(event.start), removed.end(event.end)
    first = removed.start(event.sentence_start)
    last = removed.end(event.sentence_start + len(event.sentence))
    return replace(
        event,
        mention_id=mention_id(unit, event.field, start, end, event.type),
        start=start,
        end=end,
        trigger=removed.raw[start:end],
        sentence=removed.raw[first:last],
        sentence_start=first,
    )


def entity_as_written(entity: EntityMention, restore: Restorer) -> EntityMention:
    """The name with its words and offsets as they stand in the text as written."""
    removed = restore.get(entity.field)
    if removed is None:
        return entity
    start, end = removed.start(entity.start), removed.end(entity.end)
    return replace(entity, text=removed.raw[start:end], start=start, end=end)

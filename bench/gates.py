"""How many of the events that are told with open gates are told with closed ones:
`python -m bench.gates`.

Reads documents spread over three corpora of POLICYWIRE_SHARED twice. An event is the same where
place, type, status and actors agree. Only the letters and the n-grams are opened: the glances of
the encoder stay.
"""

from collections.abc import Iterator

from bench.extraction import units
from extractors.extract import Extractor
from extractors.reading.cascade import Gates
from models.event import TextUnit

DOCUMENTS = {"feed_items_2026": 8000, "reuters_1987": 1600, "whitehouse": 80}


def told(texts: list[TextUnit], extractor: Extractor) -> Iterator[tuple[object, ...]]:
    """Place, type, status and actors of each event that some texts tell."""
    for unit, extraction in zip(texts, extractor.extract(texts), strict=True):
        for e in extraction.events:
            yield unit.unit_id, e.field, e.start, e.type, e.status, e.actors


def main() -> None:
    """Print for each corpus and for all how many of the events come through."""
    closed, opened = Extractor(), Extractor()
    opened.gates = Gates(None)
    through = total = 0
    for corpus, count in DOCUMENTS.items():
        texts = units(corpus, count)
        events = set(told(texts, opened))
        kept = len(events & set(told(texts, closed)))
        through, total = through + kept, total + len(events)
        print(f"{corpus:16} {len(texts):5} documents: {kept} of {len(events)} events")
    print(f"{'all':16} {through} of {total}: {through / total:.3f}")


if __name__ == "__main__":
    main()

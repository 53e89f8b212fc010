"""An explanation as one web page: spans and dependency arcs by displaCy, all text escaped."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from spacy import displacy

from extractors.explaining.explanation import (
    ExplainedCandidate,
    ExplainedSentence,
    Explanation,
    Value,
    place_of,
)
from extractors.reading.cascade import Stop
from models import harmless

# displaCy draws no more than this well; longer sentences come without arcs.
MOST_WORDS = 120
COLOURS = {"TYPE": "#ffd166", "STEP": "#8ecae6", "EVENT": "#95d5b2", "ALSO": "#e0e0e0"}
# What each stage of the cascade finds missing in a sentence that it stops.
STAGES = {
    "letters": "without letters of trade, goods or state acts",
    "ngrams": "unlikely by their words",
    "encoder": "without an event for the encoder",
}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff; }
section { border-top: 1px solid #ccc; margin-top: 2rem; }
figure { margin: 0; overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0 1rem; }
td { padding: 0.1rem 1rem 0.1rem 0; vertical-align: top; }
td.empty, .why { color: #666; }
"""


def page_of(explanation: Explanation) -> str:
    """The whole page, UTF-8, with no script and nothing loaded from elsewhere."""
    unit = explanation.unit
    title = harmless.html(unit.title or unit.text[:80] or "empty text")
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>",
        f"<p>{harmless.html(told(explanation))}</p>",
        *(part for number, s in enumerate(explanation.sentences) for part in section(s, number)),
        *stops(explanation),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def told(explanation: Explanation) -> str:
    """What became of the text, in one line."""
    if explanation.reject:
        return f"refused: {explanation.reject}"
    events = len(explanation.events)
    words = [f"{events} event{'' if events == 1 else 's'}"]
    if asides := len(explanation.asides):
        words[0] += f", {asides} aside{'' if asides == 1 else 's'}"
    for stage, why in STAGES.items():
        count = sum(stop.stage == stage for stop in explanation.stopped)
        if count:
            words.append(f"{count} sentence{'' if count == 1 else 's'} {why}")
    return "; ".join(words)


def stop_reason(stop: Stop) -> str:
    """Why a sentence came no further."""
    if stop.chance is None or stop.needed is None:
        return STAGES[stop.stage]
    return f"{STAGES[stop.stage]}: {stop.chance:.4f}, needed {stop.needed:.4f}"


def stops(explanation: Explanation) -> Iterator[str]:
    """The sentences that did not come as far as the parse, as a table."""
    if explanation.stopped:
        yield "<section><h2>Not read further</h2><table>"
        for stop in explanation.stopped:
            yield row(place_of(stop), " ".join(stop.text.split()), stop_reason(stop))
        yield "</table></section>"


def section(sentence: ExplainedSentence, number: int) -> Iterator[str]:
    """One sentence: its words marked, its parse drawn, its candidates told."""
    yield f"<section><h2>{place_of(sentence)}</h2>"
    spans = {
        "tokens": [harmless.line(word.text) for word in sentence.words],
        "spans": list(spans_of(sentence)),
        "text": harmless.lines(sentence.text),
    }
    yield displacy.render(
        spans, style="span", manual=True, jupyter=False, options={"colors": COLOURS}
    )
    if len(sentence.words) <= MOST_WORDS:
        arcs = {"words": words_of(sentence), "arcs": list(arcs_of(sentence))}
        drawn = displacy.render(
            arcs, style="dep", manual=True, jupyter=False, options={"compact": True, "distance": 90}
        )
        # displaCy numbers drawings by chance; a page should come out the same twice.
        yield f"<figure>{stable_ids(drawn, number)}</figure>"
    yield f'<p class="why">{harmless.html(sentence.why)}</p>'
    for candidate in sentence.candidates:
        yield from rows_of(candidate)
    yield "</section>"


def spans_of(sentence: ExplainedSentence) -> Iterator[dict[str, Any]]:
    """The evidence as displaCy spans, by the words they cover."""
    starts = [word.start for word in sentence.words]
    seen: set[tuple[str, int, int]] = set()
    for candidate in sentence.candidates:
        marks = [(clue.kind.upper(), clue.start, clue.end) for clue in candidate.clues]
        if candidate.event is not None:
            marks.append(("EVENT", candidate.event.start, candidate.event.end))
        for label, start, end in marks:
            first = max(0, bisect_right(starts, start) - 1)
            last = max(first + 1, bisect_right(starts, end - 1))
            if (label, first, last) not in seen:
                seen.add((label, first, last))
                yield {"start_token": first, "end_token": last, "label": label}


def words_of(sentence: ExplainedSentence) -> list[dict[str, str]]:
    """The words as displaCy draws them, their tags below."""
    return [
        {"text": harmless.line(word.text), "tag": harmless.html(word.tag)}
        for word in sentence.words
    ]


def arcs_of(sentence: ExplainedSentence) -> Iterator[dict[str, Any]]:
    """The dependencies as displaCy arcs; roots have none."""
    for place, word in enumerate(sentence.words):
        if word.head != place:
            yield {
                "start": min(place, word.head),
                "end": max(place, word.head),
                "label": harmless.html(word.relation),
                "dir": "left" if place < word.head else "right",
            }


def stable_ids(drawn: str, number: int) -> str:
    """The drawing with ids that depend on its place alone."""
    start = drawn.find('id="') + 4
    drawn_id = drawn[start : drawn.find('"', start)]
    return drawn.replace(drawn_id.removesuffix("-0"), f"parse-{number}")


def rows_of(candidate: ExplainedCandidate) -> Iterator[str]:
    """A candidate as a heading and a table."""
    yield f"<h3>{harmless.html(candidate.reading)}: {candidate.verdict}</h3>"
    yield f'<p class="why">{harmless.html(candidate.why)} · {harmless.html(candidate.rule)}</p>'
    yield "<table>"
    for clue in candidate.clues:
        yield row(
            clue.kind, f'"{clue.text}" {clue.start}-{clue.end}', f"{clue.rule} {clue.note}".strip()
        )
    for value in (*candidate.labels, *candidate.arguments):
        yield value_row(value)
    yield "</table>"


def value_row(value: Value) -> str:
    """One label or argument; an empty one shows a dash."""
    return row(value.name, value.value or "-", value.reason)


def row(*cells: str) -> str:
    """A table row, each cell escaped."""
    return "<tr>" + "".join(f"<td>{harmless.html(cell)}</td>" for cell in cells) + "</tr>"

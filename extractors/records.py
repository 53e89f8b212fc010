"""The pipe: JSON lines in, JSON lines out, one result per line, in constant memory.

Run as `python -m extractors.records < in.jsonl > out.jsonl`. In: {"id", "text", "title"?,
"context"?, "published"?, "kind"?, "lang"?, "publisher_country"?}. Out: {"id", "events", "entities",
"extractor_version", "reject"?}. A line that is not JSON gives {"id": null, "line", "error"} and
exit code 1 at the end. A summary of all lines goes to standard error.
"""

import json
import select
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from extractors.extract import Extractor
from extractors.listings.affected import AffectedListings
from extractors.text.dates import parse_published
from extractors.text.readable import encodable
from models import harmless
from models.errors import ExtractionError
from models.event import EventMention, Extraction, TextUnit
from models.reading import ReadCount, Refusal, Tally
from models.security import TickerLink

KINDS = ("headline", "sentence", "article")
Tickers = Callable[[TextUnit, EventMention], Iterable[TickerLink]]


def unit_from_record(record: dict[str, Any]) -> TextUnit:
    """Return the text unit of an input record. Raises ExtractionError naming the bad key."""
    if not isinstance(record, dict):
        raise ExtractionError("?", f"a record is an object, not {type(record).__name__}")
    unit_id = record.get("id")
    if unit_id is None or isinstance(unit_id, dict | list):
        raise ExtractionError("?", "key 'id' is missing: give every record an id")
    kind = record.get("kind") or "article"
    if kind not in KINDS:
        raise ExtractionError(
            str(unit_id), f"key 'kind' is {kind!r}: use one of {', '.join(KINDS)}"
        )
    for key in ("text", "title", "context", "published", "lang", "publisher_country"):
        value = record.get(key)
        if value is None:
            continue
        if not isinstance(value, str):
            raise ExtractionError(
                str(unit_id), f"key {key!r} is {type(value).__name__}: it must be text"
            )
        record = {**record, key: encodable(value)}
    if record.get("text") is None:
        raise ExtractionError(str(unit_id), "key 'text' is missing")
    return TextUnit(
        unit_id=str(unit_id),
        text=record["text"],
        title=record.get("title"),
        context=record.get("context"),
        published=parse_published(record.get("published")),
        kind=kind,
        language=record.get("lang"),
        publisher_country=record.get("publisher_country"),
    )


def record_from_event(event: EventMention, tickers: Iterable[TickerLink] = ()) -> dict[str, Any]:
    """Return one event in the output format; previous rates are separate from the measure's own."""
    return {
        "event_id": event.mention_id,
        "field": event.field,
        "start": event.start,
        "end": event.end,
        "trigger": event.trigger,
        "sentence": event.sentence,
        "type": event.type.value,
        "status": event.status.value,
        "status_target": event.status_target.value,
        "factuality": event.factuality.value,
        "time_frame": event.time_frame.value,
        "polarity": event.polarity.value,
        "actors": list(event.actors),
        "targets": list(event.targets),
        "actor_texts": list(event.actor_texts),
        "target_texts": list(event.target_texts),
        "agencies": list(event.agencies),
        "product_texts": list(event.product_texts),
        "commodities": list(event.commodities),
        "hs_codes": list(event.hs_codes),
        "company_texts": list(event.company_texts),
        "rates": [
            {"text": r.text, "value": r.value, "unit": r.unit, "basis": r.basis}
            for r in event.rates
            if r.role == "rate"
        ],
        "previous_rates": [
            {"text": r.text, "value": r.value, "unit": r.unit}
            for r in event.rates
            if r.role != "rate"
        ],
        "amounts": [
            {"text": a.text, "value": a.value, "unit": a.unit, "kind": a.kind}
            for a in event.amounts
        ],
        "dates": [{"role": d.role, "text": d.text, "date": d.date or None} for d in event.dates],
        "duration": event.duration,
        "instrument": event.instrument,
        "instrument_id": event.instrument_id,
        "condition": event.condition,
        "retaliation": event.retaliation,
        "is_lead": event.is_lead,
        "attribution": {"source_type": event.source_type.value, "text": event.source_text},
        "confidence": event.confidence,
        "rule": event.rule,
        "tickers": [
            {"listing": t.listing, "link": t.link, "sign": t.sign, "why": t.why} for t in tickers
        ],
        "missing": dict(event.missing),
    }


def record_from_extraction(
    extraction: Extraction, unit: TextUnit, tickers: Tickers | None = None
) -> dict[str, Any]:
    """Return one output record. `tickers` returns the listings an event of `unit` affects."""
    record: dict[str, Any] = {
        "id": extraction.unit_id,
        "events": [
            record_from_event(e, tickers(unit, e) if tickers else ()) for e in extraction.events
        ],
        "entities": [
            {
                "text": e.text,
                "label": e.label,
                "start": e.start,
                "end": e.end,
                **({"id": e.entity_id} if e.entity_id else {}),
            }
            for e in extraction.entities
        ],
        "extractor_version": extraction.extractor_version,
    }
    if extraction.reject is not None:
        record["reject"] = extraction.reject
    return record


def run_pipe(
    lines: IO[str],
    out: IO[str],
    *,
    tickers: Tickers | None = None,
    extractor: Extractor | None = None,
) -> int:
    """Read records from `lines` and write one result each to `out`; return 1 if a line was bad."""
    return 1 if read_pipe(lines, out, tickers=tickers, extractor=extractor).refused else 0


def read_pipe(
    lines: IO[str],
    out: IO[str],
    *,
    tickers: Tickers | None = None,
    extractor: Extractor | None = None,
) -> ReadCount:
    """Read records from `lines` and write one result each to `out`; return the counts.

    Interactive input is answered line by line; a file is parsed in batches.
    """
    reader = extractor or Extractor()
    count = ReadCount()
    for batch in batches_of_lines(lines):
        count += answer_lines(batch, out, reader, tickers)
        out.flush()
    return count


def answer_lines(
    numbered: Iterable[tuple[int, str]],
    out: IO[str],
    reader: Extractor,
    tickers: Tickers | None = None,
) -> ReadCount:
    """Write one result per numbered line; return the counts."""
    tally = Tally()
    units: list[TextUnit] = []
    slots: list[dict[str, Any] | TextUnit] = []
    for number, line in numbered:
        unit_id = None
        try:
            unit = unit_from_record(json.loads(line))
        except json.JSONDecodeError as error:
            reason = f"not JSON: {error}"
        except RecursionError:
            reason = "not JSON: nested too deep"
        except ExtractionError as error:
            unit_id = error.article_id if error.article_id != "?" else None
            reason = error.reason
        else:
            units.append(unit)
            slots.append(unit)
            continue
        slots.append({"id": unit_id, "line": number, "error": reason})
        tally.refuse(Refusal(place=f"line {number}", reason=reason))
    tally.stored = len(units)
    results = reader.extract(units, batch_size=64 if len(units) > 1 else 1)
    for slot in slots:
        if isinstance(slot, TextUnit):
            record = record_from_extraction(next(results), slot, tickers)
        else:
            record = slot
        out.write(harmless.json_text(record) + "\n")
    return tally.count


def batches_of_lines(
    lines: IO[str], size: int = 128, characters: int = 400_000
) -> Iterator[list[tuple[int, str]]]:
    """Yield numbered lines in batches; a batch ends when reading more would block."""
    batch: list[tuple[int, str]] = []
    held = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        batch.append((number, line))
        held += len(line)
        if number == 1 or len(batch) >= size or held >= characters or not _more_waiting(lines):
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _more_waiting(lines: IO[str]) -> bool:
    """Can more input be read without blocking? If unknown (a file, a list of lines), yes."""
    try:
        descriptor = lines.fileno()
    except (AttributeError, OSError, ValueError):
        return True
    try:
        return bool(select.select([descriptor], [], [], 0.05)[0])
    except (OSError, ValueError):
        return True


def piped() -> ReadCount:
    """Run the pipe on standard input and output; return the counts."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    return read_pipe(sys.stdin, sys.stdout, tickers=AffectedListings().by_event)


def main() -> int:
    """Run the pipe as a program."""
    count = piped()
    summary = f"{count.read} read: {count.stored} answered, {count.refused} refused"
    sys.stderr.write(summary + "".join(f"; first {r}" for r in count.refusals[:1]) + "\n")
    return 1 if count.refused else 0


if __name__ == "__main__":
    sys.exit(main())

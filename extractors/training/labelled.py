"""Our own labels of sentences in the corpora of POLICYWIRE_SHARED, kept as pointers.

The texts belong to their publishers and are not part of the project, so a label says where its
sentence stands: corpus, document, field and offsets in the cleaned text, with a digest that tells
whether it is still the same text. `python -m extractors.training.labelled POINTERS` prints the
records that training and scoring read.
"""

import argparse
import gzip
import hashlib
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from extractors.text.readable import clean
from models import harmless
from models.errors import ConfigError
from models.reading import Refusal, Tally

# Arguments that a label gives as spans: those of every label, and those that only some give.
SPANS = ("product_texts", "company_texts")
PARTIES = ("actor_texts", "target_texts")
# Arguments with a span and values beside it.
VALUES = ("rates", "amounts")
# The name of this set of labels: other people drew and labelled it than the labelled set.
LABELS = "labels"


def shared_folder() -> Path:
    """Where the labelled set and the corpora lie: POLICYWIRE_SHARED, else ../shared."""
    return Path(os.environ.get("POLICYWIRE_SHARED", "../shared"))


def digest(text: str) -> str:
    """Enough of a digest to tell that a text is the one that was labelled."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def resolve(pointers: Path, corpora: Path, tally: Tally | None = None) -> Iterator[dict[str, Any]]:
    """Labelled records with their texts, in the form of the labelled set.

    Those whose text is lost are left out, and `tally` hears of each. Raises ConfigError where the
    corpora are not there.
    """
    tally = tally if tally is not None else Tally()
    wanted: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in pointers.read_text(encoding="utf-8").splitlines():
        pointer = json.loads(line)
        wanted[pointer["corpus"]][pointer["document"]].append(pointer)
    for corpus, documents in wanted.items():
        for document in documents_of(corpora, corpus):
            waiting = documents.get(str(document["id"]), [])
            # Several documents of a corpus may bear one id: the first that fits is the one.
            for pointer in list(waiting):
                record = record_at(pointer, document)
                if record is not None:
                    waiting.remove(pointer)
                    tally.stored += 1
                    yield record
        for document_id, lost in documents.items():
            for pointer in lost:
                told = f"document {document_id} of {corpus} has another text by now, or is gone"
                tally.refuse(Refusal(place=f"label {pointer['id']}", reason=told))


def documents_of(corpora: Path, corpus: str) -> Iterator[dict[str, Any]]:
    """The documents of a corpus. Raises ConfigError where it is not there."""
    path = corpora / f"{corpus}.jsonl.gz"
    if not path.is_file():
        raise ConfigError(f"{path}: not there; POLICYWIRE_SHARED names the folder above")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def document_record(corpus: str, document: dict[str, Any]) -> dict[str, Any]:
    """A whole document of a corpus as a record, its text cleaned."""
    return {
        "id": f"{corpus}:{document['id']}",
        "title": (document.get("title") or "").strip(),
        "text": clean(document.get("text") or ""),
        "published": document.get("published"),
    }


def record_at(pointer: dict[str, Any], document: dict[str, Any]) -> dict[str, Any] | None:
    """The labelled record a pointer stands for, or None when the text is another by now."""
    title = (document.get("title") or "").strip()
    body = clean(document.get("text") or "")
    whole = title if pointer["field"] == "title" else body
    text = whole[slice(*pointer["at"])]
    if digest(text) != pointer["digest"]:
        return None
    context = pointer.get("context")
    return {
        "id": pointer["id"],
        "source": pointer["corpus"],
        "set": LABELS,
        "kind": "headline" if pointer["field"] == "title" else "sentence",
        "published": document.get("published"),
        "title": None if pointer["field"] == "title" else title or None,
        "context": body[slice(*context)] if context else None,
        "text": text,
        "events": [event_at(e, text) for e in pointer["events"]],
    }


def event_at(event: dict[str, Any], text: str) -> dict[str, Any]:
    """A labelled event with the words its offsets stand for."""
    start, end = event["at"]
    spans = (*SPANS, *(k for k in PARTIES if k in event))
    rest = {k: v for k, v in event.items() if k not in ("at", *spans)}
    return {
        **rest,
        "trigger": text[start:end],
        "start": start,
        "end": end,
        **{k: [text[a:b] for a, b in event.get(k, ())] for k in spans},
        **{
            k: [
                {"text": text[slice(*v["at"])], "value": v["value"], "unit": v["unit"]}
                for v in event[k]
            ]
            for k in VALUES
            if k in event
        },
        "dates": [
            {"role": d["role"], "text": text[slice(*d["at"])], "date": d["date"]}
            for d in event.get("dates", ())
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the records of a file of pointers; 1 if one was lost, unless that is allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pointers", type=Path)
    parser.add_argument("--lenient", action="store_true", help="exit code 0 although some are lost")
    a = parser.parse_args(arguments)
    tally = Tally()
    for record in resolve(a.pointers, shared_folder() / "corpora", tally):
        sys.stdout.write(harmless.json_text(record) + "\n")
    count = tally.count
    sys.stderr.write(f"{count.read} read: {count.stored} found, {count.refused} lost\n")
    sys.stderr.writelines(f"  {refusal}\n" for refusal in count.refusals)
    return 1 if count.refused and not a.lenient else 0


if __name__ == "__main__":
    sys.exit(main())

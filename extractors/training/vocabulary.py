"""The word pieces that the reader keeps: `python -m extractors.training.vocabulary`.

The packaged encoder knows 30,522 pieces, many of which no news holds. Kept are single characters
of Latin script, all that the names of our own tables need, and then those that the corpora of
POLICYWIRE_SHARED use most. Writes extractors/reading/weights/tokenizer.json, to which every encoder
must then be trained anew: a piece's place in it is its row in the weights.
"""

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from extractors.reading.inputs import TOKENIZER, tokenizer
from extractors.training import packaged
from extractors.training.labelled import shared_folder
from models.errors import ConfigError

PIECES = 20_000
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# Latin letters, with and without marks, digits and punctuation lie below.
_BEYOND_LATIN = 0x250
_TABLES = ("countries", "agencies", "commodities", "companies", "instruments")
# The letters of a document that are counted, and the documents counted at once.
_CHARS, _AT_ONCE = 1_500, 4_000


def kept_pieces(folder: Path) -> list[int]:
    """For each piece of the shipped tokenizer, in order, its row in the packaged encoder.

    Raises ConfigError where the packaged encoder does not know a piece.
    """
    packaged_ids = Tokenizer.from_file(str(folder / packaged.TOKENIZER)).get_vocab()
    shipped = tokenizer().get_vocab()
    if lost := sorted(shipped.keys() - packaged_ids.keys()):
        raise ConfigError(
            f"{TOKENIZER}: {len(lost)} pieces that the packaged encoder lacks, such as {lost[0]!r}"
        )
    return [packaged_ids[piece] for piece in sorted(shipped, key=shipped.__getitem__)]


def count_pieces(known: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each piece is used in some texts."""
    counts: Counter[int] = Counter()
    waiting = iter(texts)
    while part := list(islice(waiting, _AT_ONCE)):
        for encoded in known.encode_batch(part, add_special_tokens=False):
            counts.update(encoded.ids)
    return counts


def choose(known: Tokenizer, counts: Mapping[int, int], most: int = PIECES) -> list[int]:
    """The ids of the pieces to keep: first the special ones, then in the order of the ids."""
    vocabulary = known.get_vocab()
    special = [vocabulary[piece] for piece in SPECIAL]
    kept = {i for piece, i in vocabulary.items() if _is_latin_character(piece)} | set(special)
    for cell in table_cells():
        kept.update(known.encode(cell, add_special_tokens=False).ids)
    for piece in sorted(counts, key=lambda i: (-counts[i], i)):
        if len(kept) >= most:
            break
        kept.add(piece)
    return [*special, *sorted(kept.difference(special))]


def _is_latin_character(piece: str) -> bool:
    bare = piece.removeprefix("##")
    return len(bare) == 1 and ord(bare) < _BEYOND_LATIN


def table_cells() -> Iterator[str]:
    """Every cell of the tables of names that ship."""
    for table in _TABLES:
        path = resources.files("models").joinpath("reference", f"{table}.csv")
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            yield from row


def pruned(full: dict[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The tokenizer of the packaged encoder with the kept pieces alone, numbered anew."""
    pieces = {i: piece for piece, i in full["model"]["vocab"].items()}
    vocabulary = {pieces[i]: place for place, i in enumerate(kept)}
    return {
        **full,
        "truncation": None,
        "padding": None,
        "added_tokens": [{**t, "id": vocabulary[t["content"]]} for t in full["added_tokens"]],
        "post_processor": None,
        "model": {**full["model"], "vocab": vocabulary},
    }


def corpus_texts(folder: Path) -> Iterator[str]:
    """Title and beginning of every document of the corpora."""
    paths = sorted(folder.rglob("*.jsonl.gz"))
    if not paths:
        raise ConfigError(f"{folder}: no corpora; POLICYWIRE_SHARED names the folder above")
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for document in map(json.loads, lines):
                text = f"{document.get('title') or ''} . {document.get('text') or ''}"
                yield text[:_CHARS]


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, help="the folder of the packaged encoder")
    parser.add_argument("--out", type=Path, help="write here, not over the shipped tokenizer")
    a = parser.parse_args(arguments)
    source = packaged.packaged_encoder(a.weights) / packaged.TOKENIZER
    known = Tokenizer.from_file(str(source))
    known.no_padding()
    known.no_truncation()
    counts = count_pieces(known, corpus_texts(shared_folder() / "corpora"))
    kept = choose(known, counts)
    covered = sum(counts[i] for i in kept) / counts.total()
    small = pruned(json.loads(source.read_text(encoding="utf-8")), kept)
    target = a.out or Path(__file__).parents[1] / "reading" / "weights" / TOKENIZER
    target.write_text(
        json.dumps(small, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    sys.stdout.write(f"{len(kept):,} pieces, {covered:.2%} of those used; wrote {target.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the encoder sees of a sentence: its word pieces, how they are written, what stands around.

A row is `[CLS] sentence [SEP] kind, publisher's state, title, sentence before [SEP]`. Every piece
also has a kind: its segment, how it is written (lower case, initial capital, capitals) and whether
a table knows the name it belongs to. So lists are hints for the encoder; they decide nothing.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from extractors.events.context import SentenceContext
from extractors.events.gazetteer import Name
from models.errors import ConfigError
from models.jurisdiction import jurisdiction_name

TOKENIZER = "tokenizer.json"

MOST_TEXT, MOST_TITLE, MOST_BEFORE = 160, 24, 32
# The parts of a row, in order.
TEXT, STATE, TITLE, BEFORE = 0, 1, 2, 3
# The layers of the encoder after which a glance may end the reading.
EXITS = (1, 3)
# Kinds of a piece: segment x writing x name.
WRITINGS = 3
NAMES = 4
KINDS = 2 * WRITINGS * NAMES
_KNOWN = {"COUNTRY": 1, "AGENCY": 1, "COMPANY": 2, "COMMODITY": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence for the encoder. All arrays have one element a piece.

    `part` is -1 for the marks between parts. `starts` and `ends` are offsets in the part's text.
    """

    ids: NDArray[np.int64]
    kinds: NDArray[np.int64]
    part: NDArray[np.int8]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def pieces(self, part: int, start: int, end: int) -> NDArray[np.intp]:
        """The pieces of a part that lie in a span of its text."""
        inside = (self.part == part) & (self.starts < end) & (self.ends > start)
        return np.flatnonzero(inside)

    def continues(self) -> NDArray[np.bool_]:
        """For each piece: does it go on with the word of the one before?"""
        return _goes_on()[self.ids]


@cache
def _goes_on() -> NDArray[np.bool_]:
    """For each piece of the vocabulary: is it the later part of a word?"""
    known = tokenizer()
    pieces = [known.id_to_token(i) or "" for i in range(known.get_vocab_size())]
    return np.array([piece.startswith("##") for piece in pieces])


@cache
def tokenizer() -> Tokenizer:
    """The shipped tokenizer: the packaged encoder's, less the pieces that news never uses."""
    path = resources.files("extractors").joinpath("reading", "weights", TOKENIZER)
    return Tokenizer.from_str(path.read_text(encoding="utf-8"))


def mark(name: str) -> int:
    """The piece of a mark that the tokenizer must have. Raises ConfigError for one it lacks."""
    piece = tokenizer().token_to_id(name)
    if piece is None:
        raise ConfigError(f"{TOKENIZER}: no piece {name}")
    return piece


@lru_cache(maxsize=512)
def _encoded(text: str) -> Encoding:
    return tokenizer().encode(text, add_special_tokens=False)


def row_of(context: SentenceContext) -> Row:
    """The row of one sentence."""
    tok = tokenizer()
    cls, sep = mark("[CLS]"), mark("[SEP]")
    columns: list[tuple[int, int, int, int, int]] = [(cls, 0, -1, 0, 0)]
    body = tok.encode(context.text, add_special_tokens=False)
    columns += _columns(body, context.text, context.names, TEXT, 0, MOST_TEXT)
    columns.append((sep, 0, -1, 0, 0))
    kind = "headline" if context.headline else "sentence"
    state = jurisdiction_name(context.publisher_country) if context.publisher_country else ""
    columns += _columns(_encoded(kind), kind, (), -1, 1, 4)
    columns += _columns(_encoded(state), state, (), STATE, 1, 6)
    if context.title:
        columns.append((sep, WRITINGS * NAMES, -1, 0, 0))
        columns += _columns(
            _encoded(context.title[:400]), context.title, context.title_names, TITLE, 1, MOST_TITLE
        )
    if context.context:
        columns.append((sep, WRITINGS * NAMES, -1, 0, 0))
        columns += _columns(
            _encoded(context.context),
            context.context,
            context.context_names,
            BEFORE,
            1,
            -MOST_BEFORE,
        )
    columns.append((sep, WRITINGS * NAMES, -1, 0, 0))
    ids, kinds, part, starts, ends = zip(*columns, strict=True)
    return Row(
        ids=np.array(ids, np.int64),
        kinds=np.array(kinds, np.int64),
        part=np.array(part, np.int8),
        starts=np.array(starts, np.int32),
        ends=np.array(ends, np.int32),
    )


def _columns(
    encoded: Encoding,
    text: str,
    names: tuple[Name, ...],
    part: int,
    segment: int,
    most: int,
) -> list[tuple[int, int, int, int, int]]:
    """(id, kind, part, start, end) of the first `most` pieces, or the last if it is negative."""
    known = [(n.start, n.end, _KNOWN.get(n.label, 0)) for n in names]
    out = []
    pieces = list(zip(encoded.ids, encoded.offsets, strict=True))
    for piece, (start, end) in pieces[:most] if most > 0 else pieces[most:]:
        word = text[start:end]
        writing = 2 if len(word) > 1 and word.isupper() else 1 if word[:1].isupper() else 0
        name = next((k for a, z, k in known if a < end and start < z), 0)
        kind = (segment * WRITINGS + writing) * NAMES + name
        out.append((piece, kind, part, start, end))
    return out


def padded(rows: list[Row]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(ids, kinds, mask) of some rows, each of shape (rows, pieces of the longest)."""
    width = max(map(len, rows))
    ids = np.zeros((len(rows), width), np.int64)
    kinds, mask = np.zeros_like(ids), np.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)], kinds[i, : len(row)], mask[i, : len(row)] = row.ids, row.kinds, 1
    return ids, kinds, mask

"""Legal names to the names a text uses, each with a gate for how far it can be trusted alone.

A filer called "DUOS TECHNOLOGIES GROUP, INC. /FL/" appears as "Duos Technologies Group, Inc.",
"Duos Technologies" and, once introduced, "Duos". The shorter the form, the more ambiguous it is:
the gate says what the text must contain before the form counts.
"""

import gzip
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources


def word_lists() -> dict[str, frozenset[str]]:
    """Return the lists of lexicon/name_words.toml by name."""
    path = resources.files("extractors.events.lexicon") / "name_words.toml"
    lists = tomllib.loads(path.read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in lists.items()}


WORDS = word_lists()
LEGAL = WORDS["legal"]
DESCRIPTORS = WORDS["descriptors"]
# Two of these in a row do not name a company: "Critical Metals", "First Financial".
GENERIC = DESCRIPTORS | WORDS["generic"]
NEW_WORDS = WORDS["new_words"]
NOT_INITIALS = WORDS["not_initials"]
SMALL = WORDS["small"]
STATE_MARK = re.compile(
    r"[/\\][A-Za-z. ]{1,12}[/\\]?\s*$|/(?:ADR|ADS|NEW|FI)\b.*$|\([^)]*\)\s*$", re.I
)
SPACES = re.compile(r"\s+")


class Gate(IntEnum):
    """What a name needs before it counts, weakest condition first."""

    OPEN = 0  # nothing: the words are unique to one company
    CASED = 1  # meaningful capitals: not in a Headline In Title Case
    GATED = 2  # the full name, the tag or a telling word in the same document
    LOCAL = 3  # the full name or the tag, before or after


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """One way to write an issuer's name. `rank` 0 is the legal name; higher ones are shorter."""

    issuer_id: str
    text: str
    gate: Gate
    rank: int
    kind: str = "name"
    keep_near: tuple[str, ...] = ()
    reject_near: tuple[str, ...] = ()


@cache
def known_words() -> dict[str, str]:
    """Return frequent English words -> `c` (common) or `n` (usually capitalised)."""
    path = resources.files("extractors.events.lexicon") / "known_words.txt.gz"
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8") as file:
        return dict(line.split() for line in file)


def is_known(word: str) -> bool:
    """Is the word too common, or too short, to name a company alone?"""
    bare = word.lower().removesuffix("'s").strip(".")
    return (
        len(bare) < 4
        or bare in known_words()
        or bare in NEW_WORDS
        or any(c.isdigit() for c in bare)
    )


def is_generic(word: str) -> bool:
    """Does the word describe a company's business or place, not its identity?"""
    return word.lower() in GENERIC or word.lower() in SMALL


def core_name(legal_name: str) -> str:
    """Return the legal name without suffixes: "AXT, Inc." -> "AXT", "The Gap, Inc." -> "Gap"."""
    name = legal_name
    for _ in range(3):
        name = STATE_MARK.sub("", name).strip(" ,")
    words = [w.strip(",").removesuffix(".") if w.lower() != "u.s." else w for w in name.split()]
    words = [w for w in words if w]
    while len(words) > 1 and (words[-1].lower() in LEGAL or words[-1] in ("&", "/")):
        words.pop()
    if len(words) > 1 and words[0].lower() == "the":
        words = words[1:]
    if len(words) > 1 and words[-1].lower() == "com":
        words[-2:] = [f"{words[-2]}.{words[-1]}"]
    return " ".join(words)


def shorter(name: str) -> Iterator[str]:
    """Yield the name with trailing descriptors removed one by one, as long as something is left."""
    words = name.split()
    while len(words) > 1 and words[-1].lower() in DESCRIPTORS | LEGAL | SMALL:
        words.pop()
        if words[-1].lower() not in SMALL:
            yield " ".join(words)


def gate_of(name: str, rank: int) -> Gate:
    """Return the gate for a form of this shape."""
    words = [w for w in re.split(r"[\s-]+", name) if w.lower() not in SMALL]
    unknown = [w for w in words if not is_known(w)]
    if len(words) == 1:
        if not unknown or is_generic(words[0]) or len(words[0]) < (4 if rank == 0 else 5):
            return Gate.GATED if rank == 0 else Gate.LOCAL
        return Gate.OPEN if rank == 0 else Gate.CASED
    if unknown:
        return Gate.OPEN
    if all(is_generic(w) for w in words) and len(words) == 2:
        return Gate.GATED if rank == 0 else Gate.LOCAL
    if rank == 0:
        return Gate.OPEN if len(words) > 3 else Gate.CASED
    return Gate.LOCAL


def name_forms(issuer: str, legal_name: str) -> Iterator[NameForm]:
    """Yield the forms of a legal name, longest first."""
    core = core_name(legal_name)
    if len(core) < 2:
        return
    seen = set()
    for rank, text in enumerate([core, *shorter(core)]):
        # "Dragonfly Energy" for Dragonfly Energy Holdings Corp. still counts as the name.
        left_off = core.split()[len(text.split()) :]
        whole = " " in text and all(w.lower() in WORDS["wrappers"] for w in left_off)
        gate = gate_of(text, 0 if whole else rank)
        if text.lower() not in seen:
            seen.add(text.lower())
            yield NameForm(issuer_id=issuer, text=text, gate=gate, rank=rank)
    first = core.split()[0]
    if first.lower() not in seen and not is_known(first) and not is_generic(first):
        yield NameForm(issuer_id=issuer, text=first, gate=Gate.LOCAL, rank=9)
    initials = "".join(w[0] for w in core.split() if w.lower() not in SMALL)
    if 2 <= len(initials) <= 5 and len(core.split()) > 1 and initials.upper() not in NOT_INITIALS:
        yield NameForm(issuer_id=issuer, text=initials.upper(), gate=Gate.LOCAL, rank=9)


def curated_forms(
    issuer: str, aliases: tuple[str, ...], ambiguous: tuple[str, ...]
) -> Iterator[NameForm]:
    """Yield the forms of curated names; those marked ambiguous need the full name nearby."""
    doubtful = {a.lower() for a in ambiguous}
    for text in aliases:
        if text.lower() not in doubtful:
            words = text.split()
            every_known = all(is_known(w) for w in words)
            cased = every_known and len(words) > 1 and any(is_generic(w) for w in words)
            yield NameForm(
                issuer_id=issuer,
                text=text,
                gate=Gate.CASED if cased else Gate.OPEN,
                rank=1,
                kind="alias",
            )
    for text in ambiguous:
        if not text.islower():
            yield NameForm(issuer_id=issuer, text=text, gate=Gate.LOCAL, rank=2, kind="alias")


# Maps one character to one, so offsets into folded text are valid for the text.
FOLD = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'"}
    | dict.fromkeys("-‑‐\t\n\r\u00a0\u2009\u202f\u2002\u2003", " ")
)


def fold(text: str) -> str:
    """Return `text` in lower case, with plain quotes and hyphens as blanks; same length."""
    folded = text.translate(FOLD)
    lowered = folded.lower()
    if len(lowered) == len(folded):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


def spellings(name: str) -> set[str]:
    """Return the spellings of a name in folded text: & or and, U.S. or US, .com or com."""
    base = SPACES.sub(" ", fold(name)).strip()
    found = {base}
    for old, new in (("&", "and"), (" and ", " & "), ("u.s.", "us"), (".com", " com")):
        found |= {f.replace(old, new) for f in found if old in f}
    if " com" in base:
        found.add(base.replace(" com", ".com"))
    return {SPACES.sub(" ", f).strip() for f in found}

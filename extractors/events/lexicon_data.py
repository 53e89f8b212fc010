"""The lexicon as compiled patterns: type evidence, masks and status evidence, each with its id."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from extractors.text.inflection import noun_forms, verb_forms
from extractors.text.sieve import Sieve
from models.errors import ConfigError
from models.event import EventStatus, EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class TypePattern:
    """One expression that speaks of a kind of measure. `self_status`: the step it says itself."""

    pattern_id: str
    type: EventType
    weight: float
    self_status: EventStatus | None
    anchors: tuple[str, ...]
    match: re.Pattern[str]
    need: re.Pattern[str] | None
    veto: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A stretch of a sentence that speaks of a kind of measure. Offsets within the sentence."""

    pattern: TypePattern
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWord:
    """A word or phrase for one step; `kind` is verb, noun or phrase."""

    status: EventStatus
    kind: str
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything the rules know of words, with the sieves that say which rules to try on a text."""

    types: tuple[TypePattern, ...]
    masks: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]
    words: dict[str, tuple[StatusWord, ...]]
    phrases: tuple[tuple[EventStatus, re.Pattern[str]], ...]
    type_sieve: Sieve
    mask_sieve: Sieve
    phrase_sieve: Sieve

    def mask(self, lowered: str) -> str:
        """`lowered` with misleading names blanked by spaces; same length."""
        for number in self.mask_sieve.candidates(lowered):
            expression, unless = self.masks[number]
            if unless is not None and unless.search(lowered):
                continue
            lowered = expression.sub(lambda m: " " * len(m.group()), lowered)
        return lowered

    def evidence(self, text: str) -> list[Evidence]:
        """Type evidence of one sentence, longest and strongest first come, none overlapping."""
        lowered = lower(text)
        candidates = self.type_sieve.candidates(lowered)
        if not candidates:
            return []
        masked = self.mask(lowered)
        found: list[Evidence] = []
        for pattern in (self.types[number] for number in candidates):
            matches = [m for m in pattern.match.finditer(masked) if m.end() > m.start()]
            # The match is the rarest of the conditions, so it is asked first.
            if not matches or not any(a in masked for a in pattern.anchors):
                continue
            if pattern.need is not None and not pattern.need.search(lowered):
                continue
            if pattern.veto is not None and pattern.veto.search(lowered):
                continue
            found += [Evidence(pattern=pattern, start=m.start(), end=m.end()) for m in matches]
        found.sort(key=lambda e: (-e.pattern.weight, e.start - e.end, e.start))
        kept: list[Evidence] = []
        for one in found:
            if not any(one.start < k.end and k.start < one.end for k in kept):
                kept.append(one)
        return sorted(kept, key=lambda e: e.start)


def lower(text: str) -> str:
    """Lower-case without changing the length, and with plain quotes and hyphens."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.translate(_PLAIN)


_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "‑": "-",
        "–": "-",
        "—": "-",
        "⁃": "-",
        "\u00a0": " ",
        "\n": " ",
        "\t": " ",
    }
)


def _read(name: str) -> dict[str, object]:
    source = resources.files("extractors.events.lexicon").joinpath(name)
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"lexicon/{name}: {error}") from error


def _compile(name: str, key: str, expression: str) -> re.Pattern[str]:
    try:
        return re.compile(expression)
    except re.error as error:
        raise ConfigError(f"lexicon/{name}: {key}: {error}: {expression}") from error


def _types() -> Iterator[TypePattern]:
    tables = _read("types.toml")["pattern"]
    assert isinstance(tables, list)
    seen: set[str] = set()
    for t in tables:
        pid = str(t["id"])
        if pid in seen:
            raise ConfigError(f"lexicon/types.toml: {pid}: id used twice")
        seen.add(pid)
        unknown = set(t) - {"id", "type", "weight", "self", "anchors", "match", "need", "veto"}
        if unknown:
            raise ConfigError(f"lexicon/types.toml: {pid}: unknown key {sorted(unknown)[0]!r}")
        yield TypePattern(
            pattern_id=pid,
            type=EventType(t["type"]),
            weight=float(t["weight"]),
            self_status=EventStatus(t["self"]) if "self" in t else None,
            anchors=tuple(t["anchors"]),
            match=_compile("types.toml", pid, t["match"]),
            need=_compile("types.toml", pid, t["need"]) if "need" in t else None,
            veto=_compile("types.toml", pid, t["veto"]) if "veto" in t else None,
        )


@cache
def load_word_classes() -> dict[str, frozenset[str]]:
    """Words by what they do to a clause: request, opinion, effect, hope, mood, law, money."""
    return {
        name: frozenset(str(words).split()) for name, words in _read("word_classes.toml").items()
    }


@cache
def load_lexicon() -> Lexicon:
    """The shipped lexicon, compiled once. Raises ConfigError naming file and id."""
    masks = _read("masks.toml")["mask"]
    assert isinstance(masks, list)
    words: dict[str, list[StatusWord]] = {}
    phrases: list[tuple[EventStatus, re.Pattern[str]]] = []
    for name, table in _read("statuses.toml").items():
        assert isinstance(table, dict)
        status = EventStatus(name)
        for base in table.get("verbs", ()):
            for form in verb_forms(base):
                words.setdefault(form, []).append(StatusWord(status=status, kind="verb", base=base))
        for base in table.get("nouns", ()):
            for form in noun_forms(base):
                words.setdefault(form, []).append(StatusWord(status=status, kind="noun", base=base))
        for phrase in table.get("phrases", ()):
            key = f"{name}.phrases"
            phrases.append((status, _compile("statuses.toml", key, rf"\b(?:{phrase})\b")))
    types = tuple(_types())
    compiled_masks = tuple(
        (
            _compile("masks.toml", m["id"], m["match"]),
            _compile("masks.toml", m["id"], m["unless"]) if "unless" in m else None,
        )
        for m in masks
    )
    return Lexicon(
        types=types,
        masks=compiled_masks,
        words={form: tuple(found) for form, found in words.items()},
        phrases=tuple(phrases),
        type_sieve=Sieve([pattern.match for pattern in types]),
        mask_sieve=Sieve([expression for expression, _ in compiled_masks]),
        phrase_sieve=Sieve([expression for _, expression in phrases]),
    )

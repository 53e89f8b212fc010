"""Splits text into sentences with offsets, before any model runs.

Handles "U.S.", "No. 61", "Sec. 232", "Corp.", initials, hard-wrapped lines and bullet lists.
"""

import itertools
import re
from collections.abc import Iterator

MAX_SENTENCE_CHARS = 1500

_ABBREVIATIONS = frozenset(
    [
        "u.s",
        "u.k",
        "u.n",
        "e.u",
        "u.s.a",
        "u.s.s.r",
        "u.s.c",
        "c.f.r",
        "d.c",
        "no",
        "nos",
        "sec",
        "secs",
        "art",
        "arts",
        "corp",
        "inc",
        "ltd",
        "co",
        "bros",
        "llc",
        "plc",
        "st",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gov",
        "sen",
        "rep",
        "reps",
        "gen",
        "col",
        "lt",
        "capt",
        "jr",
        "sr",
        "vs",
        "v",
        "etc",
        "e.g",
        "i.e",
        "al",
        "fig",
        "vol",
        "pp",
        "par",
        "para",
        "ch",
        "dept",
        "est",
        "approx",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thurs",
        "fri",
        "sat",
        "sun",
        "hon",
        "rev",
        "adm",
        "cmdr",
        "hts",
        "stat",
        "cong",
        "reg",
        "fed",
        "res",
        "supp",
        "cir",
        "ct",
        "ann",
        "doc",
        "pub",
        "p.l",
        "a.m",
        "p.m",
        "s.a",
        "n.v",
        "b.v",
        "p.r.c",
        "op",
        "cf",
        "ex",
        "div",
        "mt",
        "ft",
        "s.p.a",
        "s.a.b",
        "c.v",
        "e.o",
        "intl",
        "natl",
        "assn",
        "ill",
        "mass",
        "calif",
        "conn",
        "fla",
        "ariz",
        "ga",
        "tex",
        "wash",
        "pa",
        "va",
        "ind",
        "wis",
        "minn",
        "mich",
        "tenn",
    ]
)
_BOUNDARY = re.compile(r"""[.!?…][\"'”’)\]»*_]*(?=\s)|(?<=[a-z]{3})\.(?=[A-Z][a-z])""")
_BLANK = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-–•*▪◦·●]|\(?[a-z0-9]{1,3}[.)]|#{1,4})\s)")
_BULLET = re.compile(r"(?:^|(?<=\s))[•▪◦●](?=\s)")
_NEXT_OK = re.compile(r"""\s+["'“‘(\[«*_]*(?:[A-Z0-9$€£¥•–-]|\([a-z0-9]{1,3}\))""")
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.&]*)$")


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence, without surrounding blanks, in order, none empty."""
    for start, end in _blocks(text):
        yield from _split_block(text, start, end)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield paragraphs and list items. A single line break separates them unless lines wrap."""
    wrapped = _is_hard_wrapped(text)
    cuts = [0]
    pieces = _BLANK if wrapped else re.compile(r"\n\s*")
    for m in pieces.finditer(text):
        cuts += [m.start(), m.end()]
    cuts.append(len(text))
    for i in range(0, len(cuts), 2):
        start, end = cuts[i], cuts[i + 1]
        marks = [m.start() for m in _BULLET.finditer(text, start, end)]
        for a, b in zip([start, *marks], [*marks, end], strict=True):
            a, b = _strip(text, a, b)
            if b > a:
                yield a, b


def _is_hard_wrapped(text: str) -> bool:
    """Do lines break mid-sentence? Then most lack end punctuation or continue in lower case."""
    lines = text.split("\n")
    if len(lines) < 3:
        # A single break in a short text is a wrap if the next line continues in lower case.
        return bool(re.search(r"[a-z,]\n\s*[a-z]", text))
    pairs = [
        (a.rstrip(), b.lstrip()) for a, b in itertools.pairwise(lines) if a.strip() and b.strip()
    ]
    if not pairs:
        return False
    going_on = sum(
        1
        for a, b in pairs
        if a[-1] not in '.!?:;"”' and (b[0].islower() or (len(a) > 45 and len(a) < 110))
    )
    return going_on * 2 > len(pairs)


def _split_block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for m in _BOUNDARY.finditer(text, start, end):
        stop = m.end()
        if stop <= at or stop >= end:
            continue
        if text[m.start()] == "." and not _ends_sentence(text, at, m.start(), stop, end):
            continue
        if not text[stop].isspace() or _NEXT_OK.match(text, stop):
            yield from cut_long(text, *_strip(text, at, stop))
            at = stop
    if _strip(text, at, end)[1] > at:
        yield from cut_long(text, *_strip(text, at, end))


def _ends_sentence(text: str, at: int, dot: int, stop: int, end: int) -> bool:
    word = _LAST_WORD.search(text, max(at, dot - 20), dot)
    if word is None:
        # "1." or "No. 61." : a bare list number does not end a sentence, a year does.
        return not re.search(r"(?:^|\s)\(?\d{1,2}$", text[at:dot]) or dot - at > 30
    last = word.group(1)
    following = text[stop : min(end, stop + 30)].lstrip()
    if len(last) == 1 and last.isupper():
        # An initial ("J. Trump"), unless it ends an acronym before a clear sentence start.
        return False
    if last.lower() in _ABBREVIATIONS:
        if last in (
            "U.S",
            "U.K",
            "U.N",
            "E.U",
            "D.C",
            "a.m",
            "p.m",
            "Inc",
            "Corp",
            "Ltd",
            "Co",
            "p.r.c",
            "P.R.C",
        ):
            # May also end a sentence, but only if the next word is not a name.
            return bool(
                re.match(
                    (
                        r"(?:The|This|That|These|It|In|He|She|They|But|And|We|A|An|However|Meanwhile"
                        r"|On|For|At|If|As)\s"
                    ),
                    following,
                )
            )
        return False
    return True


def cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut lists and tables that are longer than any real sentence."""
    while end - start > MAX_SENTENCE_CHARS:
        window = text[start : start + MAX_SENTENCE_CHARS]
        at = max(window.rfind("; "), window.rfind(" - "), window.rfind(": "))
        if at < MAX_SENTENCE_CHARS // 4:
            at = window.rfind(" ")
        if at <= 0:
            at = MAX_SENTENCE_CHARS - 1
        a, b = _strip(text, start, start + at + 1)
        if b > a:
            yield a, b
        start += at + 1
    start, end = _strip(text, start, end)
    if end > start:
        yield start, end


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end

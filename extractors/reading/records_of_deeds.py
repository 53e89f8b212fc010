"""Lists of what was done before: "since last year the ministry has ...: - ...; - ...".

A statement lists what its government has done so far. The line before the list says so; its
points look like news.
"""

import re
from collections.abc import Iterator

_POINT = r"[-•*–]\s"
_LIST = re.compile(rf":(?:\*\*)?\s*(?={_POINT})")
# A line or a sentence ends before the lead-in; "U.S. " ends none.
_BEFORE = re.compile(r"\n|(?<=[a-z0-9)”\"])[.!?]\s")
_LONGEST_LEAD_IN = 400
_SO_FAR = re.compile(
    r"\b(?:has|have) (?:(?:\w+ly|also|already|since|so far) )*"
    r"(?:\w+(?:ed|en)|made|taken|put|set|cut|kept|brought|won|built|led|spent|held|struck)\b"
    r"|\b(?:since|during|over) (?:its|his|her|their|taking|the (?:first|last|past)|"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"|(?:19|20)\d\d)\b",
    re.I,
)
_NOW = re.compile(
    r"\b(?:today|hereby|now|this (?:week|morning|afternoon)|yesterday|agreed|committed|will)\b",
    re.I,
)
_FIRST_WORD = re.compile(r"[-•*–\s]*(\w+)")


def records_of_deeds(text: str) -> list[tuple[int, int]]:
    """(start, end) of each list whose lead-in says that it tells what was done so far.

    The lead-in is part of it, as it may be one sentence with the first point.
    """
    found = []
    for colon in _LIST.finditer(text):
        start = _start_of_lead_in(text, colon.start())
        lead_in = text[start : colon.start()]
        if _SO_FAR.search(lead_in) and not _NOW.search(lead_in):
            found.append((start, _end_of_list(text, colon.end())))
    return found


def _start_of_lead_in(text: str, colon: int) -> int:
    first = max(0, colon - _LONGEST_LEAD_IN)
    return max((m.end() for m in _BEFORE.finditer(text, first, colon)), default=first)


def _end_of_list(text: str, start: int) -> int:
    """Where the points end: at a line that is none, or at one of another form than the first."""
    end, as_first = start, None
    for at, line in _lines(text, start):
        if not line.strip():
            continue
        word = _FIRST_WORD.match(line)
        if word is None or (at > start and not re.match(rf"\s*{_POINT}", line)):
            break
        goes_on = word.group(1).endswith("ing")
        if as_first is None:
            as_first = goes_on
        # "- Cutting ...; - Opening ...; - The president signed ...": the last is a point by itself.
        if as_first and not goes_on:
            break
        end = at + len(line)
    return end


def _lines(text: str, start: int) -> Iterator[tuple[int, str]]:
    """(offset, line) from an offset on."""
    for line in text[start:].splitlines(keepends=True):
        yield start, line
        start += len(line)

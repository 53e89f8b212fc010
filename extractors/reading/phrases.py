"""Where a phrase stands in a sentence: at the words of a step, or near them."""

import re


def phrase_at(words: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """The first match that shares characters with those from `start` to `end`, if there is one."""
    return next((m for m in words.finditer(text) if m.start() < end and start < m.end()), None)

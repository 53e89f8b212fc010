"""Sentences that feed software adds to a text, which repeat its title and tell nothing.

Feeds read here lose them as they come (plain_text.py); texts given to `extract` may have them.
"""

import re

_FOOTER = re.compile(
    r"^\s*(?:the post|this (?:news )?(?:post|article|item|story|entry))\b.{1,400}?"
    r"\b(?:appeared first on|first appeared (?:on|in)|(?:originally|first) (?:published|posted))\b",
    re.IGNORECASE | re.DOTALL,
)


def is_boilerplate(sentence: str) -> bool:
    """Is a sentence the footer of a feed's software: "The post ... appeared first on ..."?"""
    return _FOOTER.match(sentence) is not None

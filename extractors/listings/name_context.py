"""What the words around a possible company name say about it.

"Doug Ford", "Ford Foundation", "Follow us on Facebook", a headline in title case: the same letters
name a company in one place and not in another.
"""

import re
from dataclasses import dataclass

from extractors.listings.company_names import (
    DESCRIPTORS,
    LEGAL,
    WORDS,
    Gate,
    NameForm,
    known_words,
)
from models.jurisdiction import demonyms

NEXT_WORD = re.compile(r"[\s,]{1,2}([\w.&/'’-]+)")
# The longest letters that may stand for an office: MP, PM, MEP, TD.
MOST_LETTERS = 3
LAST_WORD = re.compile(r"([\w.&'’-]+) $")
LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# Where a whole word may start and end: not in "@x", "utm_source=x", the "3M" of "37.3M", or the
# "GSK" of "GSK-3".
BEGIN = re.compile(r"(?<![\w@=])(?<!\d[.,])")
END = re.compile(r"(?!\w|-\d)")
# Endings of names that are also ordinary words: they prove nothing about the word before.
LEGAL_AFTER = LEGAL - {"as", "de", "trust", "ag"}
# The rest of an act's title after a name in it: "Ledbetter Fair Pay Act"; but "Intel CHIPS Act
# funds" are Intel's, of an act with a title of its own.
OWN_TITLES = (
    "CHIPS|Chips|Inflation|Defen[cs]e|Jones|Clean|Trade|National|Securities|Science|Infrastructure"
)
_WORD_OF_TITLE = r"(?:[A-Z][\w'’-]*|and|of|for|the|in|to|on|&)"
TITLE_OF_ACT = re.compile(
    rf" (?:(?!(?:{OWN_TITLES})\b)[A-Z][\w'’-]*(?: {_WORD_OF_TITLE}){{0,6}} )?"
    r"(?:Act|Bill|Law|Amendment|Code)\b"
)
CHANNELS = "facebook|instagram|linkedin|twitter|x|youtube|tiktok|bluesky|threads|pinterest|snapchat"
CALL_TO_FOLLOW = re.compile(
    r"\b(?:follow|like|find|join|visit|connect|via|on|through|at|@)\b[^.]*$"
    rf"|\b(?:{CHANNELS})\W{{1,3}}$"
)
CHANNEL_AFTER = re.compile(
    rf"\W{{1,3}}(?:{CHANNELS})\b|\W{{0,3}}(?:page|channel|account|post|video|live|group|:|https?)"
)


def word_edges(text: str) -> tuple[set[int], set[int]]:
    """Return the offsets where a separate name may start, and where it may end."""
    return {m.start() for m in BEGIN.finditer(text)}, {m.start() for m in END.finditer(text)}


def opens_sentence(text: str, start: int) -> bool:
    """Does this word start a sentence or a line, so that its capital means nothing?"""
    before = text[max(0, start - 3) : start].rstrip(" ")
    return not before or before[-1] in '.!?:\n\t“"•*–—('


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A possible name in its text, not yet accepted. `folded` is the text by fold()."""

    field: str
    text: str
    folded: str
    start: int
    end: int
    forms: tuple[NameForm, ...]

    @property
    def surface(self) -> str:
        return self.text[self.start : self.end]

    @property
    def is_one_word(self) -> bool:
        return " " not in self.surface

    def next_word(self) -> str:
        """Return the folded word right after, without its full stop."""
        after = NEXT_WORD.match(self.folded, self.end)
        return after[1].strip(".,'") if after else ""

    def legal_form_follows(self) -> str:
        """Return the legal form right after, in lower case: "inc" of "Apple Inc."; else empty."""
        after = NEXT_WORD.match(self.text, self.end)
        if after is None or not after[1][0].isupper():
            return ""
        word = after[1].lower().strip(".,'’")
        return word if word in LEGAL_AFTER else ""

    def near(self, width: int) -> str:
        """Return the folded text up to `width` characters on either side."""
        return self.folded[max(0, self.start - width) : self.end + width]

    def is_odd(self) -> bool:
        """ "PowerBank", "SoFi": a capital inside the word makes it a name."""
        surface = self.surface
        return self.is_one_word and not surface.isupper() and any(c.isupper() for c in surface[2:])

    def is_channel(self) -> bool:
        """ "Follow us on Facebook" is not about a company."""
        before = self.folded[max(0, self.start - 45) : self.start]
        after = self.folded[self.end : self.end + 12]
        return bool(CALL_TO_FOLLOW.search(before) or CHANNEL_AFTER.match(after))

    def is_part_of_another_thing(self, form: NameForm) -> bool:
        """ "Ford Foundation", "Los Alamos", "Lilly Ledbetter Act": part of another name."""
        if TITLE_OF_ACT.match(self.text, self.end) and (
            self.folded[max(0, self.start - 4) : self.start] == "the "
            or not self.in_headline_case()
        ):
            return True
        if " " in form.text:
            return False
        joined = self.text[max(0, self.start - 1) : self.start] in ("-", "‑")
        before = self.folded[max(0, self.start - 12) : self.start].split()
        return (
            self.next_word() in WORDS["another_thing"]
            or (joined and form.kind == "name")
            or bool(before and before[-1] in WORDS["place_starts"])
        )

    def in_headline_case(self) -> bool:
        """Are all words around capitalised, so that capitals mean nothing?"""
        first, last = max(0, self.start - 120), min(len(self.text), self.end + 120)
        line_start = max(self.text.rfind("\n", first, self.start) + 1, first)
        line_end = self.text.find("\n", self.end, last)
        line_end = last if line_end < 0 else line_end
        words = LONG_WORD.findall(self.text[line_start : self.start])
        words += LONG_WORD.findall(self.text[self.end : line_end])
        if len(words) < 2:
            return self.field == "title" or not words
        return bool(sum(word[0].isupper() for word in words) > 0.6 * len(words))

    def follows_a_name(self) -> bool:
        """ "Doug Ford", "Mr. Gap": the last word of a person's name."""
        if not self.is_one_word:
            return False
        before = LAST_WORD.search(self.text, max(0, self.start - 25), self.start)
        if before is None or not before[1][0].isupper():
            return False
        word = before[1].lower().strip(".")
        if word in WORDS["honorifics"]:
            return True
        return (
            known_words().get(word) == "n"
            and not opens_sentence(self.text, before.start())
            and not self.in_headline_case()
        )

    def is_an_office(self) -> bool:
        """ "MP warns", "Kenyan MP": letters that stand for an office, not for a firm."""
        if not self.surface.isupper() or len(self.surface) > MOST_LETTERS:
            return False
        before = LAST_WORD.search(self.text, max(0, self.start - 25), self.start)
        word = before[1] if before else ""
        return (
            self.text[self.end : self.end + 1] == ":"
            or self.next_word() in WORDS["persons_do"]
            or word.lower() in WORDS["one_of_many"]
            or word in demonyms()
        )

    def runs_on(self, form: NameForm, *, confirmed: bool = False) -> bool:
        """Is it the start or the end of a longer, different name?

        `confirmed` says that the text has confirmed the company elsewhere.
        """
        if (form.kind != "name" and form.rank <= 1) or self.in_headline_case():
            return False
        after = NEXT_WORD.match(self.text, self.end)
        joined = after is not None and self.text[self.end] == " " and after[1][0].isupper()
        if after is not None and joined and not confirmed:
            word = after[1].lower().strip(".,'’")
            if word in LEGAL:
                # "Merlin Inc" is a different company from Merlin Labs, Inc.
                return form.rank > 0
            if word in DESCRIPTORS or (form.rank > 0 and " " not in form.text):
                return True
        before = LAST_WORD.search(self.text, max(0, self.start - 30), self.start)
        if before and before[1][0].isupper() and (form.rank > 0 or form.gate > Gate.OPEN):
            word = before[1].lower()
            if word in WORDS["directions"]:
                return True
            if word.endswith(".") or "-" in word or opens_sentence(self.text, before.start()):
                return False
            return known_words().get(word.removesuffix("'s"), "n") == "n"
        return False

"""Finds the listings named in one text.

A certain mention (a tag, a full legal name, an unambiguous name) confirms its issuer. Names that
could mean something else count only for issuers confirmed in the same text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from extractors.listings.company_names import (
    SMALL,
    WORDS,
    Gate,
    NameForm,
    fold,
    is_known,
)
from extractors.listings.name_context import Span, word_edges
from extractors.listings.name_tables import NameTables
from extractors.listings.relevance import scored
from extractors.listings.ticker_tags import Tag, find_tags
from models.security import Listing, NamedListing

KEEP_WINDOW = 400
REJECT_WINDOW = 30
DEFINED = re.compile(r"[^()]{0,40}\(\s*(?:the\s+)?[\"“]([^\"”]{2,30})[\"”]")
QUOTED = re.compile(r"\(\s*[\"“']")
LAST_PART = re.compile(r"[\w&’'-]+$")
CLOSING = frozenset("\"”'")
MOST_QUOTED = 6


class NameFinder:
    """Finds the listings named in one text; `sure` holds the issuers confirmed so far."""

    def __init__(self, tables: NameTables, text: str, title: str | None) -> None:
        self.tables = tables
        self.texts = {"title": title or "", "body": text}
        self.folded = {field: fold(value) for field, value in self.texts.items()}
        self.sure: dict[str, str] = {}
        self.found: list[NamedListing] = []
        # One byte per character: 1 if it is part of an accepted mention. The check costs the same
        # however many mentions there are.
        self.held = {field: bytearray(len(value)) for field, value in self.texts.items()}

    def mentions(self) -> tuple[NamedListing, ...]:
        """Return all mentions: accept certain spans first, then those that depend on them."""
        spans = [span for field in self.texts for span in self.spans(field)]
        self.read_tags(spans)
        doubtful: list[Span] = []
        taken = {field: bytearray(len(value)) for field, value in self.texts.items()}
        for span in sorted(spans, key=lambda s: s.start - s.end):
            if taken[span.field].find(1, span.start, span.end) >= 0:
                continue
            if min(form.gate for form in span.forms) < Gate.LOCAL:
                mark(taken[span.field], span.start, span.end)
            if not self.covered(span) and not self.accept_alone(span):
                doubtful.append(span)
        for span in doubtful:
            if not self.covered(span):
                self.accept_by_company(span)
        self.read_defined_terms()
        return scored(self.found, len(self.texts["title"]) > 0)

    def covered(self, span: Span) -> bool:
        """Does the span overlap an accepted mention?"""
        return self.held[span.field].find(1, span.start, span.end) >= 0

    @cached_property
    def bracketed(self) -> dict[str, list[str]]:
        """Return quoted terms in brackets, such as '("BMW")', each with the words before it."""
        set_for: dict[str, list[str]] = defaultdict(list)
        for text in self.texts.values():
            for hit in QUOTED.finditer(text):
                left = text[max(0, hit.start() - 200) : hit.start()].rstrip()
                word = LAST_PART.search(left)
                if word is None:
                    continue
                end = hit.start() - (hit.start() - max(0, hit.start() - 200) - len(left))
                begin = end - len(word.group())
                before = text[max(0, begin - 60) : end].lower()
                for length in range(1, MOST_QUOTED + 1):
                    if text[hit.end() + length : hit.end() + length + 1] in CLOSING:
                        set_for[text[hit.end() : hit.end() + length]].append(before)
        return set_for

    def spans(self, field: str) -> Iterator[Span]:
        """Yield whole-word matches of any name whose capitals fit."""
        text, folded = self.texts[field], self.folded[field]
        begins, ends = word_edges(text)
        for index, start, end in self.tables.automaton.find_matches_as_indexes(
            folded, overlapping=True
        ):
            if start not in begins or end not in ends:
                continue
            surface = text[start:end]
            forms = tuple(f for f in self.tables.forms_of[index] if capitals_fit(surface, f))
            if forms:
                yield Span(field=field, text=text, folded=folded, start=start, end=end, forms=forms)

    def read_tags(self, spans: list[Span]) -> None:
        """Accept tags; a bare "(MP)" counts only after one of the company's names."""
        ends: dict[tuple[str, int], list[Span]] = defaultdict(list)
        for span in spans:
            ends[span.field, span.end].append(span)
        for field, text in self.texts.items():
            for tag in find_tags(text):
                if tag.sure:
                    listing = self.tables.listing_of_tag(tag)
                else:
                    listing = self.named_before(tag, field, ends)
                if listing is None:
                    continue
                self.sure.setdefault(listing.issuer_id, f"tagged {listing.listing_id}")
                self.add(listing, field, tag.start, tag.end, "tag", "tag", "written as a ticker")

    def named_before(
        self, tag: Tag, field: str, ends: dict[tuple[str, int], list[Span]]
    ) -> Listing | None:
        """Return the listing with this symbol whose company is named just before the bracket."""
        for back in range(2, 45):
            for span in ends.get((field, tag.start - back), ()):
                for form in span.forms:
                    for listing in self.tables.listings[form.issuer_id]:
                        if listing.ticker.replace("-", ".") == tag.symbol.replace("-", "."):
                            return listing
        # Some pages run name and ticker together: "MP MaterialsMP-- (MP)".
        for form in self.run_together(tag, field):
            for listing in self.tables.listings[form.issuer_id]:
                if listing.ticker == tag.symbol:
                    return listing
        return None

    def run_together(self, tag: Tag, field: str) -> Iterator[NameForm]:
        """Yield names that end where the tag starts, without a blank between."""
        folded = self.folded[field][max(0, tag.start - 45) : tag.start]
        for index, _, end in self.tables.automaton.find_matches_as_indexes(
            folded, overlapping=True
        ):
            if end == len(folded):
                yield from self.tables.forms_of[index]

    def accept_alone(self, span: Span) -> bool:
        """Accept a span if its name and context suffice, and confirm its issuer."""
        judged = [(form, self.reason_alone(span, form)) for form in span.forms]
        passed = [(form, why) for form, why in judged if why]
        form_why = self.best(passed)
        if form_why is None:
            return False
        form, why = form_why
        certainty = "full_name" if "legal form" in why else "name"
        self.sure.setdefault(form.issuer_id, span.surface)
        self.add_form(span, form, certainty, why)
        return True

    def best(self, passed: list[tuple[NameForm, str]]) -> tuple[NameForm, str] | None:
        """Return the issuer meant; None if two are equally likely."""
        if not passed:
            return None
        order = sorted(
            passed,
            key=lambda item: (
                item[0].issuer_id not in self.sure,
                "legal form" not in item[1],
                self.tables.standing.get(item[0].issuer_id, 3),
                item[0].rank,
            ),
        )
        if len(order) > 1 and order[0][0].issuer_id not in self.sure:
            first, second = order[0][0], order[1][0]
            same_standing = self.tables.standing.get(first.issuer_id) == self.tables.standing.get(
                second.issuer_id
            )
            same_sureness = ("legal form" in order[0][1]) == ("legal form" in order[1][1])
            if same_standing and same_sureness and first.rank == second.rank:
                return None
        return order[0]

    def reason_alone(self, span: Span, form: NameForm) -> str | None:
        """Return why this form counts here without the rest of the text; None if it does not."""
        legal = span.legal_form_follows() if form.rank == 0 else ""
        if (form.gate is Gate.LOCAL and not legal) or not self.surroundings_fit(span, form):
            return None
        if form.gate is Gate.OPEN or span.is_odd():
            if span.runs_on(form) or (form.kind == "name" and span.follows_a_name()):
                return None
            return "named with its legal form" if legal else "named"
        if legal and (not span.in_headline_case() or legal in WORDS["plainly_legal"]):
            return "named with its legal form"
        if form.gate is Gate.CASED:
            if span.in_headline_case() or span.runs_on(form):
                return None
            return "named"
        if form.keep_near:
            near = f"{self.folded['title']} {span.near(KEEP_WINDOW)}"
            word = next((w for w in form.keep_near if w in near), None)
            if word and not span.follows_a_name() and not span.is_an_office():
                return f"named near {word.strip()!r}"
        return None

    def accept_by_company(self, span: Span) -> None:
        """Accept a span whose issuer is confirmed elsewhere in the text."""
        passed = [
            (form, f"short for {self.sure[form.issuer_id]}")
            for form in span.forms
            if form.issuer_id in self.sure
            and self.surroundings_fit(span, form)
            and len(span.surface) > 1
            and not span.follows_a_name()
        ]
        choice = self.best(passed)
        if choice and not span.runs_on(choice[0], confirmed=True):
            self.add_form(span, choice[0], "short", choice[1])

    def surroundings_fit(self, span: Span, form: NameForm) -> bool:
        """Return False if the words around make it another thing's name."""
        if form.reject_near:
            near = span.near(REJECT_WINDOW)
            if any(word in near for word in form.reject_near):
                return False
        if span.is_part_of_another_thing(form):
            return False
        if self.means_another(span, form):
            return False
        return not (form.kind == "platform" and span.is_channel())

    def means_another(self, span: Span, form: NameForm) -> bool:
        """Does the text define this short name as something else? 'BioMedWire ("BMW")'."""
        surface = span.surface
        if " " in surface or len(surface) > 6 or not surface.isupper():
            return False
        own = form.text.lower()[0]
        names = self.tables.issuers[form.issuer_id]
        known = (names.name, *names.aliases)
        return any(
            not any(n.split()[0].lower() in before for n in known if own in n.lower())
            for before in self.bracketed.get(surface, ())
        )

    def read_defined_terms(self) -> None:
        """Accept short forms that the text defines: 'Duos Technologies Group, Inc. (“Duos”)'."""
        done: set[tuple[str, str]] = set()
        for hit in [f for f in self.found if f.certainty in ("full_name", "name")]:
            text = self.texts[hit.field]
            defined = DEFINED.match(text, hit.end)
            term = defined[1].strip(" ,.") if defined else ""
            if not term or term.lower() in WORDS["undefined"] or not self.may_stand_for(term, hit):
                continue
            # All occurrences of a term are found the first time; nothing is left for the next.
            if (hit.field, term) in done:
                continue
            done.add((hit.field, term))
            for start in whole_words(term, text):
                if self.held[hit.field].find(1, start, start + len(term)) >= 0:
                    continue
                self.add(
                    self.tables.listing_of(hit.issuer_id),
                    hit.field,
                    start,
                    start + len(term),
                    "short",
                    hit.kind,
                    f"defined in the text as short for {hit.text}",
                )

    def may_stand_for(self, term: str, hit: NamedListing) -> bool:
        """Is the term made from the name: one of its words, or initials?"""
        name = fold(f"{hit.text} {self.tables.issuers[hit.issuer_id].name}")
        if not term[0].isupper():
            return False
        initials = "".join(w[0] for w in name.split())
        return fold(term).split()[0] in name.split() or (
            term.isupper() and all(c in initials for c in term.lower())
        )

    def add_form(self, span: Span, form: NameForm, certainty: str, why: str) -> None:
        """Add a mention of the form's issuer; `why` names a subsidiary, brand or former name."""
        listing = self.tables.listing_of(form.issuer_id)
        name = self.tables.issuers[form.issuer_id].name
        if form.kind in ("subsidiary", "brand", "platform", "former"):
            why = (
                f"{why}; {form.text} is a {form.kind} {'name ' * (form.kind == 'former')}of {name}"
            )
        self.add(listing, span.field, span.start, span.end, certainty, form.kind, why)

    def add(
        self,
        listing: Listing,
        field: str,
        start: int,
        end: int,
        certainty: str,
        kind: str,
        why: str,
    ) -> None:
        mark(self.held[field], start, end)
        self.found.append(
            NamedListing(
                listing_id=listing.listing_id,
                issuer_id=listing.issuer_id,
                text=self.texts[field][start:end],
                start=start,
                end=end,
                field=field,
                certainty=certainty,
                kind=kind,
                relevance=0,
                why=why,
            )
        )


def mark(held: bytearray, start: int, end: int) -> None:
    """Mark a stretch of a text as taken."""
    held[start:end] = b"\x01" * (end - start)


def whole_words(term: str, text: str) -> Iterator[int]:
    """Yield where a term occurs as a whole word, in order."""
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        if not (is_word(text[at - 1 : at]) or is_word(text[end : end + 1])):
            yield at
            at = text.find(term, end)
        else:
            at = text.find(term, at + 1)


def is_word(letter: str) -> bool:
    """Is it a character of a word, as `\\w` has it? No character is none."""
    return letter.isalnum() or letter == "_"


def capitals_fit(surface: str, form: NameForm) -> bool:
    """Is it written as a name? Every word is capitalised, or spelled exactly as curated."""
    if form.gate is Gate.LOCAL and len(form.text) <= 5 and form.text.isupper():
        return surface == form.text
    if form.kind != "name" and surface == form.text:
        return True
    for word in re.split(r"[\s\-]+", surface):
        if word.lower() not in SMALL and not any(c.isupper() or c.isdigit() for c in word):
            return surface == form.text and not is_known(surface)
    return True

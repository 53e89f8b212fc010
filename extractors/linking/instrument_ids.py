"""The legal instruments that a mention names, in one normal form.

A specific instrument (an order, a numbered announcement, a rule) identifies a measure. A ground
(Section 232, IEEPA, a statute) does not: many measures rest on it. Nicknames and acts that only
amend an earlier one are data: models/reference/instruments.csv.
"""

import re
from dataclasses import dataclass

from extractors.linking.acts import known_act, load_acts


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInstruments:
    """The instruments of a mention: `specific` in the order named, and `grounds`."""

    specific: tuple[str, ...] = ()
    grounds: frozenset[str] = frozenset()


NUMBERS = re.compile(r"(?P<from>\d{1,3})(?:\s*(?:to|through|-|–)\s*(?P<to>\d{1,3}))?")
YEAR = re.compile(r"\b(?:of|in|\()?\s*(20\d{2})\b")
ANNOUNCEMENT = re.compile(
    r"\b(?:announcements?|notices?|notifications?|nos?\.?|numbers?)\s*(?:nos?\.?|numbers?)?\s*"
    r"(?P<list>\d{1,3}(?:\s*(?:,|and|&|to|through|-|–|,\s*and)\s*\d{1,3})*)(?![\d/])",
    re.I,
)
SPECIFIC = (
    (
        re.compile(r"\b(?:executive order|e\.?\s?o\.?)s?\s*(?:no\.?\s*)?(1[2-4]\d{3})\b", re.I),
        "us-eo-{}",
    ),
    (
        re.compile(r"\bproclamations?\s*(?:no\.?\s*)?(9\d{3}|1[01]\d{3})\b", re.I),
        "us-proclamation-{}",
    ),
    (re.compile(r"\b(?:p\.?\s?l\.?|public law)\s*(\d{3}-\d{1,3})\b", re.I), "us-pl-{}"),
    (re.compile(r"\bFR Doc\.?\s*(20\d{2}-\d{4,6})\b", re.I), "us-fr-{}"),
    (re.compile(r"\((?:eu|ec|cfsp)\)\s*(?:no\.?\s*)?(\d{2,4}/\d{1,4})\b", re.I), "eu-{}"),
)
GROUNDS = (
    (
        re.compile(
            r"\bsec(?:tion|\.)\s+(232|301|201|122|204|337|338|421|1260h|889|45x|30d|899)\b", re.I
        ),
        "us-section-{}",
    ),
    (re.compile(r"\bIEEPA\b|\binternational emergency economic powers act\b", re.I), "us-ieepa"),
    (re.compile(r"\btrade expansion act\b", re.I), "us-section-232"),
)
# Laws, tariff headings, licences under a sanctions programme: shared by many measures.
GROUND_FAMILIES = frozenset(
    {
        "us_section",
        "us_ieepa",
        "us_statute",
        "us_sanctions_regs",
        "us_general_license",
        "us_hts",
        "cn_law",
        "agreement",
    }
)
MAX_RANGE = 12


def named_instruments(
    text: str | None, instrument_id: str | None, *, year: int, implementer: str = "XX"
) -> NamedInstruments:
    """Return the instruments of a mention, from its words and its extractor's id.

    `year` completes a Chinese announcement cited by number alone. An act known to amend another
    counts as the one it amends, so that a measure keeps one name through its life.
    """
    words = " ".join(part for part in (text, instrument_id) if part)
    if not words:
        return NamedInstruments()
    specific: list[str] = []
    grounds: set[str] = set()
    lowered = words.lower()
    for alias, known_id in load_acts().aliases.items():
        if re.search(rf"\b{re.escape(alias)}\b", lowered) or alias == lowered:
            specific.append(known_id)
    for expression, form in SPECIFIC:
        specific += [form.format(found.lower()) for found in expression.findall(words)]
    if text and (implementer == "CN" or re.search(r"mofcom|commerce|gacc", lowered)):
        specific += announcements(text, year)
    for expression, form in GROUNDS:
        for found in expression.finditer(words):
            grounds.add(form.format(*(group.lower() for group in found.groups())))
    if instrument_id and not specific and not grounds and identifies(instrument_id):
        specific.append(plain_id(instrument_id))
    kept = dict.fromkeys(
        meant for found in specific for meant in known_act(found).amends or (found,)
    )
    return NamedInstruments(specific=tuple(kept), grounds=frozenset(grounds))


def announcements(text: str, year: int) -> list[str]:
    """Return ids of cited Chinese announcements: "Nos. 55 to 58, 61 and 62 of 2025" gives six."""
    found = YEAR.search(text)
    in_year = int(found[1]) if found else year
    ids = []
    for cited in ANNOUNCEMENT.finditer(text):
        for span in NUMBERS.finditer(cited["list"]):
            first = int(span["from"])
            last = int(span["to"] or first)
            if first <= last < first + MAX_RANGE:
                ids += [f"mofcom-{in_year}-{number}" for number in range(first, last + 1)]
    return ids


def identifies(instrument_id: str) -> bool:
    """Does an extractor's own id, `family:number`, name one act rather than a law or a list?"""
    family, _, number = instrument_id.partition(":")
    return family not in GROUND_FAMILIES and bool(re.search(r"\d", number))


def plain_id(instrument_id: str) -> str:
    """Return the id in lower case, words joined by hyphens."""
    return re.sub(r"[\s_:]+", "-", instrument_id.strip().lower())

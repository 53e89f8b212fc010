"""Legal instruments named in a text, with a normal form that two writers would share."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A named instrument. `family` as in the ontology (us_section, us_eo, ...)."""

    text: str
    start: int
    end: int
    family: str
    instrument_id: str | None


def _first(m: re.Match[str]) -> str | None:
    return m.group(1).upper() if m.lastindex and m.group(1) else None


def _mofcom(m: re.Match[str]) -> str | None:
    year = m.group("year")
    return f"{year}-{m.group('no')}" if year else m.group("no")


_RULES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (
        "us_section",
        re.compile(
            r"\bsec(?:tion|\.)\s+(232|301|201|122|204|337|338|421|1260h|889|45x|30d|899)\b", re.I
        ),
        _first,
    ),
    (
        "us_eo",
        re.compile(r"\b(?:executive orders?|e\.?o\.?)\s*(?:no\.?\s*)?(1[2-4]\d{3})\b", re.I),
        _first,
    ),
    (
        "us_proclamation",
        re.compile(r"\bproclamations?\s*(?:no\.?\s*)?(9\d{3}|1[01]\d{3})\b", re.I),
        _first,
    ),
    (
        "us_ieepa",
        re.compile(r"\bIEEPA\b|\binternational emergency economic powers act\b", re.I),
        lambda m: "IEEPA",
    ),
    (
        "us_statute",
        re.compile(
            r"\b(trade expansion act(?: of 1962)?|tariff act of 1930|trade act of 1974"
            r"|defense production act|inflation reduction act|"
            r"chips (?:and science )?act|uyghur forced labor prevention act|jones act"
            r"|global magnitsky(?: human rights accountability)? act|"
            r"caesar act|magnuson-stevens act)\b",
            re.I,
        ),
        _first,
    ),
    (
        "us_public_law",
        re.compile(r"\b(?:p\.?\s?l\.?|public law)\s*(\d{3}-\d{1,3})\b", re.I),
        _first,
    ),
    ("us_fr_rule", re.compile(r"\b(?:FR Doc\.?|\d{2,3} FR)\s*(\d{4}-\d{5}|\d{4,6})\b"), _first),
    (
        "us_fr_rule",
        re.compile(
            r"\bexport administration regulations\b|\bEAR\b|\bentity list\b|\bcommerce "
            r"control list\b|\bunverified list\b|\baffiliates rule\b|\bforeign[- ]direct[- "
            r"]product rule\b",
            re.I,
        ),
        lambda m: {"ear": "EAR", "export administration regulations": "EAR"}.get(
            m.group().lower(), m.group().lower().replace(" ", "_").replace("-", "_")
        ),
    ),
    (
        "us_sanctions_regs",
        re.compile(r"\b(?:[A-Z][\w-]+ ){1,5}Sanctions Regulations\b"),
        lambda m: m.group(),
    ),
    ("us_general_license", re.compile(r"\bgeneral licen[cs]es?\s+(\d+[A-Z]?)\b", re.I), _first),
    ("us_hts", re.compile(r"\bheadings?\s+(9903\.\d{2}\.\d{2})\b", re.I), _first),
    (
        "cn_mofcom",
        re.compile(
            r"\b(?:mofcom |commerce ministry |ministry of commerce )?(?:announcements?"
            r"|notices?|notifications?)\s+(?:no|nos|number)\.?\s*(?P<no>\d{1,3})"
            r"(?:\s*(?:,\s*)?(?:of|\()\s*(?P<year>20\d{2}))?",
            re.I,
        ),
        _mofcom,
    ),
    ("cn_law", re.compile(r"\b(unreliable entity list|export control law)\b", re.I), _first),
    (
        "eu_reg",
        re.compile(
            r"\b(?:implementing )?(?:regulation|directive|decision)\s*"
            r"\((?:eu|ec|cfsp)\)\s*(?:no\.?\s*)?(\d{2,4}/\d{1,4})\b",
            re.I,
        ),
        _first,
    ),
    (
        "in_dgft",
        re.compile(r"\bdgft (?:notification|public notice)\s*(?:no\.?\s*)?([\d/-]+)", re.I),
        _first,
    ),
    (
        "agreement",
        re.compile(
            r"\b(USMCA|NAFTA|CPTPP|RCEP|TPP|ChAFTA|KORUS|phase[- ]one(?: (?:trade )?(?:deal"
            r"|agreement|pact))?|international coffee agreement|"
            r"uruguay round|(?:geneva|busan|kuala lumpur|london|madrid) (?:accord|truce"
            r"|agreement|framework|deal))\b",
            re.I,
        ),
        _first,
    ),
)


def find_instruments(text: str) -> list[Instrument]:
    """Instruments named in `text`, in order, none overlapping."""
    found: list[Instrument] = []
    for family, expression, normal in _RULES:
        for m in expression.finditer(text):
            if m.group() == "ear" or any(m.start() < f.end and f.start < m.end() for f in found):
                continue
            if family == "us_fr_rule" and m.group().lower() == "ear" and m.group() != "EAR":
                continue
            found.append(
                Instrument(
                    text=m.group(),
                    start=m.start(),
                    end=m.end(),
                    family=family,
                    instrument_id=normal(m),
                )
            )
    return sorted(found, key=lambda f: f.start)

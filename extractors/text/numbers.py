"""Rates, sums and volumes: percent, points, prices per unit, money, stakes."""

import re
from dataclasses import dataclass

_MAGNITUDE = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mln": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bln": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "trln": 1e12,
}
_SIGN = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "u.s.$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "cad": "CAD",
    "aud": "AUD",
    "hk$": "HKD",
    "nz$": "NZD",
    "s$": "SGD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "¥": "JPY",
    "rmb": "CNY",
    "cny": "CNY",
    "rm": "MYR",
    "rs": "INR",
    "rs.": "INR",
    "₹": "INR",
    "inr": "INR",
    "jpy": "JPY",
    "r$": "BRL",
    "chf": "CHF",
    "idr": "IDR",
    "rp": "IDR",
    "won": "KRW",
    "krw": "KRW",
}
_UNIT_MONEY = {
    "dlr": "USD",
    "dlrs": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "u.s. dollars": "USD",
    "us dollars": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "stg": "GBP",
    "pounds sterling": "GBP",
    "marks": "DEM",
    "francs": "FRF",
    "won": "KRW",
    "rupees": "INR",
    "ringgit": "MYR",
    "rupiah": "IDR",
    "reais": "BRL",
    "ecus": "XEU",
    "ecu": "XEU",
    "cts": "USc",
    "cents": "USc",
    "paise": "paise",
    "canadian dollars": "CAD",
    "australian dollars": "AUD",
    "cruzados": "BRC",
    "pesos": "MXN",
    "lire": "ITL",
    "guilders": "NLG",
    "crowns": "SEK",
}
_VOLUME = {
    "tonne": "tonne",
    "tonnes": "tonne",
    "ton": "ton",
    "tons": "ton",
    "metric ton": "tonne",
    "metric tons": "tonne",
    "short tons": "short_ton",
    "long tons": "long_ton",
    "kg": "kg",
    "kilogram": "kg",
    "kilograms": "kg",
    "kilo": "kg",
    "kilos": "kg",
    "pound": "lb",
    "pounds": "lb",
    "lb": "lb",
    "lbs": "lb",
    "bushel": "bushel",
    "bushels": "bushel",
    "barrel": "barrel",
    "barrels": "barrel",
    "bag": "bag",
    "bags": "bag",
    "gw": "GW",
    "mw": "MW",
    "mwh": "MWh",
    "gwh": "GWh",
    "bpd": "bpd",
    "gallons": "gallon",
    "litres": "litre",
    "cubic meters": "m3",
    "cubic metres": "m3",
    "bcm": "bcm",
    "mtpa": "Mtpa",
    "units": "unit",
    "vehicles": "vehicle",
    "cars": "vehicle",
    "aircraft": "aircraft",
    "planes": "aircraft",
    "hl": "hl",
    "st": "st",
}
_PER = {
    "kg": "kg",
    "kilo": "kg",
    "kilogram": "kg",
    "tonne": "tonne",
    "ton": "ton",
    "metric ton": "tonne",
    "pound": "lb",
    "lb": "lb",
    "barrel": "barrel",
    "bushel": "bushel",
    "unit": "unit",
    "head": "head",
    "net ton": "net_ton",
    "bag": "bag",
    "litre": "litre",
    "gallon": "gallon",
}
_SMALL = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "twenty-five": 25,
}

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDNUM = "|".join(sorted(_SMALL, key=len, reverse=True))
_MAG = r"thousand|million|mln|billion|bln|bn|trillion|trln|tn|mn|m(?![\w])|b(?![\w])|k(?![\w])"
_MAG_END = rf"(?:\s?-?(?P<mag>{_MAG}))?"
_PERUNIT = "|".join(sorted(_PER, key=len, reverse=True))
_PER_RE = rf"(?:\s?(?:/|per|a|an)\s?(?P<per>{_PERUNIT})\b)?"

_PERCENT = re.compile(
    rf"(?<![\w.$])(?P<num>{_NUM}|{_WORDNUM})[\s-]?(?P<unit>%|per\s?cent(?:age)?(?:[- "
    rf"]points?)?|pct(?:\s+points?)?|percentage[- ]points?|pp\b)",
    re.I,
)
_MONEY = re.compile(
    rf"(?<![\w.])(?P<sign>(?:us|u\.s\.|a|au|c|ca|hk|nz|s|r)?\$|€|£|¥|₹|(?:usd"
    rf"|eur|gbp|cad|aud|cny|rmb|inr|jpy|chf|krw|idr|rm|rs\.?|rp)(?=\s?\d))"
    rf"\s?(?P<num>{_NUM}){_MAG_END}{_PER_RE}",
    re.I,
)
_MONEY_UNITS = "|".join(sorted(map(re.escape, _UNIT_MONEY), key=len, reverse=True))
_MONEY_AFTER = re.compile(
    rf"(?<![\w.$€£])(?P<num>{_NUM}|{_WORDNUM}){_MAG_END}\s(?P<unit>{_MONEY_UNITS})\b{_PER_RE}",
    re.I,
)
_QUANTITY = re.compile(
    rf"(?<![\w.$€£])(?P<num>{_NUM}){_MAG_END}\s(?:\(\d+ kg\)\s)?(?:short |long "
    rf"|metric )?(?P<unit>{'|'.join(sorted(_VOLUME, key=len, reverse=True))})\b",
    re.I,
)
_SLUG_RATE = re.compile(r"(?<![\w.$,])(\d{1,3})(?= (?:tariffs?|levy|levies|duty|duties)\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its unit. kind: percent, money, unit_price or volume. With offsets."""

    text: str
    start: int
    end: int
    kind: str
    value: float
    unit: str
    previous: bool = False


def find_quantities(text: str) -> list[Quantity]:
    """Return percents, money, unit prices and volumes in `text`, in order, without overlaps.

    In "from 25% to 50%" and "to 50% from 25%" the old value is marked `previous`.
    """
    found: list[Quantity] = []
    for expression, build in (
        (_PERCENT, _percent),
        (_MONEY, _money),
        (_MONEY_AFTER, _money),
        (_QUANTITY, _volume),
    ):
        for m in expression.finditer(text):
            if not any(m.start() < q.end and q.start < m.end() for q in found):
                found.append(build(m))
    if not any(q.kind == "percent" for q in found):
        # Headlines taken from web addresses lose the percent sign: "50 tariffs".
        found += [
            Quantity(
                text=m.group(1),
                start=m.start(1),
                end=m.end(1),
                kind="percent",
                value=float(m.group(1)),
                unit="percent",
            )
            for m in _SLUG_RATE.finditer(text)
            if text == text.lower() or text.istitle()
        ]
    found.sort(key=lambda q: q.start)
    return [_mark_previous(text, q, found) for q in found]


def _mark_previous(text: str, q: Quantity, found: list[Quantity]) -> Quantity:
    if q.kind not in ("percent", "unit_price"):
        return q
    before = text[max(0, q.start - 22) : q.start].lower()
    if not re.search(
        r"\bfrom (?:the (?:current|previous|existing) |about |around |a |an |its "
        r"|currently )?$|\bup from $|\bdown from $|\bcompared with $|\binstead "
        r"of $|\brather than $",
        before,
    ):
        return q
    if not any(o is not q and o.kind == q.kind for o in found):
        return q
    return Quantity(
        text=q.text,
        start=q.start,
        end=q.end,
        kind=q.kind,
        value=q.value,
        unit=q.unit,
        previous=True,
    )


def _value(text: str) -> float:
    return float(_SMALL[text.lower()]) if text.lower() in _SMALL else float(text.replace(",", ""))


def _percent(m: re.Match[str]) -> Quantity:
    unit = (
        "percent_point"
        if "point" in m.group("unit").lower() or m.group("unit").lower() == "pp"
        else "percent"
    )
    return Quantity(
        text=m.group(),
        start=m.start(),
        end=m.end(),
        kind="percent",
        value=_value(m.group("num")),
        unit=unit,
    )


def _money(m: re.Match[str]) -> Quantity:
    groups = m.groupdict()
    currency = (
        _SIGN[groups["sign"].lower()]
        if groups.get("sign")
        else _UNIT_MONEY[m.group("unit").lower()]
    )
    mag = (groups.get("mag") or "").lower()
    value = _value(m.group("num")) * _MAGNITUDE.get(mag, 1.0)
    per = groups.get("per")
    unit = f"{currency}_per_{_PER[per.lower()]}" if per else currency
    return Quantity(
        text=m.group().rstrip(),
        start=m.start(),
        end=m.start() + len(m.group().rstrip()),
        kind="unit_price" if per else "money",
        value=round(value, 6),
        unit=unit,
    )


def _volume(m: re.Match[str]) -> Quantity:
    mag = (m.group("mag") or "").lower()
    value = _value(m.group("num")) * _MAGNITUDE.get(mag, 1.0)
    return Quantity(
        text=m.group(),
        start=m.start(),
        end=m.end(),
        kind="volume",
        value=value,
        unit=_VOLUME[m.group("unit").lower()],
    )


_DURATION = re.compile(
    rf"\b(?:(?P<num>\d+|{_WORDNUM}|a|an|another|half a)(?P<hundred> hundred)?[\s-](?:(?:full|more"
    rf"|additional|further)\s)?(?P<unit>day|week|month|year|decade)s?|decade-long"
    rf"|year-long)\b",
    re.I,
)


def find_durations(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, ISO 8601 duration) for each duration: "90 days" gives P90D."""
    out = []
    for m in _DURATION.finditer(text):
        if m.group("num") is None:
            iso = "P10Y" if m.group().lower().startswith("decade") else "P1Y"
        else:
            word = m.group("num").lower()
            n = _SMALL.get(word) if word in _SMALL else (int(word) if word.isdigit() else 1)
            n = (n or 1) * (100 if m.group("hundred") else 1)
            if word == "half a":
                iso = "P6M" if m.group("unit").lower() == "year" else "P1D"
            else:
                unit = m.group("unit").lower()
                tens = 10 if unit == "decade" else 1
                iso = f"P{n * tens}{'Y' if tens == 10 else unit[0].upper()}"
        out.append((m.start(), m.end(), iso))
    return out

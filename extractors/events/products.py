"""What an event is about: goods, with commodity ids, and firms."""

import re

from spacy.tokens import Doc, Token

from extractors.events.context import SentenceContext, text_of
from extractors.events.gazetteer import Name
from extractors.events.lexicon_data import lower
from extractors.events.policy_events import Candidate
from models.event import EventType

_GENERIC = frozenset(
    [
        "goods",
        "products",
        "imports",
        "articles",
        "items",
        "materials",
        "equipment",
        "technology",
        "components",
        "commodities",
        "vehicles",
        "products",
        "components",
        "parts",
    ]
)
_NOT_PRODUCT = frozenset(
    [
        "tariff",
        "tariffs",
        "trade",
        "deal",
        "talks",
        "export",
        "import",
        "exports",
        "sanctions",
        "sanction",
        "control",
        "controls",
        "order",
        "orders",
        "investigation",
        "investigations",
        "duty",
        "duties",
        "case",
        "cases",
        "review",
        "reviews",
        "list",
        "entity",
        "country",
        "countries",
        "nation",
        "nations",
        "world",
        "war",
        "year",
        "month",
        "week",
        "percent",
        "ad",
        "valorem",
        "minimis",
        "share",
        "rate",
        "rates",
        "administration",
        "government",
        "president",
        "company",
        "companies",
        "business",
        "policy",
        "plan",
        "plans",
        "threat",
        "investors",
        "market",
        "markets",
        "stock",
        "stocks",
        "agreement",
        "agreements",
        "economy",
        "growth",
        "measures",
        "measure",
        "action",
        "actions",
        "products.",
        "announcement",
        "decision",
        "entities",
        "persons",
        "individuals",
        "group",
    ]
)
_PREPS = frozenset({"on", "of", "for", "to", "from", "in", "into"})
_NO_PRODUCT_TYPES = frozenset({EventType.TRADE_AGREEMENT})
_FROM_TITLE = re.compile(
    (
        r"^(?:certain )?(?P<product>[A-Z][^;:]{3,90}?) from (?:the )?(?:[A-Z][\w.]+(?:'s)?(?:,"
        r"| and|;|$| ))"
    ),
    re.M,
)
_ORDER_ON = re.compile(
    r"\b(?:duty|dumping duty|countervailing duty|suspended) (?:orders?|investigations?) "
    r"on (?P<product>.{3,80}?) from\b"
)
_COMPANY_TYPES = frozenset(
    {
        EventType.OFFTAKE_AGREEMENT,
        EventType.GOVERNMENT_INVESTMENT,
        EventType.LICENSING_DEAL,
        EventType.SANCTION_LISTING,
        EventType.INVESTMENT_SCREENING,
        EventType.EXPORT_CONTROL,
    }
)


def find_products(
    doc: Doc, c: Candidate, context: SentenceContext, event_type: EventType
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(product words, commodity ids) of an event, from the measure's own modifiers and objects."""
    commodities = [n for n in context.names if n.label == "COMMODITY"]
    if event_type in (EventType.INVESTIGATION, EventType.TRADE_REMEDY):
        m = _ORDER_ON.search(context.text) or (
            _FROM_TITLE.search(context.text) if context.headline else None
        )
        if m is not None:
            text = m.group("product").strip()
            return (text,), _ids_in(m.start("product"), m.end("product"), commodities)
    spans: list[tuple[int, int]] = []
    root = doc[c.root]
    anchor_span = doc.char_span(c.start, c.end, alignment_mode="expand")
    anchor = anchor_span.root if anchor_span is not None else root
    for noun in _product_heads(root, anchor, event_type):
        span = _phrase(doc, noun, context)
        if span is not None and not any(a <= span[0] < b for a, b in spans):
            spans.append(span)
    if event_type not in _NO_PRODUCT_TYPES:
        for name in commodities:
            if not any(a < name.end and name.start < b for a, b in spans) and _near(
                doc, name, root, anchor
            ):
                spans.append((name.start, name.end))
    spans.sort()
    texts = tuple(
        dict.fromkeys(
            text_of(doc)[a:b] if context.style == "prose" else context.text[a:b] for a, b in spans
        )
    )
    ids: list[str] = []
    for a, b in spans:
        ids += _ids_in(a, b, commodities)
    return texts, tuple(dict.fromkeys(ids))


def _ids_in(start: int, end: int, commodities: list[Name]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.code for n in commodities if n.start < end and start < n.end))


def _product_heads(root: Token, anchor: Token, event_type: EventType) -> list[Token]:
    heads: list[Token] = []
    if event_type in _NO_PRODUCT_TYPES:
        return heads
    seeds = [root]
    if anchor.i != root.i:
        seeds.append(anchor)
    for seed in seeds:
        for child in seed.children:
            if (
                child.dep_ in ("compound", "nmod", "amod")
                and child.pos_ in ("NOUN", "PROPN")
                and seed is root
            ):
                heads.append(child)
            if child.dep_ == "prep" and lower(child.text) in _PREPS:
                if (
                    seed is anchor
                    and seed.i != root.i
                    and lower(child.text) not in ("on", "of", "for")
                ):
                    continue
                for pobj in child.children:
                    if pobj.dep_ == "pobj":
                        heads += [pobj, *pobj.conjuncts]
                    if pobj.dep_ == "pcomp":
                        heads += [g for g in pobj.children if g.dep_ == "dobj"]
        for child in seed.children:
            if (
                seed.pos_ == "VERB"
                and child.dep_ in ("dobj", "nsubjpass")
                and child.i != root.i
                and event_type.value.startswith(("export", "import", "stockpile"))
            ):
                heads += [child, *child.conjuncts]
    return [h for h in heads if _may_be_product(h)]


def _may_be_product(token: Token) -> bool:
    word = lower(token.text)
    if word in _NOT_PRODUCT or token.ent_type_ in (
        "GPE",
        "NORP",
        "PERSON",
        "ORG",
        "DATE",
        "PERCENT",
        "MONEY",
        "LAW",
        "CARDINAL",
        "TIME",
    ):
        return False
    return (token.pos_ in ("NOUN", "PROPN") and token.is_alpha) or "-" in token.text


def _phrase(doc: Doc, noun: Token, context: SentenceContext) -> tuple[int, int] | None:
    """A noun with the modifiers that name the good, without determiners, places and numbers."""
    left = noun
    for child in sorted(
        (t for t in noun.lefts if t.dep_ in ("compound", "amod", "nmod")), key=lambda t: -t.i
    ):
        if (
            child.i != left.i - 1
            or child.ent_type_ in ("GPE", "NORP", "DATE", "PERCENT")
            or child.like_num
        ):
            break
        if any(
            n.label in ("COUNTRY", "AGENCY") and n.start <= child.idx < n.end for n in context.names
        ):
            break
        if child.dep_ == "amod" and lower(child.text) in (
            "new",
            "additional",
            "imported",
            "other",
            "certain",
            "all",
            "such",
            "foreign",
            "many",
            "more",
            "some",
            "retaliatory",
            "tough",
            "punitive",
            "higher",
            "global",
        ):
            break
        left = child
    start, end = left.idx, noun.idx + len(noun.text)
    if any(
        n.label in ("COUNTRY", "AGENCY") and n.start < end and start < n.end for n in context.names
    ):
        return None
    return (start, end) if end - start > 1 else None


def _near(doc: Doc, name: Name, root: Token, anchor: Token) -> bool:
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    if span is None:
        return False
    token = span.root
    return abs(token.i - root.i) <= 8 or abs(token.i - anchor.i) <= 8 or root.is_ancestor(token)


def find_companies(
    doc: Doc, c: Candidate, context: SentenceContext, event_type: EventType
) -> tuple[str, ...]:
    """Firms of an event: known ones near it; for firm-level types any organisation as well."""
    found: list[tuple[int, str]] = []
    known = [n for n in context.names if n.label == "COMPANY"]
    anchor = doc.char_span(c.start, c.end, alignment_mode="expand")
    at = anchor.root.i if anchor is not None else c.root
    firm_level = event_type in _COMPANY_TYPES
    for n in known:
        span = doc.char_span(n.start, n.end, alignment_mode="expand")
        if span is not None and (firm_level or _linked(doc, span.root, at, c.root)):
            found.append((n.start, n.text))
    if firm_level:
        for ent in doc.ents:
            if ent.label_ not in ("ORG", "PERSON") or (
                ent.label_ == "PERSON" and not context.headline
            ):
                continue
            a, b = ent.start_char, ent.end_char
            if any(n.start < b and a < n.end for n in context.names if n.label != "COMMODITY"):
                continue
            if _SOURCE.search(context.text[max(0, a - 22) : a]) or re.match(
                r"\s*(?:report|analysis|guide|notes|said|poll)\b", context.text[b:]
            ):
                continue
            if (
                _BODY.search(ent.text)
                or _in_tag(context.text, a, b)
                or any(a <= s < b for s, _ in found)
            ):
                continue
            found.append((a, context.text[a:b]))
    return tuple(dict.fromkeys(text for _, text in sorted(found)))


def _in_tag(text: str, start: int, end: int) -> bool:
    """Does it stand in brackets, as a ticker, an exchange or an abbreviation does?"""
    opened, closed = text.rfind("(", 0, end), text.rfind(")", 0, start)
    return opened > closed and (text.find(")", start) >= 0 or opened >= start)


_SOURCE = re.compile(r"\b(?:according to|reported by|told|by) (?:a |an |the )?$", re.I)
_BODY = re.compile(
    (
        r"\b(?:department|ministry|agency|commission|government|administration"
        r"|senate|house|court|council|bureau|office|act|regulations?|list|agreement"
        r"|sanctions|deal|license|rule|treasury|secretary|bloomberg|reuters|congress"
        r"|union|register|order|army|party|national|program|letter|partnership"
        r"|memorandum|offtake|presidential|news|programs?|initiative|summit)\b"
    ),
    re.I,
)


def _linked(doc: Doc, token: Token, anchor: int, root: int) -> bool:
    return abs(token.i - root) <= 4 or abs(token.i - anchor) <= 3

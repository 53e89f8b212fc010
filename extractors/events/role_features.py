"""What the parse says of a jurisdiction towards an event; the trained head reads roles from it."""

import re
from collections.abc import Callable

from spacy.tokens import Doc, Token

from extractors.events.context import text_of
from extractors.events.gazetteer import Name, jurisdictions
from extractors.events.lexicon_data import lower
from extractors.events.policy_events import Candidate
from extractors.events.relations import relate
from models.event import EventType

_TARGET_PREPS = frozenset(
    {"on", "against", "from", "to", "for", "with", "of", "at", "towards", "into", "versus"}
)
_GOODS = re.compile(
    r"^(?:goods?|products?|imports?|exports?|shipments?|steel|alumin\w+|cars?"
    r"|autos?|firms?|compan\w+|banks?|entit\w+|oil|crude|articles?|farm|wine"
    r"|barley|beef|pork|soybeans?|chips?|semiconductors?|vehicles?|ev|evs|officials?"
    r"|tankers?|jets?|lumber|makers?|buyers?|tech\w*|individuals?|persons?"
    r"|state-owned|enterprises?|components?|materials?|equipment|solar|copper"
    r"|agricultural|farmers?|timber|batter\w+|electric|nationals|potash|automobiles?"
    r"|trucks?)$"
)


def token_of(doc: Doc, name: Name) -> Token | None:
    """The head word of a name in the parse."""
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    return span.root if span is not None else None


def role_features(doc: Doc, c: Candidate, name: Name, event_type: EventType) -> dict[str, float]:
    """What the parse says of a name towards an event; keys are feature names."""
    token = token_of(doc, name)
    features: dict[str, float] = {"bias": 1.0, f"how={name.how}": 1.0}
    if token is None:
        return features
    anchor_token = doc.char_span(c.start, c.end, alignment_mode="expand")
    anchor = anchor_token.root if anchor_token is not None else doc[c.root]
    root = doc[c.root]
    group = type_family(event_type)
    dep = token.dep_
    subject = subject_of(token)
    to_anchor, to_root = relate(anchor, token), relate(root, token)
    prep = _preposition(token)
    following = doc[token.i + 1] if token.i + 1 < len(doc) else None
    goods = following is not None and bool(_GOODS.match(lower(following.text)))
    put = features.__setitem__
    put(f"dep={dep}", 1.0)
    put(f"family={group}", 1.0)
    put(f"family={group}|how={name.how}", 1.0)
    put(f"anchor={_coarse(to_anchor)}", 1.0)
    put(f"root={_coarse(to_root)}", 1.0)
    put(f"prep={prep}", 1.0)
    put(f"family={group}|prep={prep}", 1.0)
    put(f"before={name.end <= c.start}", 1.0)
    put(f"before_measure={name.end <= c.evidence.start}", 1.0)
    put(f"adjacent={0 <= c.evidence.start - name.end <= 2}", 1.0)
    if name.end <= c.evidence.start:
        gap = text_of(doc)[name.end : c.evidence.start]
        put(f"gap_words={min(4, len(gap.split()))}", 1.0)
        put(f"possessive={gap.strip().startswith(chr(39)) or gap.strip().startswith('’')}", 1.0)
        if 0 <= len(gap.split()) <= 2:
            put(f"modifies_measure|how={name.how}", 1.0)
    else:
        put(f"gap_after={min(4, len(text_of(doc)[c.evidence.end : name.start].split()))}", 1.0)
    if goods:
        put("goods_follow", 1.0)
        put(f"goods_follow|how={name.how}", 1.0)
    if subject is not None:
        put("is_subject", 1.0)
        if subject.i == anchor.i or anchor.is_ancestor(subject) or subject.is_ancestor(anchor):
            put("subject_of_chain", 1.0)
            up = "up" if subject.is_ancestor(anchor) else "down"
            put(f"subject_of_chain|{'same' if subject.i == anchor.i else up}", 1.0)
    if name.label == "AGENCY":
        put("agency", 1.0)
    if text_of(doc)[: name.start].strip() == "":
        put("first", 1.0)
    _neighbour_features(doc, c, name, event_type, put)
    put(f"rule={rule_role(features, name, event_type)}", 2.0)
    return features


def _neighbour_features(
    doc: Doc, c: Candidate, name: Name, event_type: EventType, put: Callable[[str, float], None]
) -> None:
    """The words beside a name, what it hangs on, and where it stands among the other names."""
    token = token_of(doc, name)
    assert token is not None, "asked only for names in the parse"
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    assert span is not None, "a token has a span"
    before = doc[span.start - 1] if span.start > 0 else None
    after = doc[span.end] if span.end < len(doc) else None
    put(f"prev={lower(before.text) if before is not None else '^'}", 1.0)
    put(f"next={after.lemma_.lower() if after is not None else '$'}", 1.0)
    put(f"head={token.head.lemma_.lower()}|{token.dep_}", 1.0)
    at = token
    for _ in range(4):
        if at.dep_ == "pobj":
            put(f"prephead={lower(at.head.text)}|{at.head.head.lemma_.lower()}", 1.0)
            put(f"prephead={at.head.head.lemma_.lower()}", 1.0)
            break
        if at.dep_ not in ("conj", "poss", "compound", "nmod", "amod", "appos"):
            break
        at = at.head
    put(f"type={event_type.value}", 1.0)
    put(f"step={c.status.value}", 1.0)
    if c.hit is not None:
        put(f"verb={c.hit.words[0].base}", 1.0)
        put(f"verb={c.hit.words[0].base}|before={name.end <= c.start}", 1.0)
    context = doc.user_data["sentence"]
    others = {n.code: n for n in jurisdictions(context.names) if n.code != name.code}
    put(f"others={min(2, len(others))}", 1.0)
    put(f"to_the_left={min(2, sum(n.end <= name.start for n in others.values()))}", 1.0)
    nearer = sum(
        abs(n.start - c.evidence.start) < abs(name.start - c.evidence.start)
        for n in others.values()
    )
    put(f"nearer={min(2, nearer)}", 1.0)
    put(f"style={context.style}", 1.0)
    put(f"speaks={context.publisher_country == name.code}", 1.0)
    if any(n.code == name.code for n in context.title_names):
        put("in_title", 1.0)


def _coarse(relation: str) -> str:
    return (
        relation
        if relation.startswith(("child", "mod", "prep", "same"))
        else relation.split(":")[0] + (":1" if relation.endswith(("1", "2")) else ":n")
    )


def _preposition(token: Token) -> str:
    at = token
    for _ in range(4):
        if at.dep_ in ("pobj", "pcomp") and at.head.dep_ in ("prep", "agent", "dative"):
            return lower(at.head.text)
        if at.dep_ in ("conj", "poss", "compound", "nmod", "amod", "appos", "dep"):
            at = at.head
            continue
        break
    return "none"


def subject_of(token: Token) -> Token | None:
    """The verb whose subject this name is, or belongs to."""
    at = token
    for _ in range(4):
        if at.dep_ in ("nsubj", "nsubjpass", "agent", "csubj"):
            return at.head
        if at.dep_ in ("poss", "compound", "nmod", "amod", "appos", "conj"):
            at = at.head
            continue
        if at.dep_ == "pobj" and at.head.dep_ == "agent":
            return at.head.head
        break
    return None


def type_family(event_type: EventType) -> str:
    """Types whose parties stand in like places in a sentence."""
    if event_type in (EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT):
        return "agreement"
    if event_type in (EventType.INVESTIGATION, EventType.TRADE_REMEDY):
        return "case"
    if event_type.value.startswith("export"):
        return "export"
    if event_type is EventType.SANCTION_LISTING:
        return "sanction"
    if event_type in (EventType.TARIFF, EventType.TARIFF_EXEMPTION, EventType.IMPORT_RESTRICTION):
        return "import"
    return "support"


def rule_role(features: dict[str, float], name: Name, event_type: EventType) -> str:
    """actor, target or none by hand-written rules; used where no trained head is at hand."""
    f = features
    if event_type is EventType.TRADE_AGREEMENT:
        return "actor"
    if "root=child:poss" in f:
        return "actor"
    prep = next((k[5:] for k in f if k.startswith("prep=")), "none")
    if "subject_of_chain" in f and prep in ("none", "by"):
        return "actor"
    if prep in _TARGET_PREPS and "before_measure=False" in f:
        return "target"
    if "goods_follow" in f and name.how in ("demonym", "name"):
        return "target" if "first" not in f else "actor"
    if name.how in ("leader", "agency", "court") or prep == "by":
        return "actor"
    if f"modifies_measure|how={name.how}" in f:
        return "actor"
    if "first" in f:
        return "actor"
    return "target" if prep in _TARGET_PREPS else "none"

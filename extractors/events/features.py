"""What the trained head sees of a candidate: the rules' own findings and the words around it."""

from collections.abc import Callable

from spacy.tokens import Doc, Token

from extractors.events.arguments import find_event_dates
from extractors.events.context import SentenceContext, text_of
from extractors.events.factuality import (
    anchor_of,
    condition_of,
    firm_status,
    governed_status,
    rule_factuality,
    rule_time_frame,
)
from extractors.events.gazetteer import jurisdictions
from extractors.events.lexicon_data import load_word_classes, lower
from extractors.events.policy_events import Candidate

Features = dict[str, float]
Put = Callable[..., None]


def candidate_features(doc: Doc, context: SentenceContext, c: Candidate) -> Features:
    """Features of a candidate; names are stable, values 0 or 1 but for `score`."""
    f: Features = {"bias": 1.0}
    pattern, hit = c.evidence.pattern, c.hit
    anchor, root = anchor_of(doc, c), doc[c.root]
    kind = "headline" if context.headline else "sentence"
    status = governed_status(c, context)
    factuality = rule_factuality(doc, c, context, status)
    _, dates = find_event_dates(context, c, status, factuality)
    time_frame = rule_time_frame(doc, c, context, status, factuality, dates)

    def put(*names: str) -> None:
        for name in names:
            f[name] = 1.0

    put(
        f"pattern={pattern.pattern_id}",
        f"type={pattern.type.value}",
        f"kind={kind}",
        f"style={context.style}",
    )
    put(f"status={status.value}", f"factuality={factuality.value}", f"time={time_frame.value}")
    put(
        f"type={pattern.type.value}|status={status.value}",
        f"status={status.value}|{kind}",
        f"type={pattern.type.value}|{kind}",
    )
    f["score"] = hit.score if hit is not None else (0.7 if pattern.self_status else 0.0)
    put(
        f"how={'hit' if hit else 'self' if c.rule.endswith('/self') else 'nominal'}",
        f"how={c.rule.rsplit('/', 1)[-1].split(':')[0]}|{kind}",
    )
    if hit is not None:
        word = hit.words[0]
        put(
            f"base={word.base}",
            f"relation={_coarse(hit.relation)}",
            f"wordkind={word.kind}",
            f"said={word.status.value}",
        )
        put(
            f"base={word.base}|type={pattern.type.value}",
            f"relation={_coarse(hit.relation)}|said={word.status.value}",
        )
        put(f"score>{int(hit.score * 5) / 5:.1f}")
        for also in hit.words[1:]:
            put(f"alsosaid={also.status.value}")
    for other in c.others[1:3]:
        if other.score > 0.5:
            put(f"other={other.words[0].base}", f"othersaid={other.words[0].status.value}")
    for i, g in enumerate(c.governors[:3]):
        put(f"gov={g}", f"gov{i}={g}")
        if g in _CLASS_OF:
            put(f"govclass={_CLASS_OF[g]}")
    for a in c.auxiliaries:
        put(f"aux={a}", f"aux={a}|status={status.value}")
    put(f"tag={anchor.tag_}", f"tag={anchor.tag_}|{kind}", f"dep={anchor.dep_}")
    put(f"trigger={lower(text_of(doc)[c.start : c.end])[:40]}")
    _measure_features(doc, context, c, root, put)
    _subject_features(context, anchor, c.evidence.start, put)
    _sentence_features(doc, context, c, put)
    if condition_of(doc, c) is not None:
        put("condition")
    if is_clean(context, c, anchor):
        put("clean", f"clean|{kind}", f"clean|{context.style}")
        put("clean|firm" if firm_status(c, context) is not None else "clean|open")
    for d in dates:
        if context.published is not None and d.value:
            put(
                "date:past"
                if d.value[:7] < context.published.isoformat()[:7]
                else "date:future"
                if d.value > context.published.isoformat()
                else "date:now"
            )
    return f


# Words that do the same to a candidate: classes carry over where single words do not.
_CLASSES = load_word_classes()
_CLASS_OF = {word: name for name, words in _CLASSES.items() for word in words}

_STATUS_PREFIXES = (
    "bias",
    "status=",
    "said=",
    "base=",
    "aux=",
    "gov",
    "kind=",
    "type=",
    "relation=",
    "how=",
    "factuality=",
    "time=",
    "tag=",
    "alsosaid=",
    "pattern=",
    "trigger=",
)
_TENSE_PREFIXES = (
    *_STATUS_PREFIXES,
    "dep=",
    "w=",
    "subject=",
    "condition",
    "date:",
    "question",
    "n=",
    "prev=",
    "mprep",
    "style=",
    "official",
)


def status_features(f: Features) -> Features:
    """The features the step is read from: the rules' reading weighs most, words afar nothing."""
    return {
        k: (2.5 if k.startswith("status=") and "|" not in k else v)
        for k, v in f.items()
        if k.startswith(_STATUS_PREFIXES)
    }


def tense_features(f: Features) -> Features:
    """The features factuality and time frame are read from."""
    return {
        k: (3.0 if k.startswith(("factuality=", "time=")) else v)
        for k, v in f.items()
        if k.startswith(_TENSE_PREFIXES)
    }


def type_features(f: Features) -> Features:
    """The features the type is read from: the pattern that fired weighs most."""
    return {
        k: (4.0 if k.startswith("type=") and "|" not in k else v)
        for k, v in f.items()
        if not k.startswith(("w=", "length", "ent="))
    }


VIEWS = {
    "type": type_features,
    "status": status_features,
    "factuality": tense_features,
    "time_frame": tense_features,
}


_REQUESTS = frozenset(_CLASSES["request"]) | frozenset(_CLASSES["hope"])


def is_clean(context: SentenceContext, c: Candidate, anchor: Token) -> bool:
    """Does a jurisdiction do a telling thing to a measure, in so many words?

    The subject holds a jurisdiction, the verb acts on the measure, nobody is asked or hopes.
    """
    if c.hit is None and c.evidence.pattern.self_status is None:
        return False
    if c.hit is not None and c.hit.score < 0.8:
        return False
    if set(c.governors[:3]) & _REQUESTS:
        return False
    at = anchor
    for _ in range(3):
        subject = next((t for t in at.children if t.dep_ in ("nsubj", "agent", "nsubjpass")), None)
        if subject is not None:
            left, right = subject.left_edge.idx, subject.right_edge.idx + len(subject.right_edge)
            return any(
                left <= n.start < right
                for n in context.names
                if n.label in ("COUNTRY", "AGENCY") and n.how != "place"
            )
        if at.dep_ not in ("xcomp", "conj", "advcl", "acl", "ccomp") or at.head.i == at.i:
            return False
        at = at.head
    return False


def _measure_features(
    doc: Doc, context: SentenceContext, c: Candidate, root: Token, put: Put
) -> None:
    put(
        f"measure={lower(text_of(doc)[c.evidence.start : c.evidence.end])[:40]}",
        f"mdep={root.dep_}",
        f"mhead={root.head.lemma_.lower()}",
        f"mhead={root.head.lemma_.lower()}|{root.dep_}",
    )
    head_class = _CLASS_OF.get(root.head.lemma_.lower())
    if head_class and root.head.i != root.i:
        put(f"mheadclass={head_class}", f"mheadclass={head_class}|{root.dep_}")
    if root.dep_ == "pobj":
        put(f"mprep={lower(root.head.text)}", f"mprephead={root.head.head.lemma_.lower()}")
    before = doc[root.i - 1] if root.i > 0 else None
    after = doc[root.i + 1] if root.i + 1 < len(doc) else None
    put(
        f"prev={lower(before.text) if before is not None else '^'}",
        f"next={lower(after.text) if after is not None else '$'}",
    )
    if after is not None and after.lemma_.lower() in _CLASS_OF:
        put(f"nextclass={_CLASS_OF[after.lemma_.lower()]}")
    for child in root.children:
        if child.dep_ in ("amod", "compound", "poss", "det", "nmod", "acl"):
            put(f"mmod={child.lemma_.lower()}")
        if child.dep_ == "prep":
            put(f"mhasprep={lower(child.text)}")
    if any(
        n.label in ("COUNTRY", "AGENCY") and 0 <= c.evidence.start - n.end <= 3
        for n in context.names
    ):
        put("owned")
    near = [n for n in jurisdictions(context.names) if abs(n.start - c.start) < 60]
    put(f"near_names={min(2, len(near))}")


def _subject_features(context: SentenceContext, anchor: Token, root_at: int, put: Put) -> None:
    at = anchor
    for _ in range(3):
        subject = next((t for t in at.children if t.dep_ in ("nsubj", "nsubjpass")), None)
        if subject is not None:
            left, right = subject.left_edge.idx, subject.right_edge.idx + len(subject.right_edge)
            owners = [
                n
                for n in context.names
                if left <= n.start < right and n.label in ("COUNTRY", "AGENCY", "COMPANY")
            ]
            label = owners[0].label if owners else (subject.ent_type_ or "word")
            if left <= root_at < right:
                label = "measure"
            put(
                f"subject={label}",
                f"subjdep={subject.dep_}",
                f"subj={subject.lemma_.lower()}",
                f"subject={label}|{subject.dep_}",
            )
            if any(n.how in ("leader", "capital") for n in owners):
                put("subject=leader")
            return
        if at.dep_ in ("xcomp", "conj", "advcl", "acl", "ccomp") and at.head.i != at.i:
            at = at.head
        else:
            break
    put("subject=none")


def _sentence_features(doc: Doc, context: SentenceContext, c: Candidate, put: Put) -> None:
    names = jurisdictions(context.names)
    put(
        f"names={min(3, len({n.code for n in names}))}",
        f"official={bool(context.publisher_country)}",
        f"official={bool(context.publisher_country)}|type={c.evidence.pattern.type.value}",
    )
    for how in {n.how for n in names}:
        put(f"has_{how}")
    for label in {n.label for n in context.names}:
        put(f"has_{label}")
    if any(q.kind == "percent" for q in context.quantities):
        put("has_percent")
    if any(q.kind == "money" for q in context.quantities):
        put("has_money")
    if context.text.rstrip().endswith("?"):
        put("question")
    n = len(doc)
    put(f"length={0 if n < 8 else 1 if n < 15 else 2 if n < 30 else 3 if n < 50 else 4}")
    put(f"candidates={min(3, len(context.evidence))}")
    at = c.root
    for i, lemma in words_of(doc):
        put(f"w={lemma}")
        if lemma in _CLASS_OF:
            put(f"class={_CLASS_OF[lemma]}")
        if abs(i - at) <= 4:
            put(f"n={lemma}")
    for t in doc.ents:
        put(f"ent={t.label_}")


def words_of(doc: Doc) -> list[tuple[int, str]]:
    """(index, lemma) of each word of a sentence, numbers as "#"; worked out once a sentence."""
    held: list[tuple[int, str]] | None = doc.user_data.get("words")
    if held is None:
        held = [
            (t.i, "#" if t.like_num else t.lemma_.lower())
            for t in doc
            if not (t.is_punct or t.is_space)
        ]
        doc.user_data["words"] = held
    return held


def _coarse(relation: str) -> str:
    if relation.startswith(("down", "up")):
        return relation[:-1] + ("1" if relation[-1] in "12" else "2")
    return relation

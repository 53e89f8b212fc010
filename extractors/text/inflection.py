"""Forms of English words, so that a lexicon of base forms matches text without a tagger."""

_IRREGULAR: dict[str, tuple[str, ...]] = {
    "cut": ("cut", "cuts", "cutting"),
    "hit": ("hit", "hits", "hitting"),
    "put": ("put", "puts", "putting"),
    "set": ("set", "sets", "setting"),
    "let": ("let", "lets", "letting"),
    "win": ("win", "wins", "won", "winning"),
    "lead": ("lead", "leads", "led", "leading"),
    "hold": ("hold", "holds", "held", "holding"),
    "keep": ("keep", "keeps", "kept", "keeping"),
    "strike": ("strike", "strikes", "struck", "striking"),
    "take": ("take", "takes", "took", "taken", "taking"),
    "give": ("give", "gives", "gave", "given", "giving"),
    "leave": ("leave", "leaves", "left", "leaving"),
    "undertake": ("undertake", "undertakes", "undertook", "undertaken", "undertaking"),
    "begin": ("begin", "begins", "began", "begun", "beginning"),
    "find": ("find", "finds", "found", "finding"),
    "buy": ("buy", "buys", "bought", "buying"),
    "sell": ("sell", "sells", "sold", "selling"),
    "bring": ("bring", "brings", "brought", "bringing"),
    "seek": ("seek", "seeks", "sought", "seeking"),
    "freeze": ("freeze", "freezes", "froze", "frozen", "freezing"),
    "withdraw": ("withdraw", "withdraws", "withdrew", "withdrawn", "withdrawing"),
    "say": ("say", "says", "said", "saying"),
    "up": ("ups", "upped", "upping"),
    "eye": ("eye", "eyes", "eyed", "eyeing"),
    "axe": ("axe", "axes", "axed", "axing"),
    "veto": ("veto", "vetoes", "vetoed", "vetoing"),
    "stay": ("stay", "stays", "stayed", "staying"),
    "open": ("open", "opens", "opened", "opening"),
    "offer": ("offer", "offers", "offered", "offering"),
    "order": ("order", "orders", "ordered", "ordering"),
    "threaten": ("threaten", "threatens", "threatened", "threatening"),
    "broaden": ("broaden", "broadens", "broadened", "broadening"),
    "widen": ("widen", "widens", "widened", "widening"),
    "tighten": ("tighten", "tightens", "tightened", "tightening"),
    "toughen": ("toughen", "toughens", "toughened", "toughening"),
    "strengthen": ("strengthen", "strengthens", "strengthened", "strengthening"),
    "soften": ("soften", "softens", "softened", "softening"),
    "loosen": ("loosen", "loosens", "loosened", "loosening"),
    "enter": ("enter", "enters", "entered", "entering"),
    "lower": ("lower", "lowers", "lowered", "lowering"),
    "prohibit": ("prohibit", "prohibits", "prohibited", "prohibiting"),
    "target": ("target", "targets", "targeted", "targeting"),
    "abandon": ("abandon", "abandons", "abandoned", "abandoning"),
    "cancel": ("cancel", "cancels", "canceled", "cancelled", "canceling", "cancelling"),
    "renew": ("renew", "renews", "renewed", "renewing"),
    "narrow": ("narrow", "narrows", "narrowed", "narrowing"),
    "allow": ("allow", "allows", "allowed", "allowing"),
    "vow": ("vow", "vows", "vowed", "vowing"),
    "limit": ("limit", "limits", "limited", "limiting"),
    "petition": ("petition", "petitions", "petitioned", "petitioning"),
    "sanction": ("sanction", "sanctions", "sanctioned", "sanctioning"),
}
_VOWELS = "aeiou"
_DOUBLING = frozenset(
    {
        "plan",
        "drop",
        "bar",
        "trim",
        "scrap",
        "ban",
        "commit",
        "defer",
        "submit",
        "slap",
        "tap",
        "stop",
        "pare",
    }
)


def verb_forms(base: str) -> frozenset[str]:
    """Return all inflected forms of a verb, with the base: `cut` gives cut, cuts, cutting."""
    if " " in base:
        head, rest = base.split(" ", 1)
        return frozenset(f"{form} {rest}" for form in verb_forms(head))
    if base in _IRREGULAR:
        return frozenset(_IRREGULAR[base])
    if base.startswith("re") and base[2:] in _IRREGULAR:
        return frozenset("re" + form for form in _IRREGULAR[base[2:]])
    forms = {base, noun_plural(base)}
    if base.endswith("e"):
        forms |= {base + "d", base[:-1] + "ing"}
    elif base.endswith("y") and base[-2] not in _VOWELS:
        forms |= {base[:-1] + "ied", base + "ing"}
    elif base in _DOUBLING:
        forms |= {base + base[-1] + "ed", base + base[-1] + "ing"}
    else:
        forms |= {base + "ed", base + "ing"}
    return frozenset(forms)


def noun_plural(base: str) -> str:
    """Return the regular plural of a noun (also a verb's third person form)."""
    if base.endswith(("s", "x", "z", "ch", "sh")):
        return base + "es"
    if base.endswith("y") and len(base) > 1 and base[-2] not in _VOWELS:
        return base[:-1] + "ies"
    return base + "s"


def noun_forms(base: str) -> frozenset[str]:
    """Return a noun and its plural."""
    return frozenset({base, noun_plural(base)})

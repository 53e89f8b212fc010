"""The index words of measures: products, acts, companies, targets and keys.

The same words index measures in memory and in the warehouse, so that linking loads only those
measures of a block that a report could belong to.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from extractors.linking.article import parts_of
from extractors.linking.likeness import names_no_subject
from extractors.linking.match import CURBS, KIND_DAYS
from extractors.linking.measure_state import MeasureState
from extractors.linking.parts import Part, is_deal
from extractors.linking.reports import new_development
from extractors.linking.state import DevelopmentState
from models.link import LinkMention

DEAL = "deal:"
VAGUE = "vague:"
ANY_VAGUE = "vague:*"
# How long an index word leads to a measure: by time alone, by subject, by legal act.
VAGUE_DAYS = 90
FORGOTTEN_DAYS = 400
KIND = "kind:"


def days_known(word: str) -> int | None:
    """Return for how many days without news a word leads to its measures; None for no limit."""
    if word.startswith("act:"):
        return None
    if word.startswith(KIND):
        return KIND_DAYS
    return VAGUE_DAYS if word in (VAGUE, ANY_VAGUE) else FORGOTTEN_DAYS


def keys_of(state: DevelopmentState) -> list[str]:
    """Return the words that a development adds to the index of its measure."""
    return [
        *(f"product:{name}" for name in state.buckets),
        *(f"act:{name}" for name in state.specific),
        *(f"company:{name.split()[0]}" for name in state.companies),
        *(f"target:{name}" for name in state.targets),
        *([DEAL] if is_deal(state.type, state.implementer) else []),
    ]


def measure_keys_of(measure: MeasureState) -> list[str]:
    """Return the words that follow from a measure as a whole."""
    vague = names_no_subject(measure)
    words = [f"key:{measure.key()}"]
    if vague and measure.targets:
        words += [ANY_VAGUE, *(f"vague:{target}" for target in measure.targets)]
    elif vague:
        words.append(VAGUE)
    if measure.first.group == CURBS:
        words += [f"{KIND}{kind}" for kind in sorted({d.type for d in measure.developments})]
    return words


def wanted_by(part: Part) -> list[str]:
    """Return the words under which a report's measure may be found."""
    return [
        *(f"product:{name}" for name in part.buckets),
        *(f"act:{name}" for name in part.specific),
        *(f"company:{name.split()[0]}" for name in part.companies),
        *(f"target:{name}" for name in part.targets if part.empty),
        *(f"vague:{name}" for name in part.targets),
        *([VAGUE] if part.targets else [VAGUE, ANY_VAGUE]),
        *([DEAL] if is_deal(part.type, part.implementer) else []),
        *([f"{KIND}{part.type.value}"] if says_the_curb(part) else []),
    ]


def says_the_curb(part: Part) -> bool:
    """Does it name neither goods nor targets of an export curb: "the ban"?"""
    return part.group == CURBS and part.empty and not part.targets


def key_if_new(part: Part) -> str:
    """Return the index word of the measure that the report would start."""
    alone = new_development(part, label="", measure="")
    return f"key:{MeasureState(label='', developments=[alone]).refresh().key()}"


def index_keys_wanted(mentions: Iterable[LinkMention]) -> dict[tuple[str, str], datetime | None]:
    """Return (block, word) of every measure that linking these mentions may affect.

    Each comes with the time since which the measure must have been reported; None for no limit.
    Pass whole articles.
    """
    wanted: dict[tuple[str, str], datetime | None] = {}
    for part in parts_of(mentions):
        for word in (*wanted_by(part), key_if_new(part)):
            days = days_known(word) if not word.startswith("key:") else None
            since = part.source.reported_at - timedelta(days=days) if days else None
            held = wanted.setdefault((part.block, word), since)
            if held and since and since < held:
                wanted[part.block, word] = since
    return wanted

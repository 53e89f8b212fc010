"""What measures are found by: their products, acts, companies, targets and keys, as plain words.

The same words index measures in memory and in the warehouse, so that linking loads only those
measures of a block that a report could belong to.
"""

from collections.abc import Iterable

from extractors.link_parts import Part, parts_of
from extractors.link_state import DevelopmentState, MeasureState, new_development
from models.link import LinkMention

VAGUE = "vague:"


def keys_of(state: DevelopmentState) -> list[str]:
    """The words a development adds to the index of its measure."""
    return [
        *(f"product:{name}" for name in state.buckets),
        *(f"act:{name}" for name in state.specific),
        *(f"company:{name.split()[0]}" for name in state.companies),
        *(f"target:{name}" for name in state.targets),
    ]


def measure_keys_of(measure: MeasureState) -> list[str]:
    """The words that follow from a measure as a whole."""
    vague = not (measure.buckets or measure.companies or measure.specific)
    return [f"key:{measure.key()}", *([VAGUE] if vague else [])]


def wanted_by(part: Part) -> list[str]:
    """The words under which a report's measure may be found."""
    return [
        *(f"product:{name}" for name in part.buckets),
        *(f"act:{name}" for name in part.specific),
        *(f"company:{name.split()[0]}" for name in part.companies),
        *(f"target:{name}" for name in part.targets if part.empty),
        VAGUE,
    ]


def key_if_new(part: Part) -> str:
    """The word of the measure the report would open."""
    alone = new_development(part, label="", measure="")
    return f"key:{MeasureState(label='', developments=[alone]).key()}"


def index_keys_wanted(mentions: Iterable[LinkMention]) -> set[tuple[str, str]]:
    """(block, word) of every measure that linking these mentions may touch. Give whole articles."""
    return {
        (part.block, word)
        for part in parts_of(mentions)
        for word in (*wanted_by(part), key_if_new(part))
    }

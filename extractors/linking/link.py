"""Links mentions to developments and measures (ontology section 7) and grades their novelty.

Reports are linked block by block (a block is an implementer and a group of event types), in the
order in which their publishers made them. Each joins the development it reports, or starts a new
one in the measure it fits, or starts a measure. The result depends on the reports alone, not on
the order of arrival: after a late report, everything later in its block is linked again.
docs/DECISIONS.md says why.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime

from extractors.linking.article import parts_of
from extractors.linking.block_linker import BlockLinker, score, unused
from extractors.linking.parts import Part, part_key
from extractors.linking.reports import add_report, new_development
from extractors.linking.result import development_row, measure_row
from extractors.linking.review import findings_of
from extractors.linking.state import DevelopmentState, from_json
from models.event import Novelty
from models.link import (
    LinkedMention,
    LinkInput,
    LinkMention,
    LinkResult,
    Pin,
    StoredDevelopment,
)


def link(given: LinkInput) -> LinkResult:
    """Bring the blocks of `given.since` up to date; what was touched, as it is now. Pure."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in parts_of(given.mentions):
        parts[part.block].append(part)
    settled: dict[str, list[StoredDevelopment]] = defaultdict(list)
    unsettled: dict[str, list[StoredDevelopment]] = defaultdict(list)
    for stored in given.settled:
        settled[stored.block].append(stored)
    for stored in given.open:
        unsettled[stored.block].append(stored)
    results = [
        link_block(parts[block], settled[block], unsettled[block], given.since[block], given.pins)
        for block in sorted(given.since)
    ]
    return LinkResult(
        developments=tuple(d for r in results for d in r.developments),
        measures=tuple(m for r in results for m in r.measures),
        mentions=tuple(m for r in results for m in r.mentions),
        findings=tuple(f for r in results for f in r.findings),
        blocks=tuple(sorted(given.since)),
        gone={old: new for r in results for old, new in r.gone.items()},
        gone_measures=frozenset(m for r in results for m in r.gone_measures),
    )


def blocks_of(mentions: Iterable[LinkMention]) -> dict[str, datetime]:
    """The blocks some mentions belong to, with the first report in each. Give whole articles."""
    since: dict[str, datetime] = {}
    for part in parts_of(mentions):
        since.setdefault(part.block, part.source.reported_at)
    return since


def link_block(
    parts: Sequence[Part],
    settled: Sequence[StoredDevelopment],
    unsettled: Sequence[StoredDevelopment],
    since: datetime,
    pins: Sequence[Pin] = (),
) -> LinkResult:
    """Link one block anew from `since` on.

    Developments heard of since then are rebuilt from their earlier reports, which stay where they
    were; then every report from `since` on is taken in order.
    """
    before = {stored.development_id: stored for stored in unsettled}
    earlier: dict[str, list[Part]] = defaultdict(list)
    later: list[Part] = []
    for part in parts:
        if part.source.reported_at >= since:
            later.append(part)
        elif (linked := part.source.development_ids.get(part.part)) in before:
            earlier[linked].append(part)
    rebuilt = [rebuild(before[known], told, since) for known, told in earlier.items()]
    linker = BlockLinker([*(from_json(stored.state) for stored in settled), *rebuilt], pins)
    linker.placed |= {part_key(part): known for known, told in earlier.items() for part in told}
    linker.changed.update(state.label for state in rebuilt)
    taken = [(part, *linker.take(part)) for part in later]
    rename(linker, [(part, state) for part, state, _ in taken], before, since)
    states = [linker.developments[label] for label in sorted(linker.changed)]
    touched = {state.measure for state in states}
    touched |= {stored.measure_id for stored in unsettled} & linker.measures.keys()
    home = {part.source.mention.mention_id: state.label for part, state, _ in taken}
    return LinkResult(
        developments=tuple(
            development_row(state, linker.measures[state.measure]) for state in states
        ),
        measures=tuple(measure_row(linker.measures[label]) for label in sorted(touched)),
        mentions=tuple(mention_row(part, state, novelty) for part, state, novelty in taken),
        findings=tuple(
            finding for label in sorted(touched) for finding in findings_of(linker.measures[label])
        ),
        gone={
            label: home.get(from_json(stored.state).lead_mention)
            for label, stored in before.items()
            if label not in linker.developments
        },
        gone_measures=frozenset(
            stored.measure_id for stored in unsettled if stored.measure_id not in linker.measures
        ),
    )


def rebuild(stored: StoredDevelopment, told: Sequence[Part], since: datetime) -> DevelopmentState:
    """A development as it stood before `since`, from its reports up to then."""
    was = from_json(stored.state)
    state = new_development(told[0], label=was.label, measure=was.measure)
    for part in told[1:]:
        add_report(state, part)
    state.novelty, state.novelty_score = was.novelty, was.novelty_score
    state.stage_of = was.stage_of
    state.disputed_with = [
        [label, at] for label, at in was.disputed_with if datetime.fromisoformat(at) < since
    ]
    return state


def rename(
    linker: BlockLinker,
    taken: Sequence[tuple[Part, DevelopmentState]],
    before: Mapping[str, StoredDevelopment],
    since: datetime,
) -> None:
    """Give rebuilt developments and measures the ids they had, so that nobody is told twice.

    A late report may become the first of a development that was told already; by the reports they
    share it is the same one. The id with most shared reports goes first.
    """
    shared: Counter[tuple[str, str]] = Counter()
    for part, state in taken:
        was = part.source.development_ids.get(part.part)
        if was is not None and was in before and state.first_reported >= since:
            shared[state.label, was] += 1
    kept = {label for label, d in linker.developments.items() if d.first_reported < since}
    names: dict[str, str] = {}
    # Of two with as many, the one it was first named for: a correction keeps its first report's id.
    for (label, was), _ in sorted(
        shared.items(), key=lambda item: (-item[1], item[0][0] != item[0][1], item[0])
    ):
        if label not in names and was not in names.values() and was not in kept:
            names[label] = was
    measures: dict[str, str] = {}
    kept_measures = {m.label for m in linker.measures.values() if m.first.first_reported < since}
    for measure in sorted(linker.measures.values(), key=lambda m: m.order):
        if measure.label in kept_measures:
            continue
        for state in measure.developments:
            was = names.get(state.label)
            old = before[was].measure_id if was else None
            if old and old not in measures.values() and old not in kept_measures:
                measures[measure.label] = old
                break
    make_room(names, linker.developments, kept)
    make_room(measures, linker.measures, kept_measures)
    linker.rename(names, measures)


def make_room(names: dict[str, str], labels: Iterable[str], kept: Set[str]) -> None:
    """Rename whoever holds an id that another inherited."""
    taken = {*names.values(), *kept}
    for label in labels:
        if label not in names and label not in kept:
            names[label] = unused(label, taken)
            taken.add(names[label])


def mention_row(part: Part, state: DevelopmentState, novelty: Novelty) -> LinkedMention:
    """Where one part of a mention ended up."""
    m = part.source.mention
    return LinkedMention(
        mention_id=m.mention_id,
        part=part.part,
        development_id=state.label,
        article_id=m.article_id,
        publisher=part.source.publisher,
        novelty=novelty.value,
        novelty_score=score(part, novelty),
        first_seen_at=part.source.first_seen_at,
        reported_at=part.source.reported_at,
        extractor_version=m.extractor_version,
        withdrawn=part.withdrawn,
        withdrawn_at=part.withdrawn_by[1] if part.withdrawn_by else None,
    )

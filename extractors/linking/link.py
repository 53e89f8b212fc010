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
from extractors.linking.grade import worth
from extractors.linking.index import measure_keys_of
from extractors.linking.measure_state import MeasureState
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
    """Update the blocks in `given.since`; return the affected rows in their current state. Pure."""
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
    """Return the blocks of some mentions, with the first report in each. Pass whole articles."""
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
    """Link one block again from `since` on.

    Developments reported since then are rebuilt from their earlier reports, which keep their
    places; then every report from `since` on is added in order.
    """
    before = {stored.development_id: stored for stored in unsettled}
    earlier: dict[str, list[Part]] = defaultdict(list)
    later: list[Part] = []
    for part in parts:
        if part.source.reported_at >= since:
            later.append(part)
        elif (linked := part.source.development_ids.get(part.part)) in before:
            earlier[linked].append(part)
    rebuilt = [rebuild(before[known], reports, since) for known, reports in earlier.items()]
    linker = BlockLinker([*(from_json(stored.state) for stored in settled), *rebuilt], pins)
    linker.placed |= {
        part_key(part): known for known, reports in earlier.items() for part in reports
    }
    linker.changed.update(state.label for state in rebuilt)
    taken = [(part, *linker.link(part)) for part in later]
    restore_ids(linker, [(part, state) for part, state, _ in taken], before, since)
    # A later stage confirms the step that it continues, or did so until now.
    continued = {linker.developments[label].stage_of for label in linker.changed}
    continued |= {from_json(stored.state).stage_of for stored in unsettled}
    linker.changed |= linker.developments.keys() & continued
    linker.changed |= renamed_within(linker, [*settled, *unsettled])
    # What a measure's steps lack is lent by the others.
    touched = {linker.developments[label].measure for label in linker.changed}
    touched |= {stored.measure_id for stored in unsettled} & linker.measures.keys()
    linker.changed |= {
        d.label for m in touched for d in linker.measures[m].developments if not d.commodities
    }
    states = [linker.developments[label] for label in sorted(linker.changed)]
    affected = {state.measure for state in states}
    affected |= {stored.measure_id for stored in unsettled} & linker.measures.keys()
    home = {part.source.mention.mention_id: state.label for part, state, _ in taken}
    return LinkResult(
        developments=tuple(
            development_row(state, linker.measures[state.measure]) for state in states
        ),
        measures=tuple(measure_row(linker.measures[label]) for label in sorted(affected)),
        mentions=tuple(mention_row(part, state, novelty) for part, state, novelty in taken),
        findings=tuple(
            finding for label in sorted(affected) for finding in findings_of(linker.measures[label])
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


def renamed_within(linker: BlockLinker, stored: Iterable[StoredDevelopment]) -> set[str]:
    """Return the developments of measures that are found by other words than when stored.

    A row holds the key and the index words of its measure. If only the rows of changed steps were
    stored anew, the other steps would keep words that no longer lead to the measure.
    """
    before: dict[str, MeasureState] = {}
    for development in stored:
        state = from_json(development.state)
        before.setdefault(state.measure, MeasureState(label=state.measure)).developments.append(
            state
        )
    found = set()
    for label, was in before.items():
        was.developments.sort(key=lambda d: d.leader)
        now = linker.measures.get(label)
        if now and set(measure_keys_of(was.refresh())) != set(measure_keys_of(now)):
            found |= {d.label for d in now.developments}
    return found


def rebuild(
    stored: StoredDevelopment, reports: Sequence[Part], since: datetime
) -> DevelopmentState:
    """Return a development as it was before `since`, from its reports until then."""
    was = from_json(stored.state)
    state = new_development(reports[0], label=was.label, measure=was.measure)
    for part in reports[1:]:
        add_report(state, part)
    state.novelty, state.novelty_score = was.novelty, was.novelty_score
    state.stage_of = was.stage_of
    state.disputed_with = [
        [label, at] for label, at in was.disputed_with if datetime.fromisoformat(at) < since
    ]
    return state


def restore_ids(
    linker: BlockLinker,
    taken: Sequence[tuple[Part, DevelopmentState]],
    before: Mapping[str, StoredDevelopment],
    since: datetime,
) -> None:
    """Give rebuilt developments and measures their old ids, so that nobody is alerted twice.

    A late report may become the first of a development that was already reported; shared reports
    show that it is the same one. The id with the most shared reports goes first.
    """
    shared: Counter[tuple[str, str]] = Counter()
    for part, state in taken:
        was = part.source.development_ids.get(part.part)
        if was is not None and was in before and state.first_reported >= since:
            shared[state.label, was] += 1
    kept = {label for label, d in linker.developments.items() if d.first_reported < since}
    names: dict[str, str] = {}
    # On a tie, the id made from its first report wins: a correction keeps that id.
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
    rename_clashes(names, linker.developments, kept)
    rename_clashes(measures, linker.measures, kept_measures)
    linker.rename(names, measures)


def rename_clashes(names: dict[str, str], labels: Iterable[str], kept: Set[str]) -> None:
    """Rename labels that clash with an id given to another."""
    taken = {*names.values(), *kept}
    for label in labels:
        if label not in names and label not in kept:
            names[label] = unused(label, taken)
            taken.add(names[label])


def mention_row(part: Part, state: DevelopmentState, novelty: Novelty) -> LinkedMention:
    """Return where one part of a mention was linked."""
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
        grade=worth(part),
        withdrawn=part.withdrawn,
        withdrawn_at=part.withdrawn_by[1] if part.withdrawn_by else None,
    )

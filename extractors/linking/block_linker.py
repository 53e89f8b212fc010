"""Links the reports of one block, in order: report to development, development to measure.

A block is an implementer and a group of event types; developments never span two blocks.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import timedelta

from extractors.linking.index import (
    KIND,
    days_known,
    key_if_new,
    keys_of,
    measure_keys_of,
    wanted_by,
)
from extractors.linking.match import (
    contradicts,
    earlier_stage,
    fits_development,
    fits_measure,
    still_reported,
    values_conflict,
)
from extractors.linking.measure_state import MeasureState
from extractors.linking.parts import Part, PartKey, part_key
from extractors.linking.reports import (
    add_report,
    amounts_of,
    dates_of,
    development_label,
    measure_label,
    new_development,
    rates_of,
)
from extractors.linking.state import DevelopmentState
from models.event import NOVELTY_SCORE, Novelty
from models.identity import digest_id
from models.link import Pin


class BlockLinker:
    """The developments and measures of one block, updated report by report.

    Start with `link`. `index` maps index words to measures; `placed` maps parts to developments;
    `changed` collects developments to store.
    """

    def __init__(
        self, developments: Iterable[DevelopmentState] = (), pins: Iterable[Pin] = ()
    ) -> None:
        self.developments: dict[str, DevelopmentState] = {}
        self.measures: dict[str, MeasureState] = {}
        self.index: dict[str, set[str]] = defaultdict(set)
        self.words_of_measure: dict[str, list[str]] = {}
        self.measures_of_article: dict[str, set[str]] = defaultdict(set)
        self.changed: set[str] = set()
        for state in sorted(developments, key=lambda d: d.leader):
            self.add(state)
        self.pins = {pin.mention_id: pin for pin in pins}
        self.groups: dict[str, str] = {}
        self.placed: dict[PartKey, str] = {}
        for pin in self.pins.values():
            if pin.development_id in self.developments:
                self.groups[pin.group] = self.developments[pin.development_id].measure

    def add(self, state: DevelopmentState) -> None:
        """Add a development to its measure, and index it."""
        self.developments[state.label] = state
        measure = self.measures.setdefault(state.measure, MeasureState(label=state.measure))
        if state not in measure.developments:
            measure.developments.append(state)
        self.update_index(state)

    def update_index(self, state: DevelopmentState) -> None:
        """Index a development and its measure after a change."""
        measure = self.measures[state.measure].refresh()
        for word in keys_of(state):
            self.index[word].add(measure.label)
        # The index must depend on the states alone, or linking in two runs would see another one.
        words = measure_keys_of(measure)
        for word in self.words_of_measure.get(measure.label, ()):
            if word not in words:
                self.index[word].discard(measure.label)
        for word in words:
            self.index[word].add(measure.label)
        self.words_of_measure[measure.label] = words
        self.measures_of_article[state.last_article].add(measure.label)

    def candidates(self, part: Part) -> list[MeasureState]:
        """Return the measures worth comparing, in the order first reported.

        A measure without news for long is found only by its act: the product alone is too weak.
        """
        found = {
            label: self.measures[label] for label in self.measures_of_article.get(part.article, ())
        }
        for word in wanted_by(part):
            days = days_known(word)
            oldest = part.source.reported_at - timedelta(days=days) if days else None
            known = {
                label: self.measures[label]
                for label in self.index.get(word, ())
                if oldest is None or self.measures[label].heard_since(oldest)
            }
            # "The ban" is the only one that was in the news.
            if not word.startswith(KIND) or len(known) == 1:
                found |= known
        return sorted(found.values(), key=lambda m: m.order)

    def link(self, part: Part) -> tuple[DevelopmentState, Novelty]:
        """Link one report; return its development and how new it was."""
        state, novelty = self.choose(part)
        self.placed[part_key(part)] = state.label
        return state, novelty

    def choose(self, part: Part) -> tuple[DevelopmentState, Novelty]:
        """Choose by correction first, then by a reviewer's decision, then by the best fit."""
        known = self.corrected_by(part)
        if known is not None:
            return known, self.join(part, known)
        pin = self.pins.get(part.source.mention.mention_id)
        if pin is None:
            return self.place(part, self.candidates(part), None)
        ruled = self.groups.get(pin.group)
        if ruled is not None:
            state, novelty = self.place(part, [self.measures[ruled]], self.measures[ruled])
        else:
            state, novelty = self.place(part, [] if pin.apart else self.candidates(part), None)
        self.groups[pin.group] = state.measure
        return state, novelty

    def corrected_by(self, part: Part) -> DevelopmentState | None:
        """Return the step that an earlier version of the article reported and this part replaces.

        A denial always joins that step. Another value joins it only while no other source supports
        the old one; otherwise both are kept side by side.
        """
        label = self.placed.get(part.replaces) if part.replaces else None
        known = self.developments.get(label) if label else None
        return known if known is not None and (part.weak or known.hollow) else None

    def place(
        self, part: Part, measures: list[MeasureState], ruled: MeasureState | None
    ) -> tuple[DevelopmentState, Novelty]:
        """Put a report into one of these measures (`ruled` if given), or into a new one."""
        measures = under_its_act(part, measures)
        if known := self.same_development(part, measures):
            return known, self.join(part, known)
        measure = ruled or self.same_measure(part, measures)
        if measure is None:
            state = self.state_of(part, unused(measure_label(part), self.measures))
            twins = [
                self.measures[label]
                for label in self.index.get(key_if_new(part), ())
                if not contradicts(part, self.measures[label])
            ]
            apart = part.source.mention.mention_id in self.pins and not measures
            if not twins or apart:
                return self.open(part, state, Novelty.NEW_MEASURE)
            measure = min(twins, key=lambda m: m.order)
        stage_of = earlier_stage(part, measure)
        if stage_of is None and (known := still_reported(part, measure)):
            return known, self.join(part, known)
        state = self.state_of(part, measure.label)
        self.mark_disputes(part, state, measure)
        if stage_of:
            state.stage_of = stage_of.label
            return self.open(part, state, Novelty.STAGE_UPDATE)
        return self.open(part, state, Novelty.NEW_DEVELOPMENT)

    def state_of(self, part: Part, measure: str) -> DevelopmentState:
        """Return a new development of this measure, from its first report."""
        label = unused(development_label(part), self.developments)
        return new_development(part, label=label, measure=measure)

    def open(
        self, part: Part, state: DevelopmentState, novelty: Novelty
    ) -> tuple[DevelopmentState, Novelty]:
        """Add a new development."""
        if part.background:
            novelty = Novelty.REPEAT
        state.novelty = novelty.value
        state.novelty_score = score(part, novelty)
        self.add(state)
        self.changed.add(state.label)
        return state, novelty

    def join(self, part: Part, known: DevelopmentState) -> Novelty:
        """Add a report to a known development; return how new it is."""
        novelty = grade(part, known)
        add_report(known, part)
        self.update_index(known)
        self.changed.add(known.label)
        return novelty

    def same_development(
        self, part: Part, measures: Iterable[MeasureState]
    ) -> DevelopmentState | None:
        """Return the development that fits best, if any."""
        fits = [
            (points, state.leader, state)
            for measure in measures
            for state in measure.developments
            if (points := fits_development(part, state)) is not None
        ]
        return max(fits, key=lambda fit: fit[:2])[2] if fits else None

    def same_measure(self, part: Part, measures: Iterable[MeasureState]) -> MeasureState | None:
        """Return the measure that fits best, if any."""
        fits = [
            (points, measure.last_reported, measure.order, measure)
            for measure in measures
            if (points := fits_measure(part, measure)) is not None
        ]
        return max(fits, key=lambda fit: fit[:3])[3] if fits else None

    def mark_disputes(self, part: Part, state: DevelopmentState, measure: MeasureState) -> None:
        """Mark two official sources that differ on one step; both stay.

        Likewise a step that its source corrected and what another source, or the same one, says
        instead.
        """
        for other in measure.developments:
            officials = (
                part.official and other.official and part.source.publisher not in other.publishers
            )
            changed_its_mind = bool(other.withdrawals) and not other.hollow
            if (
                (officials or changed_its_mind)
                and not part.withdrawn
                and other.status_class == state.status_class
                and part.when.gap_days(other.when) <= part.when.tolerance_days(other.when)
                and values_conflict(part, other)
            ):
                since = part.source.reported_at.isoformat()
                state.disputed_with.append([other.label, since])
                other.disputed_with.append([state.label, since])
                self.changed.add(other.label)

    def rename(self, names: Mapping[str, str], measures: Mapping[str, str]) -> None:
        """Replace temporary ids."""
        for state in list(self.developments.values()):
            state.label = names.get(state.label, state.label)
            state.measure = measures.get(state.measure, state.measure)
            state.stage_of = names.get(state.stage_of, state.stage_of) if state.stage_of else None
            state.disputed_with = [[names.get(d, d), at] for d, at in state.disputed_with]
        for measure in self.measures.values():
            measure.label = measures.get(measure.label, measure.label)
        self.developments = {state.label: state for state in self.developments.values()}
        self.measures = {measure.label: measure for measure in self.measures.values()}
        self.changed = {names.get(label, label) for label in self.changed}


def under_its_act(part: Part, measures: list[MeasureState]) -> list[MeasureState]:
    """Return the measures under the act that the report names, if it fits one of them; else all.

    Without this a report would join what another article said in vaguer words on that day.
    """
    acts = set(part.specific)
    same = [m for m in measures if not acts.isdisjoint(m.specific)]
    fitting = [m for m in same if fits_measure(part, m) is not None]
    return fitting or measures


def grade(part: Part, known: DevelopmentState) -> Novelty:
    """Return how new a further report of a known development is."""
    copy = part.source.copy_group in known.copy_groups
    if part.background or copy or part.weak:
        return Novelty.REPEAT
    m = part.source.mention
    fills_key = (
        (bool(m.instrument) and not known.instrument)
        or (part.when.stated and not known.stated)
        or (bool(rates_of(part)) and not known.rates)
    )
    adds = (
        fills_key
        or (bool(amounts_of(part)) and not known.amounts)
        or (bool(dates_of(part, "date_end")) and not known.ends)
        or (bool(dates_of(part, "date_effective")) and not known.effective)
        or not part.buckets <= set(known.buckets)
    )
    if fills_key and part.official:
        return Novelty.STAGE_UPDATE
    if adds:
        return Novelty.NEW_DETAIL
    return Novelty.REPEAT if part.source.publisher in known.publishers else Novelty.CONFIRMATION


def unused(label: str, taken: Container[str]) -> str:
    """Return an id made from a first report; another one if it is taken."""
    while label in taken:
        label = digest_id(label)
    return label


def score(part: Part, novelty: Novelty) -> float:
    """Return the novelty as a number, halved for what is doubted, denied or asked."""
    return NOVELTY_SCORE[novelty] * (0.5 if part.weak else 1.0)

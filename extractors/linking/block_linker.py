"""Links the reports of one block, in order: report to development, development to measure.

A block is an implementer and a group of event types; no development crosses blocks.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import timedelta

from extractors.linking.index import (
    days_known,
    key_if_new,
    keys_of,
    measure_keys_of,
    wanted_by,
)
from extractors.linking.match import (
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
    """The developments and measures of one block, growing report by report."""

    def __init__(
        self, developments: Iterable[DevelopmentState] = (), pins: Iterable[Pin] = ()
    ) -> None:
        self.developments: dict[str, DevelopmentState] = {}
        self.measures: dict[str, MeasureState] = {}
        self.index: dict[str, set[str]] = defaultdict(set)
        self.words: dict[str, list[str]] = {}
        self.measures_of_article: dict[str, set[str]] = defaultdict(set)
        self.changed: set[str] = set()
        for state in sorted(developments, key=lambda d: d.leader):
            self.keep(state)
        self.pins = {pin.mention_id: pin for pin in pins}
        self.groups: dict[str, str] = {}
        self.placed: dict[PartKey, str] = {}
        for pin in self.pins.values():
            if pin.development_id in self.developments:
                self.groups[pin.group] = self.developments[pin.development_id].measure

    def keep(self, state: DevelopmentState) -> None:
        """Hold a development under its measure, and note what it can be found by."""
        self.developments[state.label] = state
        measure = self.measures.setdefault(state.measure, MeasureState(label=state.measure))
        if state not in measure.developments:
            measure.developments.append(state)
        self.note(state)

    def note(self, state: DevelopmentState) -> None:
        measure = self.measures[state.measure].refresh()
        for word in keys_of(state):
            self.index[word].add(measure.label)
        # The index must follow from the states alone, or linking in two goes would see another one.
        words = measure_keys_of(measure)
        for word in self.words.get(measure.label, ()):
            if word not in words:
                self.index[word].discard(measure.label)
        for word in words:
            self.index[word].add(measure.label)
        self.words[measure.label] = words
        self.measures_of_article[state.last_article].add(measure.label)

    def candidates(self, part: Part) -> list[MeasureState]:
        """The measures worth a comparison, those first told first.

        One not heard of for long is only known again by its act: the product alone is too little.
        """
        found = {
            label: self.measures[label] for label in self.measures_of_article.get(part.article, ())
        }
        for word in wanted_by(part):
            days = days_known(word)
            oldest = part.source.reported_at - timedelta(days=days) if days else None
            for label in self.index.get(word, ()):
                if label not in found:
                    measure = self.measures[label]
                    if oldest is None or measure.heard_since(oldest):
                        found[label] = measure
        return sorted(found.values(), key=lambda m: m.order)

    def take(self, part: Part) -> tuple[DevelopmentState, Novelty]:
        """Put a report where it belongs; say where and how new it was."""
        state, novelty = self.settle(part)
        self.placed[part_key(part)] = state.label
        return state, novelty

    def settle(self, part: Part) -> tuple[DevelopmentState, Novelty]:
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
        """The step an earlier version of the article told, where this part stands in its place.

        A denial belongs there in any case, another value only while nobody else vouches for the
        old one: else both are told, side by side.
        """
        label = self.placed.get(part.replaces) if part.replaces else None
        known = self.developments.get(label) if label else None
        return known if known is not None and (part.weak or known.hollow) else None

    def place(
        self, part: Part, measures: list[MeasureState], ruled: MeasureState | None
    ) -> tuple[DevelopmentState, Novelty]:
        """Put a report into one of these measures, the one ruled if any, or into a new one."""
        if known := self.same_development(part, measures):
            return known, self.join(part, known)
        measure = ruled or self.same_measure(part, measures)
        if measure is None:
            state = self.state_of(part, unused(measure_label(part), self.measures))
            twins = [self.measures[label] for label in self.index.get(key_if_new(part), ())]
            apart = part.source.mention.mention_id in self.pins and not measures
            if not twins or apart:
                return self.open(part, state, Novelty.NEW_MEASURE)
            measure = min(twins, key=lambda m: m.order)
        stage_of = earlier_stage(part, measure)
        if stage_of is None and (known := still_reported(part, measure)):
            return known, self.join(part, known)
        state = self.state_of(part, measure.label)
        self.weigh_contradiction(part, state, measure)
        if stage_of:
            state.stage_of = stage_of.label
            return self.open(part, state, Novelty.STAGE_UPDATE)
        return self.open(part, state, Novelty.NEW_DEVELOPMENT)

    def state_of(self, part: Part, measure: str) -> DevelopmentState:
        label = unused(development_label(part), self.developments)
        return new_development(part, label=label, measure=measure)

    def open(
        self, part: Part, state: DevelopmentState, novelty: Novelty
    ) -> tuple[DevelopmentState, Novelty]:
        if part.background:
            novelty = Novelty.REPEAT
        state.novelty = novelty.value
        state.novelty_score = score(part, novelty)
        self.keep(state)
        self.changed.add(state.label)
        return state, novelty

    def join(self, part: Part, known: DevelopmentState) -> Novelty:
        novelty = grade(part, known)
        add_report(known, part)
        self.note(known)
        self.changed.add(known.label)
        return novelty

    def same_development(
        self, part: Part, measures: Iterable[MeasureState]
    ) -> DevelopmentState | None:
        fits = [
            (points, state.leader, state)
            for measure in measures
            for state in measure.developments
            if (points := fits_development(part, state)) is not None
        ]
        return max(fits, key=lambda fit: fit[:2])[2] if fits else None

    def same_measure(self, part: Part, measures: Iterable[MeasureState]) -> MeasureState | None:
        fits = [
            (points, measure.last_reported, measure.order, measure)
            for measure in measures
            if (points := fits_measure(part, measure)) is not None
        ]
        return max(fits, key=lambda fit: fit[:3])[3] if fits else None

    def weigh_contradiction(
        self, part: Part, state: DevelopmentState, measure: MeasureState
    ) -> None:
        """Two official sources that differ on one step: both stay, both are marked.

        So are a step a source corrected and what another source, or itself, says instead.
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
        """Put other ids in the place of those made up on the way."""
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


def grade(part: Part, known: DevelopmentState) -> Novelty:
    """How new a further report of a known development is."""
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
    """An id made of a first report, unless that one was handed on to others."""
    while label in taken:
        label = digest_id(label)
    return label


def score(part: Part, novelty: Novelty) -> float:
    """The grade as a number, halved for what is doubted, denied or asked."""
    return NOVELTY_SCORE[novelty] * (0.5 if part.weak else 1.0)

"""Hand-made mentions, and an in-memory store that feeds linking as the warehouse does."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from extractors.linking.index import index_keys_wanted
from extractors.linking.link import blocks_of, link
from models.event import (
    Amount,
    EventDate,
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    Rate,
    SourceType,
    StatusTarget,
    TimeFrame,
    polarity,
)
from models.identity import digest_id
from models.link import (
    LinkedDevelopment,
    LinkedMeasure,
    LinkedMention,
    LinkInput,
    LinkMention,
    StoredDevelopment,
)


def told(
    day: str,
    what: str,
    *,
    actors: Sequence[str] = ("CN",),
    targets: Sequence[str] = (),
    commodities: Sequence[str] = (),
    hs_codes: Sequence[str] = (),
    companies: Sequence[str] = (),
    rate: float | None = None,
    basis: str | None = None,
    amount: float | None = None,
    dates: Sequence[tuple[str, str]] = (),
    instrument: str | None = None,
    duration: str | None = None,
    time_frame: str = "current",
    factuality: str = "asserted",
    status_target: str = "measure",
    source: str = "author",
    publisher: str = "wire",
    article: str | None = None,
    start: int = 0,
    copy_of: str | None = None,
    seen_after_h: float = 1.0,
    confidence: float = 0.8,
    says: str | None = None,
    source_text: str | None = None,
    speaks_for: str | None = None,
) -> LinkMention:
    """A report of `what`, "type status", published at noon of `day`."""
    type_, status = what.split()
    reported = datetime.combine(date.fromisoformat(day), time(12), UTC)
    article = article or f"{publisher}-{day}-{what}"
    kind, step = EventType(type_), EventStatus(status)
    target = StatusTarget(status_target)
    sure = Factuality(factuality)
    mention = EventMention(
        mention_id=digest_id(article, start, what),
        article_id=article,
        article_version=1,
        field="body",
        start=start,
        end=start + 5,
        trigger=status,
        sentence=says or f"{what} told on {day}.",
        sentence_start=start,
        type=kind,
        status=step,
        status_target=target,
        factuality=sure,
        time_frame=TimeFrame(time_frame),
        polarity=polarity(kind, step, target, sure),
        retaliation=False,
        source_type=SourceType(source),
        source_text=source_text,
        actors=tuple(actors),
        targets=tuple(targets),
        commodities=tuple(commodities),
        hs_codes=tuple(hs_codes),
        product_texts=tuple(c.replace("_", " ") for c in commodities),
        company_texts=tuple(companies),
        rates=(Rate(text=f"{rate}%", value=rate, unit="percent", basis=basis),) if rate else (),
        amounts=(Amount(text="", value=amount, unit="USD", kind="investment"),) if amount else (),
        dates=tuple(EventDate(role=role, text=day, date=on) for role, on in dates),
        duration=duration,
        instrument=instrument,
        confidence=confidence,
        rule="test",
        extractor_version="1",
    )
    return LinkMention(
        mention=mention,
        first_seen_at=reported + timedelta(hours=seen_after_h),
        reported_at=reported,
        publisher=publisher,
        copy_group=copy_of or article,
        speaks_for=speaks_for,
    )


class Memory:
    """What the warehouse keeps between two runs of linking, in dictionaries."""

    def __init__(self) -> None:
        self.told: dict[str, LinkMention] = {}
        self.developments: dict[str, LinkedDevelopment] = {}
        self.measures: dict[str, LinkedMeasure] = {}
        self.linked: dict[tuple[str, int], LinkedMention] = {}
        self.alerted: list[str] = []

    def load(self, *reports: LinkMention) -> "Memory":
        """Link some further reports."""
        articles = {item.mention.article_id for item in reports}
        self.told |= {item.mention.mention_id: item for item in reports}
        pending = self.of_articles(articles)
        since = blocks_of(pending)
        stored = [
            StoredDevelopment(
                development_id=d.development_id,
                measure_id=d.measure_id,
                block=d.block,
                last_reported_at=d.last_reported_at,
                state=d.state,
            )
            for d in self.developments.values()
            if d.block in since
        ]
        unsettled = [d for d in stored if d.last_reported_at >= since[d.block]]
        open_ids = {d.development_id for d in unsettled}
        around = {x.article_id for x in self.linked.values() if x.development_id in open_ids}
        mentions = tuple(self.of_articles(articles | around))
        words = index_keys_wanted(mentions)
        wanted = {d.measure_id for d in unsettled} | {
            d.measure_id
            for d in self.developments.values()
            if any(
                (d.block, word) in words
                and (words[d.block, word] or d.first_reported_at) <= self.heard(d.measure_id)
                for word in d.index_keys
            )
        }
        result = link(
            LinkInput(
                mentions=mentions,
                settled=tuple(d for d in stored if d not in unsettled and d.measure_id in wanted),
                open=tuple(unsettled),
                since=since,
            )
        )
        for gone in result.gone:
            del self.developments[gone]
        for gone in result.gone_measures:
            del self.measures[gone]
        self.alerted += [
            d.development_id
            for d in result.developments
            if d.development_id not in self.developments and d.novelty_score >= 0.5
        ]
        self.developments |= {d.development_id: d for d in result.developments}
        self.measures |= {m.measure_id: m for m in result.measures}
        self.linked |= {(m.mention_id, m.part): m for m in result.mentions}
        return self

    def heard(self, measure_id: str) -> datetime:
        return self.measures[measure_id].last_reported_at

    def of_articles(self, articles: Iterable[str]) -> list[LinkMention]:
        linked: dict[str, dict[int, str]] = defaultdict(dict)
        for (mention_id, part), row in self.linked.items():
            linked[mention_id][part] = row.development_id
        return [
            replace(item, development_ids=linked.get(key, {}))
            for key, item in self.told.items()
            if item.mention.article_id in set(articles)
        ]

    def lives(self) -> dict[str, list[str]]:
        """measure_key -> the statuses of its developments as they were decided."""
        found: dict[str, list[str]] = {}
        for measure in self.measures.values():
            steps = sorted(
                (d for d in self.developments.values() if d.measure_id == measure.measure_id),
                key=lambda d: (d.decision_date or d.first_reported_at.date(), d.first_reported_at),
            )
            found[measure.measure_key] = [d.status for d in steps]
        return found

    def partition(self) -> set[tuple[str, frozenset[str]]]:
        """Which reports are told of one development, with all that it says; ids left out."""
        members: dict[str, set[str]] = defaultdict(set)
        for (mention_id, part), row in self.linked.items():
            members[row.development_id].add(f"{mention_id}:{part}")
        return {
            (said(d, self.measures[d.measure_id]), frozenset(members[d.development_id]))
            for d in self.developments.values()
        }


def said(d: LinkedDevelopment, measure: LinkedMeasure) -> str:
    """Everything a development says but its ids."""
    return repr(
        (
            measure.measure_key,
            d.type,
            d.status,
            d.decision_date,
            d.rate_value,
            d.end_date,
            d.novelty,
            d.targets,
            d.commodities,
            d.source_count,
            d.mention_count,
            d.confidence,
            d.disputed,
            d.grade,
            d.official_source,
            d.official_seen_at,
            d.official_reported_at,
            bool(d.stage_of),
            d.first_seen_at,
        )
    )

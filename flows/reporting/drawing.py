"""Drawings as numbers: where bars, marks and lines stand. Templates turn them into inline SVG.

Places are percent of the width, so a drawing fits any page without scaling its text. Lines are
points in a box of 1000 x 100 that is stretched.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.reporting.life import ENDED, SHORT, STATES, Segment
from flows.reporting.words import day

BOX = 1000.0
HEIGHT = 100.0
MOST_POINTS = 240
# Marks nearer than this, in percent of the width, stand above each other.
MARK_GAP = 5.5
MOST_LANES = 6
NUMBER_GAP = 1.8
AROUND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A state's bar: place and width in percent, a word in it where it fits, words for readers."""

    x: float
    width: float
    state: str
    label: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A numbered step: place in percent, lane above the bar from 0.

    `sure` is false for what was denied, alleged or only asked; `apart` where a number below a
    chart does not touch the one before.
    """

    x: float
    lane: int
    number: int
    title: str
    sure: bool = True
    apart: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A label of the axis; `minor` ones are left out on narrow screens."""

    x: float
    label: str
    minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The days a drawing spans."""

    start: date
    end: date

    def x(self, on: date) -> float:
        """The place of a day, in percent, within the drawing."""
        whole = max(1, (self.end - self.start).days)
        return round(min(100.0, max(0.0, 100 * (on - self.start).days / whole)), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDrawing:
    """A measure's life: bars of its states, its steps as marks, today, ticks."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    today: float | None
    lanes: int
    states: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A price line: points of the box, its name and its last level (first = 100)."""

    name: str
    listing: str
    points: str
    last: float
    y: float
    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Price lines on the axis of a life, with the levels of its grid (place in percent)."""

    lines: tuple[Line, ...]
    grid: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """Closes from ten sessions before a step to ten after, and where the step's session stands."""

    points: str
    at: float


def life_axis(found: Sequence[Segment], steps: Sequence[date], today: date) -> Axis:
    """The days to draw: from the first step to the last known date, to today if it is near."""
    known = [*steps, *(s.start for s in found), *(s.end for s in found if s.end)]
    first, last = min(known), max(known)
    room = max(timedelta(days=90), (last - first) * 0.5)
    end = max(last, min(today, last + room))
    pad = max(timedelta(days=5), (end - first) * 0.04)
    return Axis(start=first - pad, end=end + pad)


def draw_life(
    found: Sequence[Segment],
    steps: Sequence[tuple[date, str, bool]],
    axis: Axis,
    today: date,
) -> LifeDrawing:
    """Draw states and steps; a step is (day, words, whether it is told as a fact)."""
    bars = []
    for part in found:
        x = axis.x(part.start)
        width = max(0.4, axis.x(part.end or axis.end) - x)
        if part.state == ENDED and part.end is None:
            width = min(width, 3.0)
        label = SHORT[part.state]
        until = f" until {day(part.end)}" if part.end else ""
        bars.append(
            Bar(
                x=x,
                width=round(width, 2),
                state=part.state,
                label=label if width > 1.15 * len(label) else "",
                title=f"{STATES[part.state]} from {day(part.start)}{until}",
            )
        )
    marks = placed([(axis.x(on), title, sure) for on, title, sure in steps])
    shown = dict.fromkeys(bar.state for bar in bars)
    return LifeDrawing(
        bars=tuple(bars),
        marks=tuple(marks),
        ticks=tuple(ticks(axis)),
        today=axis.x(today) if axis.start <= today <= axis.end else None,
        lanes=1 + max((mark.lane for mark in marks), default=0),
        states=tuple((state, STATES[state]) for state in shown),
    )


def placed(steps: Sequence[tuple[float, str, bool]]) -> list[Mark]:
    """Marks in order, one above the other where they would touch."""
    marks: list[Mark] = []
    ends: list[float] = []
    written = -MARK_GAP
    for number, (x, title, sure) in enumerate(steps, 1):
        free = [lane for lane, end in enumerate(ends) if x - end >= MARK_GAP]
        if free:
            lane = free[0]
        elif len(ends) < MOST_LANES:
            lane = len(ends)
            ends.append(x)
        else:
            lane = MOST_LANES - 1
        ends[lane] = x
        apart = x - written >= NUMBER_GAP
        written = x if apart else written
        marks.append(Mark(x=x, lane=lane, number=number, title=title, sure=sure, apart=apart))
    return marks


def ticks(axis: Axis) -> list[Tick]:
    """At most eight ticks at the start of months, quarters or years."""
    span = (axis.end - axis.start).days
    step = next((m for m in (1, 2, 3, 6, 12, 24, 60, 120) if span / (30.4 * m) <= 8), 240)
    found: list[Tick] = []
    # Months count from a January, so that quarters and years begin where they do.
    month = axis.start.year * 12 + axis.start.month - 1
    month += -month % step
    while True:
        on = date(month // 12, month % 12 + 1, 1)
        if on > axis.end:
            break
        if on >= axis.start and 2 <= axis.x(on) <= 97:
            label = str(on.year) if step >= 12 else f"{on:%b} {on.year}"
            found.append(Tick(x=axis.x(on), label=label, minor=bool(len(found) % 2)))
        month += step
    return found


def draw_prices(
    series: Sequence[tuple[str, str, Sequence[tuple[date, float]]]], axis: Axis
) -> Prices | None:
    """Draw closes (name, listing, (day, close)) as lines from 100; None without two closes."""
    levels = []
    for name, listing, closes in series:
        within = thinned([c for c in closes if axis.start <= c[0] <= axis.end and c[1] > 0])
        if len(within) > 1:
            base = within[0][1]
            levels.append((name, listing, [(on, 100 * close / base) for on, close in within]))
    if not levels:
        return None
    every = [level for _, _, line in levels for _, level in line]
    low, high = min(every), max(every)
    room = max(1.0, (high - low) * 0.06)
    low, high = low - room, high + room

    def place(level: float) -> float:
        return round(HEIGHT * (high - level) / (high - low), 1)

    lines = [
        Line(
            name=name,
            listing=listing,
            points=" ".join(f"{axis.x(on) * BOX / 100:.0f},{place(v):.1f}" for on, v in line),
            last=line[-1][1],
            y=place(line[-1][1]),
            colour=number,
        )
        for number, (name, listing, line) in enumerate(levels, 1)
    ]
    grid = tuple((place(level), f"{level:g}") for level in round_levels(low, high))
    return Prices(lines=tuple(lines), grid=grid)


def thinned(closes: Sequence[tuple[date, float]]) -> list[tuple[date, float]]:
    """At most about 240 closes, evenly chosen, the last one among them."""
    stride = len(closes) // MOST_POINTS + 1
    kept = list(closes[::stride])
    if kept and kept[-1] != closes[-1]:
        kept.append(closes[-1])
    return kept


def round_levels(low: float, high: float) -> list[float]:
    """Two to five round numbers between two levels."""
    span = high - low
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if span / s <= 5), span / 3)
    first = -(-low // step) * step
    return [first + step * n for n in range(6) if first + step * n <= high]


def draw_spark(closes: Sequence[tuple[date, float]], on: date) -> Spark | None:
    """Draw the closes (in order of time) around the session `on`; None if it has no close."""
    days = [session for session, _ in closes]
    at = bisect_left(days, on)
    if at >= len(days) or days[at] != on:
        return None
    start = max(0, at - AROUND)
    window = [close for _, close in closes[start : at + AROUND + 1]]
    if len(window) < 3:
        return None
    low, high = min(window), max(window)
    span = (high - low) or 1.0
    wide = 100 / (2 * AROUND)
    offset = AROUND - (at - start)
    points = " ".join(
        f"{(offset + n) * wide:.0f},{26 - 24 * (close - low) / span:.1f}"
        for n, close in enumerate(window)
    )
    return Spark(points=points, at=AROUND * wide)

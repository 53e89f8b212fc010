"""The chart of an event study: the mean path with its band, and prices with the events."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num as number_of
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter

from models import harmless
from warehouse.market.study import StudyResult

MOST_SERIES = 8
# A series that ends at most this many days before the others is labelled with them.
SOON = 60
# What is expected -> colour and name in the legend. Grey is the placebo's, and the event lines'.
SIGNS = {
    "+": ("#2ca02c", "expected to gain (+)"),
    "-": ("#d62728", "expected to lose (-)"),
    "?": ("#1f77b4", "may cut either way (?)"),
    "unknown": ("#9467bd", "sign not known"),
}
PLACEBO = ("0.45", "placebo: quiet days")
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf")


def draw_study(result: StudyResult, path: Path, *, title: str = "") -> tuple[Path, Path]:
    """Write the chart as PNG and SVG next to each other; return both paths.

    `path` may have either suffix or none. Raises OSError when it cannot be written.
    """
    figure = Figure(figsize=(11, 8.5))
    FigureCanvasAgg(figure)
    top, bottom = figure.subplots(2, 1, height_ratios=(5, 5))
    # Fixed margins: computing the layout takes longer than drawing.
    figure.subplots_adjust(
        left=0.08, right=0.93, top=0.91 if title else 0.95, bottom=0.05, hspace=0.26
    )
    draw_path(top, result)
    draw_prices(bottom, result)
    if title:
        lines = wrap(harmless.chart(title), 96, max_lines=2, placeholder=" ...")
        figure.suptitle(
            "\n".join(lines), fontsize=12, fontweight="bold", x=0.08, y=0.985, ha="left"
        )
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    png.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(png, dpi=130)
    figure.savefig(svg)
    return png, svg


def draw_path(axes: Axes, result: StudyResult) -> None:
    """Draw the mean cumulative abnormal return from 10 sessions before to 10 after, 95 % bands.

    One line for each expected sign, and one for the placebo.
    """
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.axvline(0, color="0.6", linewidth=0.8, linestyle="--")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axes.set_xlabel("sessions from the event (0: the first session that could trade on it)")
    axes.set_ylabel("mean cumulative abnormal return")
    axes.spines[["top", "right"]].set_visible(False)
    if not result.path:
        axes.text(0.5, 0.5, "no event with all its sessions", transform=axes.transAxes, ha="center")
        return
    draw_line(axes, result.placebo_path, *PLACEBO, linestyle="--")
    for sign, (colour, name) in SIGNS.items():
        rows = [row for row in result.path if row["sign"] == sign]
        draw_line(axes, rows, colour, name, marker="o")
    tau = [row["tau"] for row in result.path]
    axes.set_xlim(min(tau), max(tau))
    axes.set_xticks(range(min(tau), max(tau) + 1, 2))
    axes.set_title(
        "Development x listing; bands: 95 %, the events of a day as one; "
        f"market model over 120 sessions; {len(result.listings)} listings",
        loc="left",
        fontsize=10,
    )
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def draw_line(
    axes: Axes, rows: Sequence[dict[str, Any]], colour: str, name: str, **look: Any
) -> None:
    """Draw one mean path with its band; nothing without rows, no band for a single day."""
    if not rows:
        return
    band = [row for row in rows if row["low"] is not None]
    axes.fill_between(
        [row["tau"] for row in band],
        [row["low"] for row in band],
        [row["high"] for row in band],
        color=colour,
        alpha=0.14,
        linewidth=0,
    )
    axes.plot(
        [row["tau"] for row in rows],
        [row["mean_car"] for row in rows],
        color=colour,
        markersize=3.5,
        label=f"{name}, n = {rows[0]['event_count']} on {rows[0]['day_count']} days",
        **look,
    )


def draw_prices(axes: Axes, result: StudyResult) -> None:
    """Draw adjusted closes from a year before the first event (first close = 100, log scale).

    Grey lines mark the events. Each line has its ticker at its end; labels do not overlap.
    """
    series: dict[str, list[tuple[date, float]]] = defaultdict(list)
    start = date.fromordinal(result.marks[0].toordinal() - 365) if result.marks else date.min
    for row in result.prices:
        if row["session_date"] >= start:
            series[row["listing_id"]].append((row["session_date"], row["adj_close"]))
    axes.set_yscale("log")
    for mark in as_numbers(result.marks):
        axes.axvline(mark, color="0.55", linewidth=0.5, alpha=0.45, zorder=0)
    ends: list[tuple[str, str, float, float]] = []
    for colour, (listing, points) in zip(COLOURS, series.items(), strict=False):
        base = points[0][1]
        days = as_numbers(tuple(day for day, _ in points))
        levels = [100 * close / base for _, close in points]
        axes.plot(days, levels, color=colour, linewidth=1.1)
        ends.append((listing.split(":", 1)[1], colour, days[-1], levels[-1]))
    axes.xaxis_date()
    axes.margins(x=0.01)
    write_ends(axes, ends)
    # Powers of ten alone leave an axis with two or three marks.
    axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.set_ylabel("adjusted close, first = 100 (log)")
    axes.spines[["top", "right"]].set_visible(False)
    more = f", {MOST_SERIES} of {len(series)} listings" if len(series) > MOST_SERIES else ""
    axes.set_title(
        f"Prices; grey lines are the {len(result.marks)} event days{more}", loc="left", fontsize=10
    )


def write_ends(axes: Axes, ends: Sequence[tuple[str, str, float, float]]) -> None:
    """Write the names of lines (name, colour, last day, last level) next to their ends.

    Names at the right edge are moved apart if they would overlap; a line that ends earlier has its
    name where it ends.
    """
    low, high = axes.get_ylim()
    span = math.log(high / low)
    last = max((day for _, _, day, _ in ends), default=0.0)
    place = -1.0
    for name, colour, day, level in sorted(ends, key=lambda end: end[3]):
        look: dict[str, Any] = {
            "color": colour,
            "fontsize": 9,
            "fontweight": "bold",
            "va": "center",
        }
        if day < last - SOON:
            axes.text(day + 10, level, name, **look)
            continue
        # A name takes 1/22 of the height.
        place = max(math.log(level / low) / span, place + 1 / 22)
        axes.text(1.005, place, name, transform=axes.transAxes, **look)


def as_numbers(days: Sequence[date]) -> list[float]:
    """Return days as matplotlib numbers, all at once: one by one, ten years take a second."""
    return [float(n) for n in number_of(np.array(days, dtype="datetime64[D]"))]  # type: ignore[no-untyped-call]

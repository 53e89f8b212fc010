"""The picture of an event study: the mean path with its band, and prices with the events."""

from collections import defaultdict
from datetime import date
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num as number_of
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from warehouse.study import StudyResult

MOST_SERIES = 8
# Grey is for the marks.
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf")


def draw_study(result: StudyResult, path: Path, *, title: str = "") -> tuple[Path, Path]:
    """Write the chart as PNG and SVG beside each other; give both paths.

    `path` may end in either, or in neither. Raises OSError when it cannot be written.
    """
    figure = Figure(figsize=(11, 8.5))
    FigureCanvasAgg(figure)
    top, bottom = figure.subplots(2, 1, height_ratios=(5, 4))
    # Set by hand: working the layout out takes longer than the drawing.
    figure.subplots_adjust(left=0.08, right=0.98, top=0.92, bottom=0.05, hspace=0.24)
    draw_path(top, result)
    draw_prices(bottom, result)
    if title:
        figure.suptitle(title, fontsize=13, fontweight="bold", x=0.01, ha="left")
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    png.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(png, dpi=130)
    figure.savefig(svg)
    return png, svg


def draw_path(axes: Axes, result: StudyResult) -> None:
    """Mean cumulative abnormal return from 10 sessions before to 10 after, 95 percent band."""
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.axvline(0, color="0.6", linewidth=0.8, linestyle="--")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axes.set_xlabel("sessions from the event (0: the first session that could trade on it)")
    axes.set_ylabel("mean cumulative abnormal return")
    axes.spines[["top", "right"]].set_visible(False)
    if not result.path:
        axes.text(0.5, 0.5, "no event with all its sessions", transform=axes.transAxes, ha="center")
        return
    tau = [row["tau"] for row in result.path]
    band = [row for row in result.path if row["low"] is not None]
    axes.fill_between(
        [row["tau"] for row in band],
        [row["low"] for row in band],
        [row["high"] for row in band],
        color="#1f77b4",
        alpha=0.18,
        linewidth=0,
        label="95 % band across events",
    )
    axes.plot(
        tau,
        [row["mean_car"] for row in result.path],
        color="#1f77b4",
        marker="o",
        markersize=3.5,
        label="mean over events",
    )
    axes.set_xlim(min(tau), max(tau))
    axes.set_xticks(range(min(tau), max(tau) + 1, 2))
    axes.set_title(
        f"{result.path[0]['event_count']} events (development x listing), "
        f"{len(result.listings)} listings, market model over 120 sessions",
        loc="left",
        fontsize=10,
    )
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def draw_prices(axes: Axes, result: StudyResult) -> None:
    """Adjusted closes from a year before the first event, the first 100, log scale, with marks."""
    series: dict[str, list[tuple[date, float]]] = defaultdict(list)
    start = date.fromordinal(result.marks[0].toordinal() - 365) if result.marks else date.min
    for row in result.prices:
        if row["session_date"] >= start:
            series[row["listing_id"]].append((row["session_date"], row["adj_close"]))
    for mark in result.marks:
        axes.axvline(as_number(mark), color="0.55", linewidth=0.5, alpha=0.45, zorder=0)
    for colour, (listing, points) in zip(COLOURS, series.items(), strict=False):
        base = points[0][1]
        axes.plot(
            [as_number(day) for day, _ in points],
            [100 * close / base for _, close in points],
            color=colour,
            linewidth=1.1,
            label=listing.split(":", 1)[1],
        )
    axes.xaxis_date()
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("adjusted close, first = 100 (log)")
    axes.spines[["top", "right"]].set_visible(False)
    more = f", {MOST_SERIES} of {len(series)} listings" if len(series) > MOST_SERIES else ""
    axes.set_title(
        f"Prices; grey lines are the {len(result.marks)} event days{more}", loc="left", fontsize=10
    )
    if series:
        axes.legend(loc="upper left", frameon=False, fontsize=9, ncols=4)


def as_number(day: date) -> float:
    """A day as matplotlib counts it."""
    return float(number_of(day))  # type: ignore[no-untyped-call]

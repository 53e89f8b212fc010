"""Why fixed shifts of the events are no placebo: the figures of docs/MARKET.md.

    python -m bench.study_placebo

Abnormal returns over [-5,+5] of eight listings around the export-control and tariff steps of the
reference timeline, by the market model as in the event study, here with NumPy. The old placebo
moved the events by -60, -30 and +30 sessions. Needs POLICYWIRE_SHARED.
"""

import csv
import gzip
from collections import defaultdict
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bench.load_corpus import shared

TICKERS = ("MP", "UUUU", "REMX", "SMH", "NVDA", "X", "CLF", "NUE")
TYPES = frozenset(
    {"export_control", "export_ban", "export_licensing", "tariff", "tariff_exemption"}
)
SHIFTS = (-60, -30, 30)
REACH, FIT, GAP, LEAST = 5, 120, 10, 60
Values = NDArray[np.float64]


def closes() -> tuple[list[date], dict[str, Values]]:
    """Return the sessions of SPY and the daily returns of each ticker on them, NaN if missing."""
    held: dict[str, dict[date, float]] = defaultdict(dict)
    for name, tickers in (("daily_close", (*TICKERS, "SPY")), ("daily_ohlcv", ("X",))):
        path = shared() / "prices" / f"{name}.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["ticker"] in tickers:
                    day = date.fromisoformat(row["date"])
                    held[row["ticker"]][day] = float(row["adj_close"])
    days = sorted(held["SPY"])
    returns = {}
    for ticker, closing in held.items():
        levels = np.array([closing.get(day, np.nan) for day in days])
        returns[ticker] = np.concatenate([[np.nan], levels[1:] / levels[:-1] - 1])
    return days, returns


def abnormal(stock: Values, market: Values) -> Values:
    """Return the cumulative abnormal return around each session; NaN without enough sessions."""
    found = np.full(len(stock), np.nan)
    for at in range(FIT + GAP + 1, len(stock) - REACH):
        fit = slice(at - GAP - FIT, at - GAP)
        y, x = stock[fit], market[fit]
        known = ~np.isnan(y)
        if known.sum() >= LEAST:
            beta, alpha = np.polyfit(x[known], y[known], 1)
            window = slice(at - REACH, at + REACH + 1)
            found[at] = float((stock[window] - alpha - beta * market[window]).sum())
    return found


def t_value(values: Values) -> float:
    """Return the mean over its standard error, the values taken as independent."""
    return float(values.mean() / (values.std(ddof=1) / np.sqrt(len(values))))


def t_by_day(values: Values, days: NDArray[np.int64], overlap: int) -> float:
    """Return the mean over its standard error, days as clusters that overlap for some sessions.

    Bartlett weights fall to nothing after `overlap` sessions; 1 takes each day alone.
    """
    off = values - values.mean()
    at = np.unique(days)
    sums = np.array([off[days == day].sum() for day in at])
    apart = np.abs(at[:, None] - at[None, :])
    weights = np.clip(1 - apart / overlap, 0, None)
    return float(values.mean() / (np.sqrt(sums @ weights @ sums) / len(values)))


def main() -> None:
    """Print what the old placebo counted, and how far chance alone moves such a mean."""
    days, returns = closes()
    cars = np.vstack([abnormal(returns[ticker], returns["SPY"]) for ticker in TICKERS])
    with (shared() / "reference" / "timeline.csv").open(encoding="utf-8", newline="") as file:
        steps = [date.fromisoformat(r["announced"]) for r in csv.DictReader(file)
                 if r["type"] in TYPES]  # fmt: skip
    events = np.array([at for at in np.searchsorted(days, steps) if at < len(days)])
    apart = np.abs(np.arange(len(days))[:, None] - events[None, :]).min(axis=1)
    moved = np.array([at + shift for shift in SHIFTS for at in events])
    moved = moved[(moved >= 0) & (moved < len(days))]
    moved = moved[apart[moved] > REACH]
    rows = [(at, row, cars[row, at]) for at in moved for row in range(len(TICKERS))]
    rows = [r for r in rows if not np.isnan(r[2])]
    values = np.array([car for _, _, car in rows])
    at_days = np.array([at for at, _, _ in rows])
    distinct = np.unique(at_days)
    gaps = np.diff(distinct)
    print(f"shifted events: {len(rows)} rows, {len({r[:2] for r in rows})} of them distinct, on "
          f"{len(distinct)} days, {(gaps <= 2 * REACH).sum()} within {2 * REACH} sessions of the "
          "day before")  # fmt: skip
    print(f"mean {100 * values.mean():.2f} %, t {t_value(values):.2f}, by day "
          f"{t_by_day(values, at_days, 1):.2f}, by day with overlap "
          f"{t_by_day(values, at_days, 2 * REACH + 1):.2f}")  # fmt: skip
    print(f"all sessions: mean {100 * np.nanmean(cars):.2f} %; more than {REACH} sessions from "
          f"any event: {100 * np.nanmean(cars[:, apart > REACH]):.2f} %")  # fmt: skip
    first, last = FIT + GAP + 1, len(days) - REACH
    means = []
    for shift in range(20, last - first - 20):
        at = first + (events - first + shift) % (last - first)
        means.append(100 * np.nanmean(cars[:, at]))
    chance = np.array(means)
    beyond = np.mean(np.abs(chance - chance.mean()) > 100 * values.mean())
    print(
        f"the whole calendar shifted by each number of sessions: mean {chance.mean():.2f} %, "
        f"standard deviation {chance.std():.2f}; {100 * beyond:.0f} % lie further out"
    )


if __name__ == "__main__":
    main()

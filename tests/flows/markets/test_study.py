"""A study from a list of dates and a price file: tables, chart, refused input."""

import io
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure
from rich.console import Console

from flows.commands.market import chart_title
from flows.markets.sessions import fill_sessions, sessions_between
from flows.markets.study import dated_events, show_study, study_dates, study_snapshot
from flows.markets.study_chart import draw_path, draw_prices, draw_study
from models.errors import ConfigError, WarehouseError
from models.reference.markets import load_markets
from models.reference.securities import load_securities
from warehouse.connection import open_warehouse
from warehouse.market.securities import save_securities
from warehouse.market.study import StudyFilter, StudyResult

HEAD = "id,announced,type,status,actor,target\n"
EVENTS = HEAD + (
    "a,2024-11-05,export_control,delayed,CN,world\n"
    'b,2024-12-03,tariff,raised,US,"CA,MX"\n'
    "c,2024-12-14,tariff,announced,US,CN\n"
)


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up closes of MP and SPY for the sessions of 2024 in New York."""
    chance = random.Random(7)
    days = [s.session_date for s in sessions_between("XNYS", date(2024, 1, 2), date(2024, 12, 31))]
    lines = ["ticker,date,close"]
    closes = {"MP": 15.0, "SPY": 470.0}
    for day in days:
        market = chance.gauss(0, 0.01)
        closes["SPY"] *= 1 + market
        closes["MP"] *= (
            1
            + 1.2 * market
            + chance.gauss(0, 0.02)
            + (0.1 if day.month == 11 and day.day == 5 else 0)
        )
        lines += [f"{ticker},{day},{close:.4f}" for ticker, close in closes.items()]
    path = tmp_path_factory.mktemp("prices") / "closes.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, "utf-8")
    return path


def study(events: Path, prices: Path, **chosen: str) -> StudyResult:
    return study_dates(events, [prices], ["MP"], StudyFilter(**chosen))  # type: ignore[arg-type]


def test_a_jump_on_the_day_shows_in_the_study(events: Path, prices: Path) -> None:
    result = study(events, prices, type="export_control")
    window = {row["window_name"]: row for row in result.windows}["[0,+1]"]
    assert window["event_count"] == 1
    assert window["mean_car"] > 0.04
    assert result.marks == (date(2024, 11, 5),)


def test_a_saturday_counts_from_monday(events: Path, prices: Path) -> None:
    result = study(events, prices, type="tariff", target="CN")
    assert result.marks == (date(2024, 12, 16),)


def test_the_tables_and_both_charts_are_written(events: Path, prices: Path, tmp_path: Path) -> None:
    result = study(events, prices)
    console = Console(file=io.StringIO(), width=160)
    show_study(result, console)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "[-5,+5]" in shown
    assert "XNYS:MP" in shown
    assert "BMP" in shown
    assert "Placebo: the same listings on quiet days" in shown
    png, svg = draw_study(result, tmp_path / "out" / "study.png", title="Made up")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")


def test_each_sign_has_its_line_and_the_placebo_one(events: Path, prices: Path) -> None:
    result = study(events, prices)
    gains = [row | {"sign": "+"} for row in result.path]
    axes = Figure().subplots()
    draw_path(axes, replace(result, path=(*gains, *result.path)))
    legend = axes.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert [name.split(",")[0] for name in names] == [
        "placebo: quiet days",
        "expected to gain (+)",
        "may cut either way (?)",
    ]
    assert all(" on " in name for name in names)


def test_the_price_axis_has_marks_that_can_be_read(events: Path, prices: Path) -> None:
    axes = Figure().subplots()
    draw_prices(axes, study(events, prices))
    low, high = axes.get_ylim()
    marks = [mark for mark in axes.get_yticks() if low <= mark <= high]
    assert len(marks) >= 1
    shown = axes.yaxis.get_major_formatter()
    assert shown(5000.0, 0) == "5,000"


def test_no_matching_event_is_reported_and_still_drawn(
    events: Path, prices: Path, tmp_path: Path
) -> None:
    result = study(events, prices, type="subsidy")
    console = Console(file=io.StringIO(), width=160)
    show_study(result, console)
    assert isinstance(console.file, io.StringIO)
    assert "No matching event" in console.file.getvalue()
    assert draw_study(result, tmp_path / "none")[0].exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id,day\n", "no column 'announced'"),
        (HEAD + "a,yesterday,tariff,raised,US,CN\n", "line 2: announced: not a date: 'yesterday'"),
        (HEAD + "a,2024-01-05,toll,raised,US,CN\n", "line 2: unknown type 'toll'"),
        (HEAD + "a,2024-01-05,tariff,done,US,CN\n", "line 2: unknown status 'done'"),
        (EVENTS + "a,2024-01-05,tariff,raised,US,CN\n", "line 5: id 'a' twice"),
    ],
)
def test_a_bad_list_names_its_line(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=reason):
        dated_events(path)


def test_an_unknown_ticker_is_named(events: Path, prices: Path) -> None:
    with pytest.raises(ConfigError, match="unknown ticker 'NOPE'"):
        study_dates(events, [prices], ["NOPE"], StudyFilter())


def test_without_a_snapshot_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError):
        study_snapshot(tmp_path / "none.duckdb", StudyFilter())


def test_sessions_know_holidays_and_short_days() -> None:
    found = {
        s.session_date: s for s in sessions_between("XNYS", date(2024, 7, 1), date(2024, 7, 8))
    }
    assert date(2024, 7, 4) not in found
    assert found[date(2024, 7, 3)].close_at.hour == 17
    assert found[date(2024, 7, 5)].close_at.hour == 20
    assert all(s.close_at.utcoffset() == timedelta(0) for s in found.values())


def test_an_unknown_calendar_is_named() -> None:
    with pytest.raises(ConfigError, match="calendar 'XXXX'"):
        sessions_between("XXXX", date(2024, 1, 2), date(2024, 2, 1))


def test_sessions_are_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        save_securities(con, load_securities(), load_markets().values())
        con.execute(
            "INSERT INTO store.daily_bars (listing_id, session_date, source, adj_close) "
            "VALUES ('XNYS:MP', DATE '2025-01-06', 'x', 1), ('XNYS:MP', DATE '2025-03-06', 'x', 1)"
        )
    assert fill_sessions(path) > 300
    monkeypatch.setattr(
        "flows.markets.sessions.sessions_between", lambda *_: pytest.fail("asked again")
    )
    assert fill_sessions(path) == 0


def test_a_ticker_without_prices_is_reported(events: Path, prices: Path) -> None:
    result = study_dates(events, [prices], ["MP", "UUUU"], StudyFilter())
    assert result.without == ("XASE:UUUU",)
    paper = io.StringIO()
    show_study(result, Console(file=paper, width=100))
    assert "Left out: XASE:UUUU; no prices" in paper.getvalue()


def test_the_chart_title_describes_the_filter() -> None:
    assert chart_title(StudyFilter(type="export_control,tariff", ticker="MP,NUE")) == (
        "Export control, tariff on MP, NUE"
    )
    assert chart_title(StudyFilter(actor="CN", ticker_group="rare_earths")) == (
        "All developments by CN on rare earths"
    )

"""The report's files: links, policy, stable names, limits, feeds, calendar, CSV."""

import csv
import json
import re
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from icalendar import Calendar

from flows.reporting.publishing import MARK
from flows.reporting.site import ReportOptions, build_report
from tests.flows.reporting.conftest import URL
from tests.flows.reporting.report_world import KEY, SCRIPT
from warehouse.reporting.report_rows import Bounds
from warehouse.snapshot import query

LOADING = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")}
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Page(HTMLParser):
    """What a page links to, loads, and may be linked at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.policy = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.attributes |= set(held)
        if "id" in held:
            self.ids.append(held["id"])
        if held.get("http-equiv") == "Content-Security-Policy":
            self.policy = held["content"]
        for name, value in held.items():
            if (tag, name) in LOADING and held.get("rel") != "alternate":
                self.loads.append(value)
            elif name in ("href", "action"):
                self.links.append(value)


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_kind_of_page_is_there(site: Path) -> None:
    for name in ("index", "calendar", "feeds", "pulse", "about", "search"):
        assert (site / f"{name}.html").exists()
    for folder in ("measures", "countries", "commodities", "listings"):
        assert len(list((site / folder).glob("*.html"))) > 10
    assert (site / "countries" / "CN.html").exists()
    assert (site / "commodities" / "rare_earths.html").exists()
    assert (site / "listings" / "XNYS-MP.html").exists()


def test_every_link_leads_to_a_file_and_an_anchor(pages: dict[Path, Page]) -> None:
    broken = []
    ids = {path.resolve(): set(page.ids) for path, page in pages.items()}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            anchored = not parts.fragment or parts.fragment in ids.get(target, set())
            if not target.is_file() or not anchored:
                broken.append((path.name, link))
    assert broken == []


def test_nothing_comes_from_outside(pages: dict[Path, Page]) -> None:
    for page in pages.values():
        assert page.policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
        assert "unsafe" not in page.policy
        assert all(not urlsplit(each).scheme and not urlsplit(each).netloc for each in page.loads)
        schemes = {urlsplit(each).scheme for each in page.links}
        assert schemes <= {"", "http", "https"}, page.path
        handlers = {name for name in page.attributes if name.startswith("on") or name == "style"}
        assert handlers == set(), page.path


def test_ids_are_unique_and_hostile_words_stay_words(pages: dict[Path, Page]) -> None:
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids)), page.path
        assert page.tags["img"] == 0
        assert page.tags["script"] == (2 if page.path.name == "search.html" else 1)
    shown = (pages[next(p for p in pages if p.name == "feeds.html")]).path.read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    for page in pages.values():
        text = page.path.read_text("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_errors_of_feeds_come_without_keys(site: Path) -> None:
    text = (site / "feeds.html").read_text("utf-8")
    assert "HTTP 403 &lt;b&gt;Forbidden" in text
    assert KEY not in text


def test_the_founding_example_is_told(site: Path, snapshot: Path) -> None:
    found = query(
        snapshot, "SELECT measure_id FROM measure_status WHERE measure_key = 'CN:mofcom-2025-61'"
    )
    page = (site / "measures" / f"{found.rows[0][0]}.html").read_text("utf-8")
    flat = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "China: export licensing on rare earths" in flat
    assert "Suspended" in flat
    assert "until 10 Nov 2026" in flat
    assert re.search(r"1 9 Oct 2025 Adopted.* 2 7 Nov 2025 Suspended", flat)
    assert 'class="bar paused"' in page
    assert 'class="bar decided"' in page
    assert "polyline" in page, "prices are drawn"
    assert re.search(r"MP\s*\+|MP\s*−|MP\s*-", flat)


def test_corrections_stand_at_their_step(site: Path, snapshot: Path) -> None:
    for sql in (
        "SELECT measure_id, development_id FROM policy_events WHERE change_reason = 'corrected'",
        "SELECT measure_id, development_id FROM alerts WHERE kind = 'correction'",
    ):
        measure, development = query(snapshot, sql).rows[0]
        page = (site / "measures" / f"{measure}.html").read_text("utf-8")
        step = page.partition(f'<li id="d-{development}">')[2].partition("</article>")[0]
        assert 'class="correction"' in step
    assert "CORRECTION: 25%" in step


def test_the_newest_step_of_every_measure_comes_before_older_ones(
    snapshot: Path, tmp_path: Path
) -> None:
    measures = query(snapshot, "SELECT count(*) FROM measure_status").rows[0][0]
    assert isinstance(measures, int)
    bounds = Bounds(most_steps_in_all=measures)
    build_report(snapshot, tmp_path / "pages", ReportOptions(bounds=bounds))
    for path in (tmp_path / "pages" / "measures").glob("*.html"):
        if path.stem not in ("index", "page-2"):
            assert path.read_text("utf-8").count('<li id="d-') == 1, path


def test_two_builds_are_the_same_files(snapshot: Path, tmp_path: Path) -> None:
    options = ReportOptions(feeds=True, base_url=URL)
    for name in ("one", "two"):
        build_report(snapshot, tmp_path / name, options, now=AT)
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []


def test_a_small_report_has_the_last_measures_alone(snapshot: Path, tmp_path: Path) -> None:
    bounds = Bounds(most=5, most_new=3, most_dates=2, most_rows=2)
    build_report(snapshot, tmp_path / "small", ReportOptions(bounds=bounds))
    measures = {path.stem for path in (tmp_path / "small" / "measures").glob("*.html")}
    wanted = query(
        snapshot,
        "SELECT measure_id FROM measure_status ORDER BY last_reported_at DESC, measure_id LIMIT 5",
    )
    assert {row[0] for row in wanted.rows} <= measures
    assert len(measures - {"index"}) <= 5 + 3 + 2
    shown = (tmp_path / "small" / "index.html").read_text("utf-8")
    assert shown.count('<tr role="row" id="d-') == 3
    about = (tmp_path / "small" / "about.html").read_text("utf-8")
    assert "of 141 developments" in about


def test_an_empty_warehouse_has_pages_too(tmp_path: Path) -> None:
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import publish

    with open_warehouse(tmp_path / "live.duckdb"):
        pass
    publish(tmp_path / "live.duckdb", tmp_path / "snapshot.duckdb")
    build_report(tmp_path / "snapshot.duckdb", tmp_path / "pages", ReportOptions(feeds=True))
    assert "Nothing is stored yet" in (tmp_path / "pages" / "index.html").read_text("utf-8")
    assert (tmp_path / "pages" / MARK).exists()


def test_feeds_can_be_read(site: Path) -> None:
    names = {path.stem for path in (site / "feeds").glob("*.atom")}
    assert {"all", "rule-critical-mineral-curbs"} < names
    assert len(names) == 3, "the rule with a hostile name has a file as well"
    for name in names:
        atom = feedparser.parse((site / "feeds" / f"{name}.atom").read_bytes())
        assert not atom.bozo
        held = json.loads((site / "feeds" / f"{name}.json").read_text("utf-8"))
        assert held["version"] == "https://jsonfeed.org/version/1.1"
        assert held["feed_url"] == f"{URL}/feeds/{name}.json"
        assert [entry.id for entry in atom.entries] == [item["id"] for item in held["items"]]
        assert len({entry.id for entry in atom.entries}) == len(atom.entries) > 5
        for entry, item in zip(atom.entries, held["items"], strict=True):
            assert entry.title == item["title"]
            assert entry.link == item["url"]
            page, _, anchor = item["url"].removeprefix(f"{URL}/").partition("#")
            assert f'id="{anchor}"' in (site / page).read_text("utf-8")
            assert entry.updated >= entry.published
    every = json.loads((site / "feeds" / "all.json").read_text("utf-8"))
    assert any(SCRIPT.split()[0] in item["content_text"] for item in every["items"])


def test_without_an_address_entries_link_to_their_source(snapshot: Path, tmp_path: Path) -> None:
    build_report(snapshot, tmp_path / "pages", ReportOptions(feeds=True))
    held = json.loads((tmp_path / "pages" / "feeds" / "all.json").read_text("utf-8"))
    assert "feed_url" not in held
    links = [item.get("url") for item in held["items"]]
    assert all(link is None or link.startswith("http") for link in links)
    assert None in links, "an address that is no address is left out"


def test_the_calendar_file_can_be_read(snapshot: Path, tmp_path: Path) -> None:
    build_report(snapshot, tmp_path / "pages", ReportOptions(feeds=True, base_url=URL))
    calendar = Calendar.from_ical((tmp_path / "pages" / "calendar.ics").read_bytes())
    rows = query(
        snapshot,
        "SELECT measure_id, next_date FROM measure_status "
        "WHERE next_date BETWEEN current_date AND current_date + 90",
    ).rows
    events: list[Any] = calendar.walk("VEVENT")
    found = {(str(event["UID"]).partition("-")[0], event["DTSTART"].dt) for event in events}
    assert found >= {(str(measure), day) for measure, day in rows}


def test_todays_csv_has_no_formula(snapshot: Path, tmp_path: Path) -> None:
    newest = query(snapshot, "SELECT max(first_seen_at) FROM policy_events").rows[0][0]
    assert isinstance(newest, datetime)
    build_report(snapshot, tmp_path / "pages", ReportOptions(feeds=True), now=newest)
    with (tmp_path / "pages" / "today.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    since = query(
        snapshot,
        "SELECT count(*) FROM policy_events "
        "WHERE first_seen_at > (SELECT max(first_seen_at) FROM policy_events) - INTERVAL 24 HOUR",
    ).rows[0][0]
    assert len(rows) == since

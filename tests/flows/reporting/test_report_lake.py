"""The report of a lake, which has no snapshot: readers never block writers there."""

from pathlib import Path

from flows.reporting.site import ReportOptions, build_report
from tests.postgres import lake_address
from tests.warehouse.events.test_links import link_all, store
from tests.warehouse.timeline_cases import timeline_reports
from warehouse.connection import open_warehouse


def test_a_lake_has_the_same_pages(tmp_path: Path) -> None:
    with lake_address(tmp_path) as lake:
        with open_warehouse(lake) as con:
            store(con, timeline_reports()[:12])
            link_all(con)
            row = con.execute("SELECT count(*) FROM measure_status").fetchone()
        built = build_report(Path(lake), tmp_path / "pages", ReportOptions(feeds=True))
    assert row is not None
    assert built.measures == row[0] > 2
    pages = list((tmp_path / "pages" / "measures").glob("*.html"))
    assert len(pages) == built.measures + 1
    assert "Developments" in (tmp_path / "pages" / "index.html").read_text("utf-8")

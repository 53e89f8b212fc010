"""The report's warehouse, made once, and the report of it."""

import os
import shutil
from pathlib import Path

import pytest

from flows.reporting.site import ReportOptions, build_report
from tests.flows.reporting.report_world import report_snapshot
from warehouse.reporting.report_rows import Bounds

BUILD = Path(__file__).parents[3] / "build" / "report-test"
URL = "https://desk.example/policy"


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_snapshot(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="session")
def site(snapshot: Path) -> Path:
    """The report with feeds, under build/, so that a person can open it after the tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    folder = BUILD / worker / "site"
    shutil.rmtree(folder, ignore_errors=True)
    built = build_report(snapshot, folder, ReportOptions(feeds=True, base_url=URL))
    assert built.entry == folder / "index.html"
    return folder


@pytest.fixture(scope="session")
def small_site(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same pages with few rows, for checks that take long on long pages."""
    folder = tmp_path_factory.mktemp("small") / "site"
    bounds = Bounds(most=40, most_new=20, most_rows=10)
    build_report(snapshot, folder, ReportOptions(bounds=bounds, feeds=True))
    return folder

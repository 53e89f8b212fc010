"""A live worker keeps its leases; other workers take over what a dead one leaves."""

import time
from functools import partial
from pathlib import Path

import pytest

from extractors.extract import EXTRACTOR_VERSION
from flows import extract
from flows.base.settings import Extracting, Settings
from flows.workers.leases import as_worker
from tests.flows.test_lake import COUNT, FEEDS, WHAT, stored
from warehouse.articles.articles import lease_articles
from warehouse.connection import open_warehouse, with_retries
from warehouse.operations.leases import lease


def settings_in(folder: Path, name: str = "w.duckdb", lease_s: float = 60.0) -> Settings:
    feeds = folder / "feeds.toml"
    feeds.write_text(FEEDS, "utf-8")
    extracting = Extracting(workers=0, lease_s=lease_s)
    return Settings(warehouse=folder / name, feeds=feeds, extract=extracting)


def test_leases_are_renewed_and_given_back_on_a_stop(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, lease_s=0.9)
    ask = partial(lease, resources=["feed:a"], lease_s=0.9)

    def work_until_stopped() -> None:
        with as_worker(settings) as owner:
            assert with_retries(settings.warehouse, partial(ask, owner=owner)) == {"feed:a"}
            time.sleep(2.0)
            assert with_retries(settings.warehouse, partial(ask, owner="other")) == set()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_until_stopped()
    assert with_retries(settings.warehouse, partial(ask, owner="other")) == {"feed:a"}


def test_a_pass_waits_for_another_workers_articles_and_reads_those_of_a_dead_one(
    tmp_path: Path,
) -> None:
    alone, beside = settings_in(tmp_path), settings_in(tmp_path, "beside.duckdb")
    for settings in (alone, beside):
        stored(settings.warehouse, COUNT)
    expected = extract.extract_and_link(alone)
    with open_warehouse(beside.warehouse) as con:
        assert len(lease_articles(con, EXTRACTOR_VERSION, 5, "dead", 3.0)) == 5
    assert extract.extract_and_link(beside) == expected
    with open_warehouse(alone.warehouse) as con:
        told = con.execute(WHAT).fetchall()
    with open_warehouse(beside.warehouse) as con:
        assert con.execute(WHAT).fetchall() == told != []

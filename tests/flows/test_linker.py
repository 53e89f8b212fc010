"""One worker links at a time; one that loses its turn stores nothing and links again."""

from pathlib import Path
from typing import Any

import pytest

from extractors.linking.link import link
from flows import extract
from flows.base.settings import Extracting, Settings
from models.link import LinkInput, LinkResult
from tests.flows.test_lake import COUNT, FEEDS, WHAT, stored
from warehouse.connection import open_warehouse


def developments(settings: Settings) -> list[tuple[Any, ...]]:
    with open_warehouse(settings.warehouse) as con:
        return con.execute(WHAT).fetchall()


def test_a_worker_that_lost_its_turn_links_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(FEEDS, "utf-8")
    alone, robbed = (
        Settings(warehouse=tmp_path / name, feeds=feeds, extract=Extracting(workers=0))
        for name in ("alone.duckdb", "robbed.duckdb")
    )
    for settings in (alone, robbed):
        stored(settings.warehouse, COUNT)
    expected = extract.extract_and_link(alone)
    tries = 0

    def taken_over(given: LinkInput) -> LinkResult:
        nonlocal tries
        tries += 1
        if tries == 1:
            with open_warehouse(robbed.warehouse) as con:
                con.execute("UPDATE store.linker_turns SET owner = 'other', turn = turn + 1")
        return link(given)

    monkeypatch.setattr("flows.link.link", taken_over)
    assert extract.extract_and_link(robbed) == expected
    assert tries == 2
    assert developments(robbed) == developments(alone) != []

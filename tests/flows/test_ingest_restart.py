"""Runs that are killed anywhere and repeated store the same articles, none lost, none doubled."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flows import ingest
from flows.ingest import FeedResult, Intake
from models.feed import Feed
from tests.flows.conftest import BRISK
from warehouse.articles.articles import load_feed_states, save_feeds
from warehouse.connection import open_warehouse

FEEDS, ENTRIES = 8, 5


class Killed(BaseException):
    """Stands for SIGKILL: no code may catch it and clean up."""


class Press:
    """Eight feeds with validators, whose entries can be corrected."""

    def __init__(self, server: HTTPServer) -> None:
        self.edition = [0] * FEEDS
        for n in range(FEEDS):
            server.expect_request(f"/{n}").respond_with_handler(self.handler(n))

    def handler(self, n: int) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            tag = f'"{self.edition[n]}"'
            if request.headers.get("If-None-Match") == tag:
                return Response(status=304)
            items = "".join(
                f"<item><title>Story {i} of {n}{' corrected' * (i < self.edition[n])}</title>"
                f"<guid isPermaLink='false'>{n}-{i}</guid></item>"
                for i in range(ENTRIES)
            )
            body = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
            return Response(body, headers={"ETag": tag})

        return answer


def run(warehouse: Path, feeds: Sequence[Feed], *, die_at: int | None = None) -> None:
    """Run one pass; it dies before storing a batch if `die_at` is odd, after it if even."""
    with open_warehouse(warehouse) as con:
        save_feeds(con, feeds)
        states = load_feed_states(con)
    intake = Intake(warehouse=warehouse, fetching=BRISK, archive_clock=False)
    plain, count = intake.write, 0

    def write(batch: Sequence[FeedResult]) -> None:
        nonlocal count
        count += 1
        if die_at is not None and count * 2 - 1 == die_at:
            raise Killed
        plain(batch)
        if die_at is not None and count * 2 == die_at:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Intake, "write", lambda _self, batch: write(batch))
        asyncio.run(intake.run(feeds, states))


def held(warehouse: Path) -> list[tuple[str, int, str]]:
    with open_warehouse(warehouse) as con:
        return con.execute(
            "SELECT guid, version, title FROM store.articles ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize("seed", range(6))
def test_killed_runs_lose_and_double_nothing(
    server: HTTPServer,
    feed_at: Callable[..., Feed],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(ingest, "BATCH_ARTICLES", 10)
    dice = random.Random(seed)
    press = Press(server)
    feeds = [feed_at(f"/{n}", feed_id=f"f{n}") for n in range(FEEDS)]
    calm, rough = tmp_path / "calm.duckdb", tmp_path / "rough.duckdb"
    for _news in range(2):
        run(calm, feeds)
        for _kill in range(dice.randint(1, 3)):
            dice.shuffle(feeds)
            try:
                run(rough, feeds, die_at=dice.randint(1, 8))
            except Killed:
                continue
        dice.shuffle(feeds)
        run(rough, feeds)
        assert held(rough) == held(calm)
        press.edition = [dice.randint(0, 3) if e == 0 else e for e in press.edition]
    assert len({guid for guid, _, _ in held(rough)}) == FEEDS * ENTRIES


def test_an_edited_entry_has_two_versions_and_a_second_look_adds_none(
    server: HTTPServer, feed_at: Callable[..., Feed], tmp_path: Path
) -> None:
    press = Press(server)
    feeds = [replace(feed_at(f"/{n}"), feed_id=f"f{n}") for n in range(2)]
    warehouse = tmp_path / "w.duckdb"
    run(warehouse, feeds)
    press.edition = [2, 0]
    for _ in range(3):
        run(warehouse, feeds)
    versions = held(warehouse)
    assert len(versions) == 2 * ENTRIES + 2
    assert [v for v in versions if v[0] == "0-1"] == [
        ("0-1", 1, "Story 1 of 0"),
        ("0-1", 2, "Story 1 of 0 corrected"),
    ]

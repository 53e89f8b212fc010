"""Whatever a server answers, the pass goes on, and the articles of a healthy feed arrive."""

import asyncio
import gzip
import itertools
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.hostile_feeds import CHANNEL, ITEM, Reply, raw, reset, rss, served
from flows.ingest import Intake
from models.feed import Feed
from tests.flows.conftest import BRISK
from warehouse.articles.articles import load_feed_states, save_feeds
from warehouse.connection import open_warehouse

HASTY = replace(
    BRISK,
    deadline_s=1.5,
    read_timeout_s=0.8,
    connect_timeout_s=1.0,
    slow_after_s=0.5,
    reading_s=5.0,
)
# Answers per example, besides the healthy one.
MOST = 8
# POLICYWIRE_RANDOM_PASSES=200 tries more examples; with --hypothesis-profile fuzz, new ones.
QUICK = 12
PASSES = int(os.environ.get("POLICYWIRE_RANDOM_PASSES", QUICK))

statuses = st.sampled_from(
    [200, 200, 200, 204, 206, 301, 302, 304, 400, 404, 410, 429, 500, 503, 999]
)
numbers = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.text(alphabet="0123456789-+.e", max_size=400),
    st.sampled_from(
        [
            "9" * 400,
            "Fri, 31 Dec 9999 23:59:59 -2359",
            "Mon, 01 Jan 0001 00:00:00 +1400",
            "nan",
            "-0",
        ]
    ),
)
texts = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
headers = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(
                ["Retry-After", "Expires", "Date", "Last-Modified", "Age", "Content-Length"]
            ),
            numbers,
        ),
        st.tuples(st.just("Cache-Control"), numbers.map("max-age={}".format)),
        st.tuples(
            st.sampled_from(
                ["ETag", "Location", "Content-Type", "Content-Encoding", "Content-Language", "X-A"]
            ),
            texts,
        ),
        st.tuples(
            st.just("Content-Type"),
            st.sampled_from(
                ["text/xml; charset=utf-16", "x; charset=idna", "text/html; charset=\x80"]
            ),
        ),
        st.tuples(
            st.just("Content-Encoding"),
            st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip", "gzip, br, zstd"]),
        ),
        st.tuples(st.just("Transfer-Encoding"), st.sampled_from(["chunked", "gzip", "x"])),
        st.tuples(
            st.just("Location"),
            st.sampled_from(["//[", "http://[::1", "/0", "/1", "http://\u00ff:99999/", "ftp://x/"]),
        ),
    ),
    max_size=6,
)
values = st.one_of(texts, numbers)
elements = st.tuples(
    st.sampled_from(
        ["pubDate", "link", "guid", "author", "category", "title", "description", "dc:date", "x"]
    ),
    values,
).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>")
feeds = st.tuples(
    st.lists(elements, max_size=6), st.sampled_from(["utf-8", "utf-16", "latin-1"])
).map(
    lambda made: CHANNEL.format(items=ITEM.format(guid="g", more="".join(made[0]))).encode(
        made[1], "replace"
    )
)
json_feeds = st.tuples(numbers, values).map(
    lambda made: (
        f'{{"version":"https://jsonfeed.org/version/1.1","items":[{{"id":{made[0]},'
        f'"title":"t","date_published":"{made[1]}"}}]}}'
    ).encode("utf-8", "replace")
)
plain_bodies = st.one_of(st.binary(max_size=400), feeds, json_feeds, st.just(rss()))
bodies = st.one_of(
    plain_bodies,
    plain_bodies.map(gzip.compress),
    plain_bodies.map(lambda body: body[: len(body) // 2]),
    plain_bodies.map(lambda body: b"%x\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(body), body)),
)


@st.composite
def answers(draw: st.DrawFn) -> bytes | None:
    """The bytes of one answer; None to close the connection instead."""
    kind = draw(st.sampled_from(["http", "http", "http", "http", "binary", "reset"]))
    if kind == "reset":
        return None
    if kind == "binary":
        return draw(st.binary(max_size=300))
    body = draw(bodies)
    lines = [f"HTTP/1.1 {draw(statuses)} {draw(texts)}"]
    lines += [f"{name}: {value}" for name, value in draw(headers)]
    if draw(st.booleans()):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("random") / "w.duckdb"
    with open_warehouse(path):
        return path


count = itertools.count()


@settings(
    max_examples=PASSES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(answers(), min_size=MOST, max_size=MOST))
def test_a_healthy_neighbours_news_arrives_whatever_the_others_answer(
    warehouse: Path, drawn: list[bytes | None]
) -> None:
    n = next(count)
    story = f"<item><title>Ministry delays quota {n}</title><guid>{n}</guid></item>"
    replies: dict[str, Reply] = {"/healthy": healthy(story)}
    for place, data in enumerate(drawn):
        replies[f"/{place}"] = reset if data is None else raw(data)
    with served(replies) as port:
        # The healthy feed shares its host with half of the others.
        listed = [
            Feed(
                feed_id=f"{path.strip('/')}-{n}",
                name=path,
                url=f"http://127.0.0.{1 + place % 2}:{port}{path}",
                full_text=place % 3 == 0,
            )
            for place, path in enumerate(replies)
        ]
        with open_warehouse(warehouse) as con:
            save_feeds(con, listed)
        # Twice: the second request sends validators from the first answer.
        for _ in range(2):
            with open_warehouse(warehouse) as con:
                states = load_feed_states(con)
            intake = Intake(warehouse=warehouse, fetching=replace(HASTY), archive_clock=False)
            asyncio.run(intake.run(listed, states))
    with open_warehouse(warehouse) as con:
        found = con.execute(
            "SELECT count(*) FROM store.articles WHERE feed_id = ?", [f"healthy-{n}"]
        ).fetchone()
        told = con.execute(
            "SELECT feed_id, outcome, error FROM store.fetches WHERE outcome = 'internal_error'"
        ).fetchall()
        asked = con.execute(
            "SELECT count(DISTINCT feed_id) FROM store.fetches WHERE feed_id LIKE ?", [f"%-{n}"]
        ).fetchone()
    assert found == (1,)
    assert asked == (len(listed),)
    # No input from outside may cause a fault in our code.
    assert told == []


def healthy(story: str) -> Callable[..., None]:
    body = CHANNEL.format(items=story).encode()
    return raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

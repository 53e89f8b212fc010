"""Feeds' answers stored all at once; where one article spoils that, all but that one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.article import Article
from models.errors import WarehouseError
from models.fault import fault_line
from models.feed import FeedState, Fetch
from warehouse.articles.articles import IngestCount, save_ingest

# What a row can be guilty of. A full disk or a busy file is nobody's article.
_OF_A_ROW = (
    duckdb.DataError,
    duckdb.InvalidInputException,
    pa.ArrowException,
    ValueError,
    TypeError,
    OverflowError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """What one feed's turn leaves: its ledger row, its new state, and its articles."""

    fetch: Fetch
    state: FeedState
    articles: tuple[Article, ...] = ()


def save_answers(con: DuckDBPyConnection, batch: Sequence[FeedAnswer]) -> list[IngestCount]:
    """Store ledger, states and articles of a batch; a count for each feed.

    An article the warehouse cannot take is left out and noted on its feed's ledger row; the state
    of its feed forgets the body, so that the next answer is read again.
    """
    try:
        return save(con, batch, [article for answer in batch for article in answer.articles])
    except Exception as error:
        if not is_of_a_row(error):
            raise
    counts: list[IngestCount] = []
    told: list[FeedAnswer] = []
    for answer in batch:
        refused: list[str] = []
        counts += sift(con, answer.articles, refused)
        told.append(refused_some(answer, refused) if refused else answer)
    # State and ledger come last: killed before, the feeds are asked again for all of it.
    save(con, told, [])
    return counts


def save(
    con: DuckDBPyConnection, batch: Sequence[FeedAnswer], articles: Sequence[Article]
) -> list[IngestCount]:
    counts = save_ingest(
        con,
        fetches=[answer.fetch for answer in batch],
        states=[answer.state for answer in batch],
        articles=articles,
    )
    return list(counts.values())


def sift(
    con: DuckDBPyConnection, articles: Sequence[Article], refused: list[str]
) -> list[IngestCount]:
    """Store articles, halving until those that cannot be stored stand alone."""
    if not articles:
        return []
    try:
        return save(con, [], articles)
    except Exception as error:
        if not is_of_a_row(error):
            raise
        if len(articles) == 1:
            refused.append(f"{articles[0].title[:60]!r}: {fault_line(error.__cause__ or error)}")
            return []
    half = len(articles) // 2
    return sift(con, articles[:half], refused) + sift(con, articles[half:], refused)


def refused_some(answer: FeedAnswer, refused: Sequence[str]) -> FeedAnswer:
    """The answer with a note on what was refused, as an error where all of it was."""
    line = f"{len(refused)} of {len(answer.articles)} articles cannot be stored: {refused[0]}"
    fetch = replace(answer.fetch, notes=(*answer.fetch.notes, line))
    if len(refused) == len(answer.articles):
        error = f"feed {answer.fetch.feed_id!r}: {line}"
        fetch = replace(fetch, outcome="internal_error", error=error)
    state = replace(answer.state, etag=None, last_modified=None, body_digest=None)
    return replace(answer, fetch=fetch, state=state)


def is_of_a_row(error: Exception) -> bool:
    """Can it be one row's fault, rather than the warehouse's?"""
    cause = error.__cause__ if isinstance(error, WarehouseError) else error
    return isinstance(cause, _OF_A_ROW)

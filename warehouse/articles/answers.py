"""Stores feed answers in one transaction; an article that makes it fail is left out."""

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

# Errors that one row can cause. A full disk or a busy file is not caused by an article.
ROW_ERRORS = (
    duckdb.DataError,
    duckdb.InvalidInputException,
    pa.ArrowException,
    ValueError,
    TypeError,
    OverflowError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """The result of one feed's fetch: its row of `fetches`, its new state, and its articles."""

    fetch: Fetch
    state: FeedState
    articles: tuple[Article, ...] = ()


def save_answers(con: DuckDBPyConnection, batch: Sequence[FeedAnswer]) -> list[IngestCount]:
    """Store fetches, states and articles of a batch; return a count for each feed.

    An article that cannot be stored is left out and noted in its feed's fetch; the feed's state
    forgets the body, so the next answer is read again.
    """
    try:
        return save(con, batch, [article for answer in batch for article in answer.articles])
    except Exception as error:
        if not is_row_error(error):
            raise
    counts: list[IngestCount] = []
    answers: list[FeedAnswer] = []
    for answer in batch:
        refused: list[str] = []
        counts += save_by_halves(con, answer.articles, refused)
        answers.append(with_refusals(answer, refused) if refused else answer)
    # States and fetches come last: after a crash before that, the feeds are fetched again.
    save(con, answers, [])
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


def save_by_halves(
    con: DuckDBPyConnection, articles: Sequence[Article], refused: list[str]
) -> list[IngestCount]:
    """Store articles; on failure halve the batch, down to the single articles that fail.

    Adds a line to `refused` for each of those.
    """
    if not articles:
        return []
    try:
        return save(con, [], articles)
    except Exception as error:
        if not is_row_error(error):
            raise
        if len(articles) == 1:
            refused.append(f"{articles[0].title[:60]!r}: {fault_line(error.__cause__ or error)}")
            return []
    half = len(articles) // 2
    first = save_by_halves(con, articles[:half], refused)
    return first + save_by_halves(con, articles[half:], refused)


def with_refusals(answer: FeedAnswer, refused: Sequence[str]) -> FeedAnswer:
    """Return the answer with a note on refused articles; an error when all were refused."""
    line = f"{len(refused)} of {len(answer.articles)} articles cannot be stored: {refused[0]}"
    fetch = replace(answer.fetch, notes=(*answer.fetch.notes, line))
    if len(refused) == len(answer.articles):
        error = f"feed {answer.fetch.feed_id!r}: {line}"
        fetch = replace(fetch, outcome="internal_error", error=error)
    state = replace(answer.state, etag=None, last_modified=None, body_digest=None)
    return replace(answer, fetch=fetch, state=state)


def is_row_error(error: Exception) -> bool:
    """Return whether one row may have caused the error, rather than the warehouse."""
    cause = error.__cause__ if isinstance(error, WarehouseError) else error
    return isinstance(cause, ROW_ERRORS)

"""Answers into the warehouse: all at once, and where one article spoils that, all but that one."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from flows.page_intake import Answer
from models.article import Article
from models.errors import WarehouseError
from models.fault import fault_line
from warehouse.articles import IngestCount, save_ingest

# What a row can be guilty of. A full disk or a busy file is nobody's article.
_OF_A_ROW = (
    duckdb.DataError,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    pa.ArrowException,
    ValueError,
    TypeError,
    OverflowError,
)


def save_answers(con: DuckDBPyConnection, batch: Sequence[Answer]) -> list[IngestCount]:
    """Store ledger, states and articles of a batch; one count for each feed and store.

    An article the warehouse cannot take is left out and noted on its feed's ledger row; the state
    of its feed forgets the body, so that the next answer is read again.
    """
    try:
        return save(con, batch, [article for answer in batch for article in answer.articles])
    except Exception as error:
        if not is_of_a_row(error):
            raise
    counts: list[IngestCount] = []
    told: list[Answer] = []
    for answer in batch:
        refused: list[str] = []
        counts += sift(con, answer.articles, refused)
        told.append(refused_some(answer, refused) if refused else answer)
    return counts + save(con, told, [])


def save(
    con: DuckDBPyConnection, batch: Sequence[Answer], articles: Sequence[Article]
) -> list[IngestCount]:
    return list(
        save_ingest(
            con,
            fetches=[answer.outcome.fetch for answer in batch],
            states=[answer.outcome.state for answer in batch],
            articles=articles,
        ).values()
    )


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
            cause = error.__cause__ or error
            refused.append(f"{articles[0].title[:60]!r}: {fault_line(cause)}")
            return []
    half = len(articles) // 2
    return sift(con, articles[:half], refused) + sift(con, articles[half:], refused)


def refused_some(answer: Answer, refused: Sequence[str]) -> Answer:
    """The answer with a note on what was refused, as an error where all of it was."""
    outcome = answer.outcome
    line = f"{len(refused)} of {len(answer.articles)} articles cannot be stored: {refused[0]}"
    fetch = replace(outcome.fetch, notes=(*outcome.fetch.notes, line))
    state = replace(outcome.state, etag=None, last_modified=None, body_digest=None)
    if len(refused) == len(answer.articles):
        error = f"feed {outcome.feed.feed_id!r}: {line}"
        fetch = replace(fetch, outcome="internal_error", error=error)
    return replace(answer, outcome=replace(outcome, fetch=fetch, state=state))


def is_of_a_row(error: Exception) -> bool:
    """Can it be one row's fault, rather than the warehouse's?"""
    cause = error.__cause__ if isinstance(error, WarehouseError) else error
    return isinstance(cause, _OF_A_ROW)

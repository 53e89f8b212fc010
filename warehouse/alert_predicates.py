"""Rules' SQL predicates: checked before they are trusted, judged row by row."""

from collections.abc import Iterable, Sequence

import duckdb
from duckdb import DuckDBPyConnection

from models.alert import AlertRule


def check_predicate(con: DuckDBPyConnection, predicate: str) -> str | None:
    """What is wrong with a predicate, in one line; None when it can be used.

    A predicate is a boolean expression over one row of `policy_events`: no subquery, no aggregate,
    nothing random, so that it reads nothing else and gives the same answer twice.
    """
    sql = predicate_sql(predicate, "policy_events")
    try:
        if len(con.extract_statements(sql)) != 1:
            return "several statements; give one condition"
        described = con.execute(f"DESCRIBE {sql}").fetchall()
        con.execute(f"{sql} LIMIT 0").fetchall()
    except duckdb.Error as error:
        return one_line(error)
    kind = described[1][1]
    if kind != "BOOLEAN":
        return f"gives {kind}, not a condition that is true or false"
    return None


def check_rules(
    con: DuckDBPyConnection, rules: Iterable[AlertRule]
) -> tuple[list[AlertRule], list[tuple[str, str]]]:
    """The rules whose predicate can be used, and (rule_id, reason) for the others."""
    good, bad = [], []
    for rule in rules:
        reason = check_predicate(con, rule.predicate) if rule.predicate else None
        if reason is None:
            good.append(rule)
        else:
            bad.append((rule.rule_id, reason))
    return good, bad


def predicates_met(
    con: DuckDBPyConnection, rules: Sequence[AlertRule]
) -> dict[str, tuple[str, ...]]:
    """development_id -> rules whose predicate holds, for rows of temp table `wanted_policy_events`.

    A predicate that fails on a row (a cast, say) is not met there; it does not fail the pass.
    """
    found: dict[str, list[str]] = {}
    for rule in rules:
        if rule.predicate is None:
            continue
        sql = predicate_sql(rule.predicate, "wanted_policy_events")
        for (development_id,) in con.execute(
            f"SELECT development_id FROM ({sql}) WHERE hit"  # noqa: S608 - checked expression
        ).fetchall():
            found.setdefault(development_id, []).append(rule.rule_id)
    return {key: tuple(ids) for key, ids in found.items()}


def predicate_sql(predicate: str, table: str) -> str:
    """One row per row of `table`: its development_id and whether the predicate holds.

    The line breaks keep a trailing comment from swallowing the parenthesis. TRY turns an error on
    a row into NULL, where it would abort the caller's transaction, and refuses subqueries.
    """
    return f"SELECT development_id, TRY((\n{predicate}\n)) AS hit FROM {table}"  # noqa: S608


def one_line(error: Exception) -> str:
    """A database error without its drawing of the statement."""
    text = str(error).split("\n\nLINE ")[0]
    return " ".join(text.replace("TRY can not be used", "a predicate can not be used").split())

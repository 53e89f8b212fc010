"""SQL predicates of rules: checked before use, evaluated outside the warehouse.

A predicate is a boolean expression over one row of `policy_events`, in the language of
`predicate_grammar`. It runs on a copy of the rows in a separate in-memory database: locked,
without access to files, with small limits on memory and time.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
from duckdb import DuckDBPyConnection

from models.alert import AlertRule
from warehouse.alerting.predicate_grammar import PredicateError, read_predicate
from warehouse.snapshot import one_line

TIME_LIMIT_S = 5.0
MEMORY_LIMIT = "512MB"
LOCKED = (
    "SET TimeZone = 'UTC'",
    "SET threads = 1",
    f"SET memory_limit = '{MEMORY_LIMIT}'",
    "SET enable_external_access = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET lock_configuration = true",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Results of the predicates: development_id -> rules met; rule_id -> error of its predicate."""

    met: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def check_predicate(con: DuckDBPyConnection, predicate: str) -> str | None:
    """Return what is wrong with a predicate, on one line; None when it can be used."""
    with sandbox(con, "SELECT * FROM policy_events LIMIT 0") as box:
        return box.refuses(predicate)


def check_rules(
    con: DuckDBPyConnection, rules: Iterable[AlertRule]
) -> tuple[list[AlertRule], list[tuple[str, str]]]:
    """Return the rules whose predicate can be used, and (rule_id, reason) for the others."""
    rules = list(rules)
    if not any(rule.predicate for rule in rules):
        return rules, []
    good, bad = [], []
    with sandbox(con, "SELECT * FROM policy_events LIMIT 0") as box:
        for rule in rules:
            reason = box.refuses(rule.predicate) if rule.predicate else None
            if reason is None:
                good.append(rule)
            else:
                bad.append((rule.rule_id, reason))
    return good, bad


def judge(con: DuckDBPyConnection, rules: Sequence[AlertRule]) -> Judged:
    """Evaluate the predicates on the rows of temp table `wanted_policy_events`.

    A predicate that fails on a row (in a cast, for example) is not met there. One that takes too
    long, or fails as a whole, is an error of its rule; the others still run.
    """
    asked = [(rule.rule_id, rule.predicate) for rule in rules if rule.predicate]
    if not asked:
        return Judged()
    found: dict[str, list[str]] = {}
    failed: dict[str, str] = {}
    with sandbox(con, "SELECT * FROM wanted_policy_events") as box:
        for rule_id, predicate in asked:
            try:
                for development_id in box.met(predicate):
                    found.setdefault(development_id, []).append(rule_id)
            except (PredicateError, duckdb.Error) as error:
                failed[rule_id] = f"where: {one_line(str(error))}"
    return Judged(met={key: tuple(ids) for key, ids in found.items()}, failed=failed)


@contextmanager
def sandbox(con: DuckDBPyConnection, rows: str) -> Iterator["Sandbox"]:
    """Open a separate in-memory database with these rows as table `row_of`, and nothing else."""
    table = con.execute(rows).to_arrow_table()
    box = duckdb.connect(":memory:")
    try:
        box.register("given", table)
        box.execute("CREATE TABLE row_of AS SELECT * FROM given")
        box.unregister("given")
        for setting in LOCKED:
            box.execute(setting)
        yield Sandbox(box, tuple(table.column_names))
    finally:
        box.close()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Evaluates predicates on a few rows, each within TIME_LIMIT_S."""

    box: DuckDBPyConnection
    columns: tuple[str, ...]

    def refuses(self, predicate: str) -> str | None:
        """Return what is wrong with a predicate, on one line; None when it can be used."""
        try:
            sql = self.sql(predicate)
            with self.in_time():
                described = self.box.execute(f"DESCRIBE {sql}").fetchall()
        except (PredicateError, duckdb.Error) as error:
            return one_line(str(error))
        kind = described[1][1]
        if kind != "BOOLEAN":
            return f"returns {kind}, not true or false"
        return None

    def met(self, predicate: str) -> list[str]:
        """Return the developments for which it is true. Raises PredicateError, duckdb.Error."""
        sql = f"SELECT development_id FROM ({self.sql(predicate)}) WHERE hit"  # noqa: S608 - as below
        with self.in_time():
            return [key for (key,) in self.box.execute(sql).fetchall()]

    def sql(self, predicate: str) -> str:
        """Return SQL with one row per development: its id and whether the predicate is true.

        TRY turns an error on a row into NULL.
        """
        condition = read_predicate(self.box, predicate, self.columns)
        return f"SELECT development_id, TRY({condition}) AS hit FROM row_of"  # noqa: S608 - parsed and rewritten

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Interrupt a query after TIME_LIMIT_S and raise PredicateError."""
        timer = threading.Timer(TIME_LIMIT_S, self.box.interrupt)
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise PredicateError(f"took longer than {TIME_LIMIT_S:g} s and was stopped") from error
        finally:
            timer.cancel()

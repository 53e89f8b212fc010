"""Rules' SQL predicates: checked before they are trusted, judged away from the warehouse.

A predicate is a boolean expression over one row of `policy_events`, in the language of
`predicate_grammar`. It is judged on a copy of the rows it is asked about, in a database in memory
of its own: locked, without access to files, with little memory and little time.
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
    """What the predicates said: development_id -> rules met, and rules that could not be judged."""

    met: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def check_predicate(con: DuckDBPyConnection, predicate: str) -> str | None:
    """What is wrong with a predicate, in one line; None when it can be used."""
    with sandbox(con, "SELECT * FROM policy_events LIMIT 0") as box:
        return box.refuses(predicate)


def check_rules(
    con: DuckDBPyConnection, rules: Iterable[AlertRule]
) -> tuple[list[AlertRule], list[tuple[str, str]]]:
    """The rules whose predicate can be used, and (rule_id, reason) for the others."""
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
    """Which predicates hold for the rows of temp table `wanted_policy_events`.

    A predicate that fails on a row (a cast, say) is not met there. One that takes too long, or
    fails as a whole, is that rule's error; the others are judged.
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
    """A database of its own that holds these rows as `row_of`, and nothing else."""
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
    """Asks predicates of a few rows, each within TIME_LIMIT_S."""

    box: DuckDBPyConnection
    columns: tuple[str, ...]

    def refuses(self, predicate: str) -> str | None:
        """What is wrong with a predicate, in one line; None when it can be used."""
        try:
            sql = self.sql(predicate)
            with self.in_time():
                described = self.box.execute(f"DESCRIBE {sql}").fetchall()
        except (PredicateError, duckdb.Error) as error:
            return one_line(str(error))
        kind = described[1][1]
        if kind != "BOOLEAN":
            return f"gives {kind}, not a condition that is true or false"
        return None

    def met(self, predicate: str) -> list[str]:
        """The developments for which it holds. Raises PredicateError, duckdb.Error."""
        sql = f"SELECT development_id FROM ({self.sql(predicate)}) WHERE hit"  # noqa: S608 - as below
        with self.in_time():
            return [key for (key,) in self.box.execute(sql).fetchall()]

    def sql(self, predicate: str) -> str:
        """One row per row: its development_id and whether the predicate holds.

        TRY turns an error on a row into NULL.
        """
        condition = read_predicate(self.box, predicate, self.columns)
        return f"SELECT development_id, TRY({condition}) AS hit FROM row_of"  # noqa: S608 - parsed, written anew

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Ends what takes longer than TIME_LIMIT_S; raises PredicateError then."""
        timer = threading.Timer(TIME_LIMIT_S, self.box.interrupt)
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise PredicateError(f"took longer than {TIME_LIMIT_S:g} s and was stopped") from error
        finally:
            timer.cancel()

"""Questions from people and programs that are not us: one SELECT, on a locked connection.

What `policywire sql`, a rule's condition or a server for assistants may ask. Three walls, each
enough for most of what can be thought of:
- the statement is parsed by DuckDB itself and has to be one SELECT (FROM, WITH, VALUES, DESCRIBE,
  SHOW, SUMMARIZE, PIVOT ... IN and EXPLAIN are), whose table functions are in
  sandbox_functions.csv or are macros of the database. Others read files, follow pointers, or
  write a log that the locked connection cannot close: that aborts the process;
- the connection is read-only, reaches no file, network, extension or Python variable, and lets no
  setting be changed;
- memory, room on disk for what does not fit, and time are bounded.
"""

import csv
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from warehouse.connection import CONNECTION_SETTINGS, is_interrupt
from warehouse.snapshot import one_line, open_snapshot

LONGEST_SQL = 100_000
BATCH_ROWS = 10_000
# EXPLAIN, with what may stand between it and its query; comments before it are gone already.
EXPLAIN = re.compile(r"EXPLAIN(\s+ANALYZE)?(\s*\((?:\s*\w+\s*,?)*\))?\s+", re.IGNORECASE)
COMMENTS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
HERMETIC = (
    "SET python_enable_replacements = false; SET autoload_known_extensions = false; "
    "SET autoinstall_known_extensions = false"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one question may use. `memory_mb` None is half of the machine's memory."""

    time_s: float = 600.0
    memory_mb: int | None = None
    spill_mb: int = 20_000
    threads: int | None = None


ANALYST = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """A locked connection and what a question on it may use."""

    con: DuckDBPyConnection
    limits: Limits

    @contextmanager
    def ask(
        self, sql: str, parameters: Mapping[str, object] | Sequence[object] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """The rows of one question, in batches as they come; the time counts until it is closed.

        Raises WarehouseError, in one line, when it is refused, fails or takes too long.
        """
        checked = checked_question(self.con, sql)
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            self.con.interrupt()

        clock = threading.Timer(self.limits.time_s, stop)
        clock.daemon = True
        clock.start()
        try:
            yield self.con.execute(checked, parameters or None).to_arrow_reader(BATCH_ROWS)
        except (duckdb.Error, pa.ArrowException) as error:
            raise WarehouseError(self.told(error, overdue.is_set())) from error
        except (RuntimeError, KeyboardInterrupt) as error:
            if not is_interrupt(error):
                raise
            # What is being computed would otherwise be computed to its end, at the latest by close.
            self.con.interrupt()
            raise KeyboardInterrupt from error
        finally:
            clock.cancel()

    def told(self, error: Exception, overdue: bool) -> str:
        """What went wrong, with what to do where a limit was met."""
        if overdue:
            return f"stopped after {self.limits.time_s:g} s, the time limit; ask for less"
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in str(error):
            return f"needs more memory than it may have; ask for less: {one_line(str(error))}"
        return one_line(str(error))


@contextmanager
def open_for_questions(path: Path | str, limits: Limits = ANALYST) -> Iterator[Questions]:
    """The published snapshot (or the lake) for questions that are not ours.

    Raises WarehouseError when none is published.
    """
    con = open_snapshot(path, locked=False)
    try:
        lock(con, limits)
        yield Questions(con=con, limits=limits)
    finally:
        con.close()


@contextmanager
def open_tables_for_questions(
    tables: Mapping[str, pa.Table], limits: Limits = ANALYST
) -> Iterator[Questions]:
    """A database in memory that holds these tables and nothing else, locked as a snapshot is.

    For a condition that may see a view's rows and nothing beside them: what is not there cannot
    be read, however the condition is written.
    """
    con = duckdb.connect(":memory:")
    try:
        con.execute(CONNECTION_SETTINGS)
        for name, table in tables.items():
            con.register("given", table)
            con.execute(f'CREATE TABLE "{name}" AS FROM given')
            con.unregister("given")
        lock(con, limits)
        yield Questions(con=con, limits=limits)
    finally:
        con.close()


def lock(con: DuckDBPyConnection, limits: Limits) -> None:
    """Take from a connection what a question has no need of; cannot be undone on it."""
    con.execute(HERMETIC)
    memory_mb = limits.memory_mb or machine_memory_mb() // 2
    con.execute(f"SET memory_limit = '{memory_mb}MiB'")
    con.execute(f"SET max_temp_directory_size = '{limits.spill_mb}MiB'")
    if limits.threads is not None:
        con.execute(f"SET threads = {limits.threads}")
    if not is_lake(con):  # a lake's data are files, and nobody else's table function reads them
        con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def is_lake(con: DuckDBPyConnection) -> bool:
    row = con.execute("SELECT count(*) FROM duckdb_databases() WHERE type = 'ducklake'").fetchone()
    return row is not None and bool(row[0])


def machine_memory_mb() -> int:
    """The machine's memory, as far as the system tells; 2 GiB where it does not."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, OSError, ValueError):
        return 2048


def checked_question(con: DuckDBPyConnection, sql: str) -> str:
    """The question as it may be run. Raises WarehouseError, one line, for anything else."""
    if len(sql) > LONGEST_SQL:
        raise WarehouseError(f"a question of {len(sql):,} characters; {LONGEST_SQL:,} at most")
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise WarehouseError(one_line(str(error))) from error
    if len(statements) != 1:
        raise WarehouseError(
            "give one question; SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN"
            if not statements
            else f"{len(statements)} statements; give one question (a PIVOT names its columns: "
            "ON column IN (...))"
        )
    text, kind = statements[0].query, statements[0].type.name
    explain = ""
    if kind == "EXPLAIN":
        text, explain = without_explain(text)
        kind = "SELECT"
    if kind != "SELECT":
        raise WarehouseError(f"{kind} is refused; only questions are answered here (SELECT ...)")
    tree = parsed(con, text)
    known = allowed_functions() | macros_of(con)
    for name in table_functions(tree):
        if name.lower() not in known:
            raise WarehouseError(f"table function {name}() is refused; it does more than read")
    if is_lake(con):
        refuse_files(con, tree)
    return explain + text


def without_explain(text: str) -> tuple[str, str]:
    """An EXPLAIN as its query, and the words before that."""
    start = COMMENTS.match(text)
    rest = text[start.end() :] if start else text
    words = EXPLAIN.match(rest)
    if words is None:
        raise WarehouseError("an EXPLAIN that is not understood; write EXPLAIN SELECT ...")
    return rest[words.end() :], words[0]


def parsed(con: DuckDBPyConnection, text: str) -> object:
    """DuckDB's own tree of one SELECT. Raises WarehouseError, one line, for anything else."""
    try:
        row = con.execute("SELECT json_serialize_sql($1::VARCHAR)", [text]).fetchone()
        assert row is not None, "a SELECT without FROM gives one row"
        tree = json.loads(row[0])
    except duckdb.Error as error:
        raise WarehouseError(one_line(str(error))) from error
    except RecursionError as error:
        raise WarehouseError("nested too deeply; give a simpler question") from error
    if tree["error"]:
        raise WarehouseError(one_line(tree["error_message"]))
    if len(tree["statements"]) != 1:
        raise WarehouseError("several statements; give one question")
    return tree["statements"][0]


def nodes(tree: object) -> Iterator[dict[str, object]]:
    """Every object in a tree."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left.extend(node.values())
        elif isinstance(node, list):
            left.extend(node)


def table_functions(tree: object) -> list[str]:
    """Names of the table functions that a query calls."""
    return [
        str(function.get("function_name"))
        for node in nodes(tree)
        if node.get("type") == "TABLE_FUNCTION"
        and isinstance(function := node.get("function"), dict)
    ]


def refuse_files(con: DuckDBPyConnection, tree: object) -> None:
    """Raise where a lake's query names a file as a table: its connection could read that."""
    named = {
        str(node.get("table_name")).strip('"')
        for node in nodes(tree)
        if node.get("type") == "BASE_TABLE" and not node.get("schema_name")
    }
    for name in sorted(named):
        if re.search(r"[./\\:*?\[\]{}]", name):
            raise WarehouseError(f"{name!r} is no table; files are not read here")


@cache
def allowed_functions() -> frozenset[str]:
    """The table functions that only read what is open already, from sandbox_functions.csv."""
    text = (resources.files("warehouse.operations") / "sandbox_functions.csv").read_text("utf-8")
    return frozenset(row["function"] for row in csv.DictReader(text.splitlines()))


def macros_of(con: DuckDBPyConnection) -> frozenset[str]:
    """The table macros that the database brings, such as policy_events_as_of."""
    rows = con.execute(
        "SELECT lower(function_name) FROM duckdb_functions() "
        "WHERE function_type = 'table_macro' AND NOT internal"
    ).fetchall()
    return frozenset(name for (name,) in rows)

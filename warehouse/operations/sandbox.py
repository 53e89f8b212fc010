"""Runs foreign SQL: one SELECT, on a locked connection.

For `policywire sql` and other programs. Three independent barriers:
- DuckDB parses the statement, which must be one SELECT (FROM, WITH, VALUES, DESCRIBE, SHOW,
  SUMMARIZE, PIVOT ... IN and EXPLAIN count as one). Its table functions must be listed in
  sandbox_functions.csv or be macros of the database: others read files, follow pointers, or
  write a log that the locked connection cannot close, which aborts the process;
- the connection is read-only, reaches no file, network, extension or Python variable, and allows
  no change of settings;
- memory, disk space for spilling, and time are limited.
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

MAX_SQL_CHARACTERS = 100_000
BATCH_ROWS = 10_000
# EXPLAIN with its options; comments before it are already removed.
EXPLAIN = re.compile(r"EXPLAIN(\s+ANALYZE)?(\s*\((?:\s*\w+\s*,?)*\))?\s+", re.IGNORECASE)
COMMENTS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
HERMETIC = (
    "SET python_enable_replacements = false; SET autoload_known_extensions = false; "
    "SET autoinstall_known_extensions = false"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one query. With `memory_mb` None it gets half of the machine's memory."""

    time_s: float = 600.0
    memory_mb: int | None = None
    spill_mb: int = 20_000
    threads: int | None = None


ANALYST = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """A locked connection and the limits of a query on it."""

    con: DuckDBPyConnection
    limits: Limits

    @contextmanager
    def ask(
        self, sql: str, parameters: Mapping[str, object] | Sequence[object] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Yield the rows of one query, in batches; the time limit runs until the block ends.

        Raises WarehouseError, on one line, when the query is refused, fails or takes too long.
        """
        checked = checked_question(self.con, sql)
        with self.limited():
            yield self.con.execute(checked, parameters or None).to_arrow_reader(BATCH_ROWS)

    @contextmanager
    def ask_as_text(self, sql: str) -> Iterator[tuple[dict[str, str], pa.RecordBatchReader]]:
        """Yield a type per column name, and the rows with every value as DuckDB writes it.

        A NULL stays None. Limits and errors are those of `ask`.
        """
        checked = checked_question(self.con, sql)
        with self.limited():
            found = self.con.sql(checked)
            types = {name: str(kind) for name, kind in zip(found.columns, found.types, strict=True)}
            yield types, found.project("COLUMNS(*)::VARCHAR").to_arrow_reader(BATCH_ROWS)

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Stop what runs on the connection at the time limit; turn errors into WarehouseError."""
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            self.con.interrupt()

        clock = threading.Timer(self.limits.time_s, stop)
        clock.daemon = True
        clock.start()
        try:
            yield
        except (duckdb.Error, pa.ArrowException, MemoryError) as error:
            raise WarehouseError(self.message(error, overdue.is_set())) from error
        except (RuntimeError, KeyboardInterrupt) as error:
            if not is_interrupt(error):
                raise
            # Without this, DuckDB would finish the query before it closes.
            self.con.interrupt()
            raise KeyboardInterrupt from error
        finally:
            clock.cancel()

    def message(self, error: Exception, overdue: bool) -> str:
        """Return what went wrong, with what to do when a limit was reached."""
        if overdue:
            return f"stopped after {self.limits.time_s:g} s, the time limit; ask for less"
        if isinstance(error, MemoryError):
            return "needs more memory than the limit; ask for less"
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in str(error):
            return f"needs more memory than the limit; ask for less: {one_line(str(error))}"
        return one_line(str(error))


@contextmanager
def open_for_questions(path: Path | str, limits: Limits = ANALYST) -> Iterator[Questions]:
    """Open the published snapshot (or the lake) for foreign queries.

    Raises WarehouseError when no snapshot is published.
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
    """Open an in-memory database with only these tables, locked like a snapshot.

    For a condition that may see the rows of one view only: nothing else exists there to read.
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
    """Limit a connection to reading its own database; this cannot be undone."""
    con.execute(HERMETIC)
    memory_mb = limits.memory_mb or most_memory_mb()
    con.execute(f"SET memory_limit = '{memory_mb}MiB'")
    con.execute(f"SET max_temp_directory_size = '{limits.spill_mb}MiB'")
    if limits.threads is not None:
        con.execute(f"SET threads = {limits.threads}")
    if not is_lake(con):  # a lake must read its own files; table functions are checked instead
        con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def is_lake(con: DuckDBPyConnection) -> bool:
    row = con.execute("SELECT count(*) FROM duckdb_databases() WHERE type = 'ducklake'").fetchone()
    return row is not None and bool(row[0])


def most_memory_mb() -> int:
    """Return what a query may use where nothing else is said: half of the machine's memory."""
    return machine_memory_mb() // 2


def machine_memory_mb() -> int:
    """Return the machine's memory in MiB; 2048 when the system does not report it."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, OSError, ValueError):
        return 2048


def checked_question(con: DuckDBPyConnection, sql: str) -> str:
    """Return the query if it may run. Raises WarehouseError, on one line, if not."""
    if len(sql) > MAX_SQL_CHARACTERS:
        raise WarehouseError(
            f"a query of {len(sql):,} characters; at most {MAX_SQL_CHARACTERS:,} are allowed"
        )
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise WarehouseError(one_line(str(error))) from error
    if len(statements) != 1:
        raise WarehouseError(
            "write one query: SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN"
            if not statements
            else f"{len(statements)} statements; write one query (a PIVOT must name its columns: "
            "ON column IN (...))"
        )
    text, kind = statements[0].query, statements[0].type.name
    explain = ""
    if kind == "EXPLAIN":
        text, explain = without_explain(text)
        kind = "SELECT"
    if kind != "SELECT":
        raise WarehouseError(f"{kind} is refused; only queries are allowed here (SELECT ...)")
    tree = parsed(con, text)
    known = allowed_functions() | macros_of(con)
    for name in table_functions(tree):
        if name.lower() not in known:
            raise WarehouseError(f"table function {name}() is refused; it does more than read")
    if is_lake(con):
        refuse_files(con, tree)
    return explain + text


def is_explain(sql: str) -> bool:
    """Return whether a query asks for a plan, whose answer is a drawing rather than rows."""
    start = COMMENTS.match(sql)
    return EXPLAIN.match(sql, start.end() if start else 0) is not None


def without_explain(text: str) -> tuple[str, str]:
    """Split an EXPLAIN into its query and the words before it."""
    start = COMMENTS.match(text)
    rest = text[start.end() :] if start else text
    words = EXPLAIN.match(rest)
    if words is None:
        raise WarehouseError("unknown form of EXPLAIN; write EXPLAIN SELECT ...")
    return rest[words.end() :], words[0]


def parsed(con: DuckDBPyConnection, text: str) -> object:
    """Return DuckDB's parse tree of one SELECT. Raises WarehouseError for anything else."""
    try:
        row = con.execute("SELECT json_serialize_sql($1::VARCHAR)", [text]).fetchone()
        assert row is not None, "a SELECT without FROM gives one row"
        tree = json.loads(row[0])
    except duckdb.Error as error:
        raise WarehouseError(one_line(str(error))) from error
    except RecursionError as error:
        raise WarehouseError("nested too deeply; write a simpler query") from error
    if tree["error"]:
        raise WarehouseError(one_line(tree["error_message"]))
    if len(tree["statements"]) != 1:
        raise WarehouseError("several statements; write one query")
    return tree["statements"][0]


def nodes(tree: object) -> Iterator[dict[str, object]]:
    """Yield every object in a parse tree."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left.extend(node.values())
        elif isinstance(node, list):
            left.extend(node)


def table_functions(tree: object) -> list[str]:
    """Return the names of the table functions that a query calls."""
    return [
        str(function.get("function_name"))
        for node in nodes(tree)
        if node.get("type") == "TABLE_FUNCTION"
        and isinstance(function := node.get("function"), dict)
    ]


def refuse_files(con: DuckDBPyConnection, tree: object) -> None:
    """Raise when a query on a lake uses a file as a table: the connection could read it."""
    named = {
        str(node.get("table_name")).strip('"')
        for node in nodes(tree)
        if node.get("type") == "BASE_TABLE" and not node.get("schema_name")
    }
    for name in sorted(named):
        if re.search(r"[./\\:*?\[\]{}]", name):
            raise WarehouseError(f"{name!r} is not a table; files cannot be read here")


@cache
def allowed_functions() -> frozenset[str]:
    """Return the table functions that read only the open database (sandbox_functions.csv)."""
    text = (resources.files("warehouse.operations") / "sandbox_functions.csv").read_text("utf-8")
    return frozenset(row["function"] for row in csv.DictReader(text.splitlines()))


def macros_of(con: DuckDBPyConnection) -> frozenset[str]:
    """Return the table macros of the database, such as policy_events_as_of."""
    rows = con.execute(
        "SELECT lower(function_name) FROM duckdb_functions() "
        "WHERE function_type = 'table_macro' AND NOT internal"
    ).fetchall()
    return frozenset(name for (name,) in rows)

"""Migrates a database to the newest schema: each migration once, then the views.

Migrations are migrations/NNNN_what.sql, forward only, each in one transaction with its record.
Views are views/<name>.sql, rebuilt whenever one of them changes; a line `-- after: other_view`
names the views that must be created first. Tables live in schema `store` and may change; views
live in `main` and are the contract. No file uses keys, constraints or indexes, so the same SQL
works on a DuckLake.
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources

import duckdb
from duckdb import DuckDBPyConnection

from models.errors import MigrationError

MIGRATION_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
NO_LAKE_COMMENT = re.compile(r"^COMMENT ON (?:COLUMN|MACRO) .*?;[ \t]*$", re.MULTILINE | re.DOTALL)
UNTYPED_DEFAULT = re.compile(r":= NULL\b")
MACRO = re.compile(r"^CREATE OR REPLACE MACRO\b", re.MULTILINE)
AFTER = re.compile(r"^-- after: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFile:
    """One shipped SQL file. `order` is the number of a migration, 0 for a view."""

    order: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def sql_files(folder: str) -> tuple[SqlFile, ...]:
    """Return the .sql files of one folder of this package, by name; read once per process."""
    found = []
    for item in sorted(
        (resources.files("warehouse") / folder).iterdir(), key=lambda entry: entry.name
    ):
        if item.name.endswith(".sql"):
            match = MIGRATION_NAME.fullmatch(item.name)
            order = int(match[1]) if match else 0
            found.append(
                SqlFile(order=order, name=item.name[:-4], sql=item.read_text(encoding="utf-8"))
            )
    return tuple(found)


def migrate(con: DuckDBPyConnection, *, name: str = "warehouse") -> None:
    """Run missing migrations and rebuild views. One small query when all is up to date.

    Raises MigrationError for a database from a newer release, with other migrations than ours,
    or with tables but none of ours.
    """
    applied = applied_migrations(con, name)
    migrations = sql_files("migrations")
    known = {m.order: m for m in migrations}
    for version, digest in applied.items():
        if version not in known:
            raise MigrationError(
                f"{name}: schema {version} is newer than this release knows "
                f"({max(known)}): upgrade policywire, or open an older copy"
            )
        if known[version].digest != digest:
            raise MigrationError(f"{name}: migration {version} differs from the one applied here")
    for migration in migrations:
        if migration.order not in applied:
            apply_migration(con, migration, name)
    rebuild_views(con, name)


def applied_migrations(con: DuckDBPyConnection, name: str) -> dict[int, str]:
    """Return version -> digest of the migrations that ran. Creates their table if needed."""
    with suppress(duckdb.CatalogException):  # the usual case first: every opening asks
        return recorded(con)
    tables = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE database_name = current_database() AND NOT internal "
        "UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views() "
        "WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
    names = {row[0] for row in tables}
    if "store.migrations" not in names:
        if names:
            raise MigrationError(
                f"{name}: has tables but is not a PolicyWire warehouse ({min(names)}); "
                "give another path"
            )
        con.execute("CREATE SCHEMA IF NOT EXISTS store")
        con.execute(
            "CREATE TABLE IF NOT EXISTS store.migrations "
            "(version INTEGER, name VARCHAR, digest VARCHAR, applied_at TIMESTAMPTZ)"
        )
        con.execute(
            "CREATE TABLE IF NOT EXISTS store.view_build (digest VARCHAR, built_at TIMESTAMPTZ)"
        )
    return recorded(con)


def recorded(con: DuckDBPyConnection) -> dict[int, str]:
    """Return version -> digest as recorded. Raises duckdb.CatalogException without a record."""
    rows = con.execute("SELECT version, digest FROM store.migrations").fetchall()
    return {int(version): str(digest) for version, digest in rows}


def apply_migration(con: DuckDBPyConnection, migration: SqlFile, name: str) -> None:
    """Run one migration and record it, in one transaction."""
    con.execute("BEGIN TRANSACTION")
    try:
        con.execute(migration.sql)
        con.execute(
            "INSERT INTO store.migrations VALUES (?, ?, ?, now())",
            [migration.order, migration.name, migration.digest],
        )
        con.execute("COMMIT")
    except duckdb.Error as error:
        with suppress(duckdb.Error):  # a refused commit has rolled back already
            con.execute("ROLLBACK")
        raise MigrationError(f"{name}: migration {migration.name} failed: {error}") from error


def rebuild_views(con: DuckDBPyConnection, name: str) -> None:
    """Recreate all views and macros if any differs from the last build."""
    digest = views_digest()
    row = con.execute("SELECT digest FROM store.view_build").fetchone()
    if row is not None and row[0] == digest:
        return
    ordered = in_order(sql_files("views"), name)
    if is_lake(con):
        ordered, _ = kept_by_lake(ordered)
    build(con, ordered, digest, name)


def add_session_macros(con: DuckDBPyConnection) -> None:
    """Create the macros that a lake cannot store, as temporary ones of this session."""
    _, own = kept_by_lake(in_order(sql_files("views"), "lake"))
    for macro in own:
        con.execute(macro.sql)


@cache
def views_digest() -> str:
    """Return one digest of all shipped views; computed once per process."""
    digests = "".join(view.digest for view in sql_files("views"))
    return hashlib.sha256(digests.encode()).hexdigest()


def build(con: DuckDBPyConnection, ordered: list[SqlFile], digest: str, name: str) -> None:
    """Create the views and record their `digest`, in one transaction."""
    con.execute("BEGIN TRANSACTION")
    try:
        for view in ordered:
            con.execute(view.sql)
        con.execute("DELETE FROM store.view_build")
        con.execute("INSERT INTO store.view_build VALUES (?, now())", [digest])
        con.execute("COMMIT")
    except duckdb.Error as error:
        with suppress(duckdb.Error):  # a refused commit has rolled back already
            con.execute("ROLLBACK")
        raise MigrationError(f"{name}: view {view.name} failed: {error}") from error


def is_lake(con: DuckDBPyConnection) -> bool:
    """Return whether the warehouse is a DuckLake, not a DuckDB file."""
    row = con.execute(
        "SELECT type FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    return row is not None and row[0] == "ducklake"


def kept_by_lake(views: list[SqlFile]) -> tuple[list[SqlFile], list[SqlFile]]:
    """Split the views into those a lake stores and those each session creates for itself.

    A lake stores comments on views only (docs/DATA_DICTIONARY.md has all of them), and no macro
    with a parameter whose default is NULL.
    """
    kept, own = [], []
    for view in views:
        sql = NO_LAKE_COMMENT.sub("", view.sql)
        if UNTYPED_DEFAULT.search(sql):
            sql = MACRO.sub("CREATE OR REPLACE TEMP MACRO", sql)
            own.append(SqlFile(order=view.order, name=view.name, sql=sql))
        else:
            kept.append(SqlFile(order=view.order, name=view.name, sql=sql))
    return kept, own


def in_order(found: Sequence[SqlFile], name: str) -> list[SqlFile]:
    """Sort views so that each comes after the views in its `-- after:` line."""
    views = {view.name: view for view in found}
    needs = {
        view_name: {n.strip() for found in AFTER.findall(view.sql) for n in found.split(",")}
        for view_name, view in views.items()
    }
    for view_name, needed in needs.items():
        if missing := needed - views.keys():
            raise MigrationError(
                f"{name}: view {view_name} needs {min(missing)}, which does not exist"
            )
    try:
        return [views[view_name] for view_name in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        raise MigrationError(f"{name}: views need each other: {error.args[1]}") from error

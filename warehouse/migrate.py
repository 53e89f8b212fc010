"""Brings a database to the newest schema: migrations once each, then the views.

Migrations are migrations/NNNN_what.sql, forward only, each in one transaction together with its
record. Views are views/<name>.sql, rebuilt whenever one of them or the schema changed; a file says
with a line `-- after: other_view` what must stand before it. Tables live in schema `store`, ours
to change; views live in `main` and are the contract. No file uses keys, constraints or indexes,
so that the same SQL serves DuckLake.
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
    """One shipped SQL file: `order` is a migration's number, 0 for views."""

    order: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def sql_files(folder: str) -> tuple[SqlFile, ...]:
    """The .sql files of one folder of the warehouse package, by name; read once a process."""
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
    """Run what is missing. Safe to call on every open; costs one small query when up to date.

    Raises MigrationError on a database from a newer release, one whose migrations differ from
    ours, or one that holds tables but none of ours.
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
    """Version -> digest of what was run. Creates the record in an empty database."""
    with suppress(duckdb.CatalogException):  # every open asks, so the usual answer comes first
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
                f"{name}: holds tables but is no PolicyWire warehouse ({min(names)}); "
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
    """Version -> digest as noted. Raises duckdb.CatalogException where nothing was ever noted."""
    rows = con.execute("SELECT version, digest FROM store.migrations").fetchall()
    return {int(version): str(digest) for version, digest in rows}


def apply_migration(con: DuckDBPyConnection, migration: SqlFile, name: str) -> None:
    """Run one migration and note it, both or neither."""
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
    """Create every view and macro anew if any differs from what was last built."""
    digest = views_digest()
    row = con.execute("SELECT digest FROM store.view_build").fetchone()
    if row is not None and row[0] == digest:
        return
    ordered = in_order(sql_files("views"), name)
    if is_lake(con):
        ordered, _ = kept_by_lake(ordered)
    build(con, ordered, digest, name)


def add_session_macros(con: DuckDBPyConnection) -> None:
    """Add the macros that a lake cannot keep to a session on one, for who asks with them."""
    _, own = kept_by_lake(in_order(sql_files("views"), "lake"))
    for macro in own:
        con.execute(macro.sql)


@cache
def views_digest() -> str:
    """One digest over all shipped views; computed once a process."""
    digests = "".join(view.digest for view in sql_files("views"))
    return hashlib.sha256(digests.encode()).hexdigest()


def build(con: DuckDBPyConnection, ordered: list[SqlFile], digest: str, name: str) -> None:
    """Create views and note that they are those of `digest`, all or none."""
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
    """Is the warehouse a DuckLake, and not a DuckDB file?"""
    row = con.execute(
        "SELECT type FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    return row is not None and row[0] == "ducklake"


def kept_by_lake(views: list[SqlFile]) -> tuple[list[SqlFile], list[SqlFile]]:
    """Views as a lake keeps them, and those that every session makes for itself.

    A lake keeps comments on views only (docs/DATA_DICTIONARY.md has all of them), and no macro
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
    """Views after those they read, by their `-- after:` lines."""
    views = {view.name: view for view in found}
    needs = {
        view_name: {n.strip() for found in AFTER.findall(view.sql) for n in found.split(",")}
        for view_name, view in views.items()
    }
    for view_name, needed in needs.items():
        if missing := needed - views.keys():
            raise MigrationError(
                f"{name}: view {view_name} needs {min(missing)}, which is not there"
            )
    try:
        return [views[view_name] for view_name in TopologicalSorter(needs).static_order()]
    except CycleError as error:
        raise MigrationError(f"{name}: views need each other: {error.args[1]}") from error

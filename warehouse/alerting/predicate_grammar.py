"""Conditions written by operators: parsed by DuckDB's own parser, checked against an allow-list.

A condition is one expression over the columns of one view. It may use only what
`predicate_language.toml` lists: no subquery, table, file, clock or random number. We do not run
its text but the parsed tree, written out again: no comment, quote or parenthesis of the text gets
into our statements.
"""

import difflib
import json
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.snapshot import one_line

LEFT_EMPTY = ("where_clause", "having", "qualify", "sample", "modifiers", "group_expressions")


class PredicateError(ValueError):
    """A refused condition; the message is one clause for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What a condition may use, from predicate_language.toml."""

    max_characters: int
    max_depth: int
    max_nodes: int
    classes: frozenset[str]
    operators: frozenset[str]
    types: frozenset[str]
    functions: frozenset[str]


@cache
def language() -> Language:
    """Return the shipped allow-list."""
    text = resources.files(__package__).joinpath("predicate_language.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    for key, value in values.items():
        if isinstance(value, list):
            values[key] = frozenset(value)
    return Language(**values)


def read_predicate(con: DuckDBPyConnection, text: str, columns: Collection[str]) -> str:
    """Return the condition as SQL that is safe inside a statement. Raises PredicateError."""
    words = language()
    if len(text) > words.max_characters:
        raise PredicateError(f"longer than {words.max_characters:,} characters")
    # It must parse to the same tree with and without parentheses: a text that closes them, or
    # hides them in a comment, is not one expression.
    bare = parsed(con, f"SELECT {text}")
    wrapped = parsed(con, f"SELECT ({text})")
    names = frozenset(name.lower() for name in columns)
    trees = [expression(bare), expression(wrapped)]
    for tree in trees:
        Walk(words, names).check(tree, 0, None)
    if without_locations(trees[0]) != without_locations(trees[1]):
        raise PredicateError("not one expression; write one condition")
    row = con.execute("SELECT json_deserialize_sql(?)", [json.dumps(wrapped)]).fetchone()
    assert row is not None, "one row in, one row out"
    return str(row[0]).strip().removeprefix("SELECT ")


def parsed(con: DuckDBPyConnection, statement: str) -> dict[str, Any]:
    """Return DuckDB's parse tree of a statement; nothing is bound or run."""
    try:
        row = con.execute("SELECT json_serialize_sql(?)", [statement]).fetchone()
    except duckdb.Error as error:
        raise PredicateError(one_line(str(error))) from error
    assert row is not None, "one row in, one row out"
    try:
        found: dict[str, Any] = json.loads(row[0])
    except (ValueError, RecursionError) as error:
        raise PredicateError("nested too deeply") from error
    if found.get("error"):
        raise PredicateError(f"syntax: {' '.join(str(found.get('error_message')).split())}")
    return found


def expression(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the one expression of a bare SELECT. Raises PredicateError for anything else."""
    statements = tree["statements"]
    if len(statements) != 1:
        raise PredicateError("several statements; give one condition")
    node = statements[0]["node"]
    found = node.get("select_list", [])
    if (
        node.get("type") != "SELECT_NODE"
        or len(found) != 1
        or node["from_table"]["type"] != "EMPTY"
        or node["cte_map"]["map"]
        or any(node.get(part) for part in LEFT_EMPTY)
    ):
        raise PredicateError("not one expression; write one condition")
    assert isinstance(found[0], dict), "expressions are objects"
    return found[0]


def without_locations(value: Any) -> Any:
    """Return a tree without the position of each node in the text."""
    if isinstance(value, dict):
        return {k: without_locations(item) for k, item in value.items() if k != "query_location"}
    if isinstance(value, list):
        return [without_locations(item) for item in value]
    return value


@dataclass(slots=True)
class Walk:
    """Walks a tree and raises at the first node that is not allowed."""

    words: Language
    columns: frozenset[str]
    nodes: int = 0

    def check(self, node: dict[str, Any], depth: int, bound: str | None) -> None:
        """Check a node and its children. `bound` is the parameter of the lambda around it."""
        self.nodes += 1
        if depth > self.words.max_depth or self.nodes > self.words.max_nodes:
            raise PredicateError("the condition is too deep or too long")
        kind = node["class"]
        if kind not in self.words.classes:
            name = kind.lower().replace("_", " ")
            raise PredicateError(f"{name} is not allowed: columns, values and functions only")
        if kind == "COLUMN_REF":
            self.check_column(node["column_names"], bound)
        elif kind == "FUNCTION":
            self.check_function(node)
        elif kind == "OPERATOR" and node["type"] not in self.words.operators:
            raise PredicateError(f"{node['type'].lower().replace('_', ' ')} is not allowed")
        elif kind == "CAST":
            self.check_type(node["cast_type"])
        elif kind == "LAMBDA":
            if bound is not None:
                raise PredicateError("a lambda inside a lambda is not allowed")
            bound = self.lambda_name(node)
            node = {"expr": node["expr"]}
        for child in children(node):
            self.check(child, depth + 1, bound)

    def check_column(self, names: list[str], bound: str | None) -> None:
        name = names[0]
        if len(names) == 1 and (name.lower() in self.columns or name == bound):
            return
        near = difflib.get_close_matches(name.lower(), self.columns, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise PredicateError(f"no column {'.'.join(names)!r}{hint}")

    def check_function(self, node: dict[str, Any]) -> None:
        name = node["function_name"].lower()
        if name not in self.words.functions or node.get("schema") not in ("", "main"):
            near = difflib.get_close_matches(name, self.words.functions, n=1, cutoff=0.75)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise PredicateError(f"function {name!r} is not allowed here{hint}")
        if node["filter"] or node["distinct"] or node["order_bys"]["orders"] or node.get("catalog"):
            raise PredicateError(
                f"function {name!r}: DISTINCT, FILTER and ORDER BY are not allowed"
            )

    def check_type(self, kind: dict[str, Any]) -> None:
        while kind["id"] == "LIST":
            kind = kind["type_info"]["child_type"]
        if kind["id"] not in self.words.types:
            raise PredicateError(f"a cast to {kind['id']} is not allowed")

    def lambda_name(self, node: dict[str, Any]) -> str:
        left = node["lhs"]
        if left["class"] != "COLUMN_REF" or len(left["column_names"]) != 1:
            raise PredicateError("a lambda may have one parameter only")
        return str(left["column_names"][0])


def children(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the expressions directly below a node, under any key."""
    if isinstance(node, dict):
        for key, item in node.items():
            # The value of a constant and the type of a cast are not expressions.
            if key in ("value", "cast_type", "order_bys"):
                continue
            if isinstance(item, dict) and "class" in item:
                yield item
            else:
                yield from children(item)
    elif isinstance(node, list):
        for item in node:
            if isinstance(item, dict) and "class" in item:
                yield item
            else:
                yield from children(item)

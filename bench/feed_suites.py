"""Runs our parser on the test feeds of other parsers: `python -m bench.feed_suites FOLDER`.

FOLDER is an unpacked collection with one folder per suite (feedparser, gofeed, miniflux,
feedjira, rss-parser, fastfeedparser, ...). It answers four questions of docs/FEEDS.md:
- Does every file parse without an exception and within 5 s?
- Do our titles, links, ids and dates agree with feedparser's tests of its well-formed files?
- Where does another suite expect more entries than we find?
- Does the fast path give the same result as feedparser alone?
--verbose prints every difference.
"""

import argparse
import ast
import json
import re
import signal
import sys
import time
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

from extractors.feeds.fast_path import read_simple_feed
from extractors.feeds.parse import parse_all, without_useless
from extractors.text.plain_text import title_text
from models.errors import FeedParseError
from models.feed import FeedEntry, FetchedFeed, ParsedFeed

LIMIT_S = 5
_EXPECT = re.compile(rb"Description:\s*(.*?)\s*Expect:\s*(.*)\s*-->")
_HEADER = re.compile(r"^Header:\s+([^:]+):(.*)$", re.MULTILINE)
_DATES = {"published_parsed": "published_at", "updated_parsed": "updated_at"}
_FIELDS = {"title": "title", "link": "link", "id": "guid", **_DATES}


@dataclass(slots=True)
class Tally:
    """The results of one suite."""

    files: int = 0
    feeds: int = 0
    entries: int = 0
    useful: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    expected_files: int = 0
    expected_entries: int = 0
    fewer: list[str] = field(default_factory=list)
    agreed: int = 0
    disagreed: list[str] = field(default_factory=list)
    fast: int = 0
    fast_differs: list[str] = field(default_factory=list)


def feed_files(suite: Path) -> Iterator[Path]:
    """Return the input files of a suite, without its code and expected outputs."""
    for path in sorted(p for p in suite.rglob("*") if p.is_file()):
        if path.suffix not in (".xml", ".rss", ".atom", ".json", ".html"):
            continue
        if path.suffix == ".json" and not is_json_input(path):
            continue
        yield path


def is_json_input(path: Path) -> bool:
    if path.name.endswith(".expected.json") or "/output/" in path.as_posix():
        return False
    return b"jsonfeed.org" in path.read_bytes()[:2000]


def expected_entries(path: Path) -> int | None:
    """Return how many entries the suite's own output has for this file, if it has one."""
    candidates = [
        path.with_suffix(".json"),
        path.with_name(path.stem + ".expected.json"),
        path.with_name(path.stem + "_expected.json"),
        path.parent.parent / "output" / f"{path.stem}.json",
    ]
    for candidate in candidates:
        if candidate == path or not candidate.is_file():
            continue
        try:
            data: Any = json.loads(candidate.read_bytes())
        except ValueError:
            continue
        places = [data, data.get("feed")] if isinstance(data, dict) else []
        found = next(
            (p[k] for p in places if isinstance(p, dict) for k in ("items", "entries") if k in p),
            None,
        )
        return len(found) if isinstance(found, list) else 0
    return None


def as_fetched(path: Path, suite: str) -> FetchedFeed:
    body = path.read_bytes()
    headers: tuple[tuple[str, str], ...] = ()
    url = ""
    if suite == "feedparser" and "http" in path.as_posix().partition("/tests/")[2]:
        found = dict(_HEADER.findall(body.decode("utf-8", "ignore")))
        headers = tuple((k.strip(), v.strip()) for k, v in found.items())
        url = f"http://127.0.0.1:8097/{path.as_posix().partition('feedparser/')[2]}"
        url = next((v for k, v in headers if k.lower() == "content-location"), url)
    return FetchedFeed(
        feed_id=suite, url=url, status=200, fetched_at=datetime.now(UTC), headers=headers, body=body
    )


def examine(path: Path, suite: str, tally: Tally) -> None:
    tally.files += 1
    fetched = as_fetched(path, suite)
    began = time.monotonic()
    signal.alarm(LIMIT_S)
    parsed: ParsedFeed | None = None
    try:
        parsed = parse_all(fetched)
        tally.feeds += 1
        tally.entries += len(parsed.entries)
        tally.useful += len(without_useless(parsed).entries)
    except FeedParseError as error:
        tally.refused[error.kind] += 1
    finally:
        signal.alarm(0)
    tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
    found = len(parsed.entries) if parsed else 0
    expected = expected_entries(path)
    if expected is not None:
        tally.expected_files += 1
        tally.expected_entries += expected
        if expected > found:
            tally.fewer.append(f"{path.as_posix()}: {expected} expected, {found} found")
    if parsed is not None and (alone := by_feedparser_alone(fetched)) is not None:
        tally.fast += 1
        if alone != parsed:
            tally.fast_differs.append(f"{path.as_posix()}: the fast path differs")
    if suite == "feedparser" and "wellformed" in path.parts:
        compare(path, fetched.body, parsed, tally)


def by_feedparser_alone(fetched: FetchedFeed) -> ParsedFeed | None:
    """Return the result without the fast path; None if the fast path would not take the body."""
    taken = False

    def not_fast(body: bytes, *, base: str, language: str | None) -> None:
        nonlocal taken
        taken = read_simple_feed(body, base=base, language=language) is not None

    with mock.patch("extractors.feeds.parse.read_simple_feed", not_fast):
        alone = parse_all(fetched)
    return alone if taken else None


def compare(path: Path, body: bytes, parsed: ParsedFeed | None, tally: Tally) -> None:
    """Compare our fields with what feedparser's test expects of title, link, id and dates."""
    text = body
    for bom, codec in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(bom):
            text = body.decode(codec, "replace").encode()
    match = _EXPECT.search(text)
    if match is None:
        return
    try:
        tree = ast.parse(match[2].decode("utf-8", "replace").strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and ast.unparse(node.left) == "feed['title']":
            title = title_text(str(value_of(node.comparators[0])))
            if parsed and (parsed.title or "") == title:
                tally.agreed += 1
            else:
                tally.disagreed.append(f"{path.as_posix()}: feed title: {title!r} expected")
    for number, name, value in expected_values(tree):
        entry = parsed.entries[number] if parsed and number < len(parsed.entries) else None
        ours = ours_of(entry, name)
        if same(name, ours, value):
            tally.agreed += 1
        else:
            tally.disagreed.append(f"{path.as_posix()}: {name}: {value!r} expected, {ours!r} found")


def expected_values(tree: ast.Expression) -> Iterator[tuple[int, str, object]]:
    """Yield (entry number, field, value) for each `entries[n].field == value` in a condition."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)):
            continue
        place = re.fullmatch(
            r"entries\[(\d+)\](?:\[['\"](\w+)['\"]\]|\.(\w+))", ast.unparse(node.left)
        )
        if place is None:
            continue
        name = place[2] or place[3]
        if name in _FIELDS and not isinstance(node.comparators[0], ast.Subscript):
            yield int(place[1]), name, value_of(node.comparators[0])


def value_of(node: ast.expr) -> object:
    """Return the constant that a test compares with; strings may be concatenated."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return str(value_of(node.left)) + str(value_of(node.right))
    return ast.literal_eval(node)


def ours_of(entry: FeedEntry | None, name: str) -> object:
    return getattr(entry, _FIELDS[name]) if entry is not None else None


def same(name: str, ours: object, value: object) -> bool:
    if name in _DATES:
        if value is None or not isinstance(value, tuple):
            return ours is None
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=timegm(value))
        return ours == moment
    if name == "title":
        # Our titles are plain text: the words must survive, the mark-up must not.
        return ours == title_text(str(value))
    return (ours or "") == " ".join(str(value).split()) or (ours or "") == value


def stop(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {LIMIT_S} s")


def main() -> None:
    """Run every suite of a folder and print a table; exit 1 on an exception or a hang."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    signal.signal(signal.SIGALRM, stop)
    broken: list[str] = []
    head = ("suite", "files", "feeds", "entries", "useful", "expected", "slowest s", "refused")
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for suite in sorted(p for p in args.folder.iterdir() if p.is_dir()):
        tally = Tally()
        for path in feed_files(suite):
            try:
                examine(path, suite.name, tally)
            except Exception as error:  # noqa: BLE001 - the very thing this looks for
                broken.append(f"{path}: {type(error).__name__}: {error}")
        refused = ", ".join(f"{n} {kind}" for kind, n in tally.refused.most_common()) or "none"
        expected = f"{tally.expected_entries} in {tally.expected_files} files"
        row = (suite.name, tally.files, tally.feeds, tally.entries, tally.useful, expected)
        print(f"| {' | '.join(map(str, row))} | {tally.slowest_s:.2f} | {refused} |")
        if tally.agreed:
            checks = tally.agreed + len(tally.disagreed)
            print(f"  fields that agree with the suite's own tests: {tally.agreed} of {checks}")
        print(f"  files in which the suite expects more entries: {len(tally.fewer)}")
        print(
            f"  files on the fast path: {tally.fast}, "
            f"with another result than feedparser alone: {len(tally.fast_differs)}"
        )
        if args.verbose:
            for line in tally.fewer + tally.disagreed + tally.fast_differs:
                print("   ", line.replace(args.folder.as_posix() + "/", ""))
    for line in broken:
        print("BROKEN", line)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

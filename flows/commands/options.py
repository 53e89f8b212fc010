"""Options several commands share, and the settings they lead to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; policywire.toml here, if there is one."),
]
Warehouse = Annotated[
    Path | None, typer.Option("--warehouse", "-w", help="DuckDB file; made if it is not there.")
]
Feeds = Annotated[Path | None, typer.Option("--feeds", help="Feed list (TOML).")]


def settings_from(
    config: Path | None, warehouse: Path | None = None, feeds: Path | None = None
) -> "Settings":
    """Settings with what the command line chose on top. Raises ConfigError."""
    from flows.settings import load_settings

    return load_settings(config, warehouse=warehouse, feeds=feeds)

"""Options several commands share, and the settings they lead to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.base.settings import Settings

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
    from flows.base.runtime import prepare_prefect
    from flows.base.settings import load_settings

    settings = load_settings(config, warehouse=warehouse, feeds=feeds)
    # Before any command imports Prefect, which reads the environment once.
    prepare_prefect(settings.prefect_home)
    return settings


def stored(
    config: Path | None,
    warehouse: Path | None = None,
    feeds: Path | None = None,
    *,
    live: bool = False,
) -> "Settings":
    """Settings of a warehouse that is there, for commands that work on what is stored.

    Its snapshot alone will do, unless the `live` file is needed. Raises WarehouseError when there
    is nothing to read; makes nothing.
    """
    from models.errors import WarehouseError
    from warehouse.lake import is_lake_target

    settings = settings_from(config, warehouse, feeds)
    path = settings.warehouse
    if is_lake_target(path) or path.exists() or (settings.snapshot.exists() and not live):
        return settings
    raise WarehouseError(
        f"{path}: no warehouse here; `policywire run` makes one, `policywire demo` shows one, "
        "--warehouse or --config says where yours is"
    )

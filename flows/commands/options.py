"""Options that several commands share, and the settings that follow from them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.base.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file. Default: policywire.toml in this folder."),
]
_WAREHOUSE_DEFAULT = "Default: that of the settings, else var/policywire.duckdb."
Warehouse = Annotated[
    Path | None,
    typer.Option("--warehouse", "-w", help=f"Warehouse (DuckDB file). {_WAREHOUSE_DEFAULT}"),
]
NewWarehouse = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        "-w",
        help=f"Warehouse (DuckDB file); created if missing. {_WAREHOUSE_DEFAULT}",
    ),
]
Feeds = Annotated[
    Path | None,
    typer.Option(
        "--feeds",
        help="Feed list (TOML file). Default: that of the settings, else the shipped one.",
    ),
]


class Format(StrEnum):
    """Output formats. Vertical is a record per row, a line per value."""

    TABLE = "table"
    VERTICAL = "vertical"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    MD = "md"
    PARQUET = "parquet"


class TextFormat(StrEnum):
    """Output formats of lists that do not come from a query."""

    TABLE = "table"
    VERTICAL = "vertical"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    MD = "md"


_FORMAT = typer.Option(
    "--format", "-f", help="Output format. Default: table on a terminal, tsv in a pipe or file."
)
FormatOption = Annotated[Format | None, _FORMAT]
TextFormatOption = Annotated[TextFormat | None, _FORMAT]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write to this file, in the format of its ending."),
]


def settings_from(
    config: Path | None, warehouse: Path | None = None, feeds: Path | None = None
) -> "Settings":
    """Return the settings, overridden by the command line. Raises ConfigError."""
    from flows.base.runtime import prepare_prefect
    from flows.base.settings import load_settings

    settings = load_settings(config, warehouse=warehouse, feeds=feeds)
    # Must come before any import of Prefect, which reads the environment once.
    prepare_prefect(settings.prefect_home)
    return settings


def stored(
    config: Path | None,
    warehouse: Path | None = None,
    feeds: Path | None = None,
    *,
    live: bool = False,
) -> "Settings":
    """Return the settings for a command that reads an existing warehouse.

    The snapshot alone is enough, unless the command needs the `live` file. Creates nothing. Raises
    WarehouseError when there is nothing to read.
    """
    from models.errors import WarehouseError
    from warehouse.lake import is_lake_target

    settings = settings_from(config, warehouse, feeds)
    path = settings.warehouse
    if is_lake_target(path) or path.exists() or (settings.snapshot.exists() and not live):
        return settings
    raise WarehouseError(
        f"{path}: no warehouse here; `policywire run` creates one, `policywire demo` creates an "
        "example; --warehouse or --config point to an existing one"
    )

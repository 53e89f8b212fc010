"""`policywire mcp`: the snapshot as tools for language models."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Config, Warehouse, stored


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("mcp")(mcp)


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve HTTP on loopback, with a token.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port for --http; 0 is any free one.")
    ] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", help="File with the token for --http, readable by you only."),
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Serve the published snapshot to language models (Model Context Protocol), read-only.

    Without --http a client starts this command itself and talks to it on
    standard input and output. With --http, the token is the environment
    variable POLICYWIRE_MCP_TOKEN, or the file given, or else the file mcp.token
    beside the warehouse, which is created. docs/MCP.md shows how to configure
    clients.

    [bold]Examples[/bold]

      policywire mcp --config /srv/policywire/policywire.toml

      policywire mcp --http --port 8765
    """
    from warehouse.lake import is_lake_target

    settings = stored(config, warehouse)
    snapshot = settings.snapshot
    if not http:
        from flows.mcp_server.server import serve_stdio

        serve_stdio(snapshot)
        return
    from flows.mcp_server.access import token_of
    from flows.mcp_server.server import serve_http

    folder = Path("var") if is_lake_target(snapshot) else settings.warehouse.parent
    token, token_from = token_of(token_file, folder)
    serve_http(snapshot, port, token, token_from)

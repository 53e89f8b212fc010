"""Builds the MCP server and serves it: on standard input and output, or over HTTP on loopback."""

import asyncio
import logging
import os
import signal
import socket
import sys
from importlib import metadata
from pathlib import Path

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations

from flows.base.logs import JsonLines, PlainLines
from flows.base.screen import say
from flows.mcp_server.access import only_with
from flows.mcp_server.questions import Desk
from flows.mcp_server.shapes import NOTICE
from flows.mcp_server.tools import Tools
from models.errors import ConfigError

HOST = "127.0.0.1"
PATH = "/mcp"
# A query has at most 100,000 characters.
MAX_BODY_BYTES = 1_000_000
MAX_CONNECTIONS = 64
INTERRUPTED = 130
READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
INSTRUCTIONS = f"""Trade-policy events read from news feeds, joined to listed companies.
A measure (one tariff, export control, sanction or deal) has steps (developments): announced, in
force, suspended, lifted. Start with search_measures, follow one with measure_life. known_on answers
what was known at a moment. For all else: describe_views, then query_sql.
{NOTICE}"""


def make_server(snapshot: Path) -> MCPServer[None]:
    """Return the server with all tools on this snapshot."""
    log_to_stderr()
    server: MCPServer[None] = MCPServer(
        "policywire",
        title="PolicyWire",
        instructions=INSTRUCTIONS,
        version=metadata.version("policywire"),
        log_level="WARNING",
        subscriptions=False,
    )
    tools = Tools(Desk(snapshot))
    for tool in (
        tools.search_measures,
        tools.measure_life,
        tools.known_on,
        tools.tickers_touched,
        tools.upcoming_dates,
        tools.query_sql,
        tools.describe_views,
    ):
        server.add_tool(tool, annotations=READ_ONLY)
    return server


def log_to_stderr() -> None:
    """Send the logs of the SDK and of uvicorn to standard error, in our format.

    The SDK sets up its own format unless the root logger has a handler.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainLines() if sys.stderr.isatty() else JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def serve_stdio(snapshot: Path) -> None:
    """Serve one client on standard input and output until it closes its end."""
    server = make_server(snapshot)
    if sys.stdin.isatty():
        say("waiting for an MCP client on standard input; see docs/MCP.md. Ctrl-C stops", err=True)
    # The thread that reads standard input cannot be woken, and nothing here needs to be finished:
    # processes with queries end when ours does.
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    asyncio.run(server.run_stdio_async())


def serve_http(snapshot: Path, port: int, token: str, token_from: str) -> None:
    """Serve clients on http://127.0.0.1:<port>/mcp until a signal arrives; port 0 is any free one.

    Each request needs the token; one under another Host or Origin is refused, so that no web page
    can reach the server through a name that resolves to loopback. Raises ConfigError when the port
    is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((HOST, port))
            held.listen()
        except OSError as error:
            raise ConfigError(f"port {port} on {HOST}: {error}; choose another one") from error
        port = held.getsockname()[1]
        app = make_server(snapshot).streamable_http_app(
            streamable_http_path=PATH,
            # No tool keeps anything between two calls.
            stateless_http=True,
            json_response=True,
            max_request_body_size=MAX_BODY_BYTES,
            transport_security=only_as(port),
        )
        config = uvicorn.Config(
            only_with(token, app),
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=2,
        )
        say(f"MCP at http://{HOST}:{port}{PATH}; token in {token_from}. Ctrl-C stops", err=True)
        uvicorn.Server(config).run(sockets=[held])


def only_as(port: int) -> TransportSecuritySettings:
    """Return the names under which requests may come."""
    names = [f"{HOST}:{port}", f"localhost:{port}"]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=names,
        allowed_origins=[f"http://{name}" for name in names],
    )

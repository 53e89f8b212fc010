"""The `policywire` command line. Each module of flows/commands/ registers its own commands.

Commands import what they need when they run, so `policywire --help` answers at once.
"""

import os
import signal
import sys
import traceback
from typing import NoReturn

import typer

from extractors.version import EXTRACTOR_VERSION
from flows.base.interrupts import safe_interrupts
from flows.base.logs import configure_logs
from flows.base.private_files import keep_private
from flows.base.screen import Screen, say
from flows.commands import (
    alerts,
    doctor,
    explain,
    feeds,
    history,
    languages,
    market,
    mcp,
    report,
    review,
    run,
    sql,
    store,
    text,
)
from models.errors import ConfigError, PipelineError

app = typer.Typer(
    name="policywire",
    help="News in, policy events out, joined to tickers, in SQL.",
    epilog="Start with: policywire demo",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(feeds.app, name="feeds")
for module in (
    run,
    report,
    sql,
    store,
    text,
    explain,
    market,
    alerts,
    review,
    history,
    languages,
    mcp,
    doctor,
):
    module.register(app)

STOPPED = "policywire: stopped; run the same command again to continue"
EXIT_FAILED, EXIT_CONFIG, EXIT_INTERRUPTED = 1, 2, 130


def show_version(wanted: bool) -> None:
    """Print the version of the package and of its extractor, and exit."""
    if wanted:
        from importlib import metadata

        say(f"policywire {metadata.version('policywire')}, extractor {EXTRACTOR_VERSION}")
        raise typer.Exit()


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show a traceback when something fails."),
    version: bool = typer.Option(
        False, "--version", callback=show_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Set up logs. The options here come before the command."""
    configure_logs()


def finish_output() -> None:
    """Write what is left, unless its reader, such as `head`, has read enough and gone."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line. Errors are one line; --debug adds the traceback."""
    safe_interrupts()
    keep_private()
    debug = "--debug" in sys.argv
    errors = Screen(stderr=True)
    try:
        app()
    except PipelineError as error:
        if debug:
            traceback.print_exc()
        errors.print(f"policywire: {error}", style="red", markup=False, highlight=False)
        sys.exit(EXIT_CONFIG if isinstance(error, ConfigError) else EXIT_FAILED)
    except SystemExit as error:
        if error.code == EXIT_INTERRUPTED:
            stop_now(errors)
        finish_output()
        raise
    except Exception as error:  # noqa: BLE001 - last resort: one line, not a traceback
        from warehouse.connection import is_interrupt  # DuckDB loads slowly

        if is_interrupt(error):
            stop_now(errors)
        if debug:
            traceback.print_exc()
        errors.print(
            f"policywire: {type(error).__name__}: {error} "
            "(a bug in PolicyWire; put --debug before the command to see where)",
            style="red",
            markup=False,
            highlight=False,
        )
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        stop_now(errors)
    except BrokenPipeError:
        sys.exit(0)


def stop_now(errors: Screen) -> NoReturn:
    """Say that the command was stopped, and end it without shutting the interpreter down.

    Everything was unwound and stored before. A thread that still loads a model would make the
    shutdown wait, or end it with another exit code.
    """
    # A second Ctrl-C must not cut this short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        errors.print(STOPPED)
        sys.stdout.flush()
    finally:
        os._exit(EXIT_INTERRUPTED)

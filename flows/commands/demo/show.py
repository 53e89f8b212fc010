"""`policywire demo`: serve the bundled feeds over loopback and run a real pass on them."""

import shutil
from importlib import resources
from pathlib import Path

from flows.base.screen import Screen
from flows.base.settings import load_settings
from flows.base.tables import paragraph
from flows.commands.demo.material import demo_catalogue
from flows.commands.demo.server import demo_feeds_toml, serve_demo
from flows.commands.pass_report import show_pass
from models.errors import ConfigError

PORT = 8790
STAGES = ("ingest", "extract", "market", "alert")
MARK = "# Written by `policywire demo`."
CONFIG = f"""\
{MARK} You may copy it as a start for your own settings.
warehouse = "demo.duckdb"
feeds = "feeds.toml"
# The demo's articles are old: take their publication time as the time they were first seen.
archive_clock = true

[fetch]
# All feeds of the demo are on one host, so long gaps between requests would only cost time.
host_gap_s = 0.02
page_gap_s = 0.02

[market]
price_files = ["prices.csv.gz"]

[report]
path = "report"
feeds = true
"""
PRICES = "prices.csv.gz"


def run_demo(folder: Path, *, fresh: bool = False) -> None:
    """Run one pass on the demo's feeds. Articles of an earlier demo in `folder` count as known.

    Raises ConfigError if `folder` cannot be written, or `fresh` would delete anything but a demo.
    """
    config = folder / "policywire.toml"
    try:
        if fresh and folder.exists():
            delete_demo(folder, config)
        folder.mkdir(parents=True, exist_ok=True)
        # A copy: the settings stay valid when this installation is gone, as after `uvx`.
        prices = resources.files("flows.commands.demo") / PRICES
        (folder / PRICES).write_bytes(prices.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot write the demo here: {error.strerror}; --dir names another folder"
        ) from error
    console = Screen(emoji=False)
    with serve_demo(PORT) as base_url:
        (folder / "feeds.toml").write_text(demo_feeds_toml(base_url), "utf-8")
        config.write_text(CONFIG, "utf-8")
        feeds = len(demo_catalogue())
        head = f"PolicyWire demo: {feeds} feeds served at {base_url}, results in {folder}/"
        console.print(paragraph(head, console.width, "bold", indent=0), soft_wrap=True)
        console.print()
        settings = load_settings(config)
        show_pass(settings, config, STAGES, through_prefect=False, console=console)


def delete_demo(folder: Path, config: Path) -> None:
    """Delete the folder of an earlier demo. Raises ConfigError if it holds something else."""
    if any(folder.iterdir()) and not (config.is_file() and MARK in config.read_text("utf-8")):
        raise ConfigError(f"{folder}: not the folder of a demo; delete it yourself if you mean to")
    shutil.rmtree(folder)

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

PORT = 8790
STAGES = ("ingest", "extract", "market", "alert")
CONFIG = """\
# Written by `policywire demo`. You may copy it as a start for your own settings.
warehouse = "demo.duckdb"
feeds = "feeds.toml"
rules = "{rules}"
# The demo's articles are old: take their publication time as the time they were first seen.
archive_clock = true

[fetch]
# All feeds of the demo are on one host, so long gaps between requests would only cost time.
host_gap_s = 0.02
page_gap_s = 0.02

[market]
price_files = ["{prices}"]
"""


def run_demo(folder: Path, *, fresh: bool = False) -> None:
    """Run one pass on the demo's feeds. Articles of an earlier demo in `folder` count as known."""
    if fresh and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    console = Screen(emoji=False)
    package = resources.files("flows")
    with (
        resources.as_file(package / "commands" / "demo" / "prices.csv.gz") as prices,
        resources.as_file(package / "alerting" / "rules.toml") as rules,
        serve_demo(PORT) as base_url,
    ):
        (folder / "feeds.toml").write_text(demo_feeds_toml(base_url), "utf-8")
        config = folder / "policywire.toml"
        config.write_text(CONFIG.format(rules=rules.as_posix(), prices=prices.as_posix()), "utf-8")
        feeds = len(demo_catalogue())
        head = f"PolicyWire demo: {feeds} feeds served at {base_url}, results in {folder}/"
        console.print(paragraph(head, console.width, "bold", indent=0), soft_wrap=True)
        console.print()
        settings = load_settings(config)
        show_pass(settings, config, STAGES, through_prefect=False, console=console)

"""Every `policywire` command typed in the documents runs, on the warehouse of the demo.

tests/test_readme.py types those of the README; NOT_RUN names the rest that does not run here.
"""

import gzip
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import shellingham
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.commands.demo.server import demo_feeds_toml, serve_demo
from tests.documents import DOCUMENTS, typed

POLICYWIRE = str(Path(sys.executable).with_name("policywire"))
ROOT = Path(__file__).parents[1]
TIMELINE = ROOT / "tests" / "data" / "timeline.csv"
CALL = re.compile(r"(?:echo '(?P<said>[^']*)' \| )?(?P<set>(?:[A-Z_]+=\S+ )*)policywire ")
# Part of a command: why it does not run here.
NOT_RUN = {
    "policywire demo": "tests/test_readme.py and tests/test_wheel.py run it",
    "policywire serve": "tests/test_readme.py and tests/flows/operations/ run it until Ctrl-C",
    "policywire mcp": "it serves until its client goes; tests of the MCP server start it",
    "status --listen": "it serves until Ctrl-C: tests/flows/operations/test_status.py",
    "--runner dask": "tests/flows/workers/test_dask_workers.py starts a cluster",
    "--speed 60": "it takes a 60th of the time that the archive covers",
    "--sec --figi": "it asks the web",
    "feeds add https://example.org": "it asks the web: tests/flows/feeds/ has a server",
}
# A command that says with its exit code what it found: the demo's articles are old.
REPORTS = {"policywire watch": 1}
# Enough for a pass: the first one gets the id of the documents.
FEW = ("cn-trade-notices", "company-newsroom", "agri-lanes")
SETTINGS = """\
warehouse = "var/policywire.duckdb"
feeds = "my_feeds.toml"
archive_clock = true
default_channel = ["desk"]

[fetch]
host_gap_s = 0.02
page_gap_s = 0.02

[[channel]]
id = "desk"
kind = "log"
"""
PAIRS = """
SELECT {} FROM measure_status a JOIN measure_status b USING (implementer, family, type)
WHERE a.measure_id < b.measure_id ORDER BY a.measure_id {}, b.measure_id LIMIT 1
"""
# Ids that only examples have: a query for a real one, in the order of the example's place.
EXAMPLES = {
    "3f9c2ab7": "SELECT article_id FROM articles ORDER BY ALL LIMIT 1",
    "003961d5": "SELECT alert_id FROM alerts ORDER BY ALL LIMIT 1",
    "a41e9f5e": "SELECT measure_id FROM measure_status ORDER BY ALL LIMIT 1",
    "US:tariff:steel:world:2025-01": "SELECT max(measure_key) FROM measure_status",
    "CN:export_ban:gallium:US:2024-12": "SELECT min(measure_key) FROM measure_status",
    "5b1f...": "SELECT min(review_id) FROM review_queue",
    "FINDING": "SELECT max(review_id) FROM review_queue",
    "9c2e...": PAIRS.format("a.measure_id", "DESC"),
    "41d0...": PAIRS.format("b.measure_id", "DESC"),
    "MEASURE": PAIRS.format("a.measure_id", "ASC"),
    "INTO": PAIRS.format("b.measure_id", "ASC"),
    "77aa...": "SELECT min(development_id) FROM policy_events",
    "DEVELOPMENT": "SELECT max(development_id) FROM policy_events",
}


def documented() -> list[str]:
    """Return each command once; those of CLI.md, which change most, come last."""
    last = sorted(DOCUMENTS, key=lambda path: path.name == "CLI.md")
    found = [line for path in last if path.name != "README.md" for line in typed(path)]
    return list(dict.fromkeys(line for line in found if CALL.match(line)))


@pytest.fixture(scope="module")
def world(demo_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with every file that the documents name; its feeds are served meanwhile."""
    folder = tmp_path_factory.mktemp("documented")
    var = shutil.copytree(demo_run, folder / "var")
    (var / "demo.duckdb").rename(var / "policywire.duckdb")
    (var / "demo.snapshot.duckdb").rename(var / "policywire.snapshot.duckdb")
    prices = var / "prices.csv.gz"
    for name in ("closes.csv.gz", "daily_close.csv.gz", "daily_ohlcv.csv.gz"):
        shutil.copy(prices, folder / name)
    backups = folder / "backups"
    backups.mkdir()
    shutil.copy(var / "policywire.duckdb", backups / "policywire.backup-20251001T060000Z.duckdb")
    shutil.copy(var / "policywire.duckdb", var / "policywire.backup-20261128T120000Z.duckdb")
    write_inputs(folder)
    with serve_demo() as base_url:
        head, *feeds = demo_feeds_toml(base_url).split("[[feed]]")
        few = [feed for feed in feeds if any(f'"{name}"' in feed for name in FEW)]
        text = "[[feed]]".join([head, *few]).replace(f'"{FEW[0]}"', '"ustr-press"')
        (folder / "my_feeds.toml").write_text(text, "utf-8")
        yield folder


def write_inputs(folder: Path) -> None:
    """Write the settings, texts, archives and lists that the commands read."""
    titles = ("China suspends its export ban on gallium", "India raises its import duty on copper")
    articles = [
        {"id": n, "title": title, "text": f"{title}. So said the ministry.", "published": day}
        for n, (title, day) in enumerate(
            zip(titles, ("2025-10-30T10:00:00Z", "2025-11-10T10:00:00Z"), strict=True)
        )
    ]
    jsonl = "".join(json.dumps(article) + "\n" for article in articles)
    files = {
        "policywire.toml": SETTINGS,
        "articles.jsonl": "".join(
            json.dumps({"id": n, "text": title}) + "\n" for n, title in enumerate(titles)
        ),
        "story.txt": f"{titles[0]}. So said the ministry.",
        "subscriptions.opml": '<opml version="2.0"><body><outline text="News" type="rss" '
        'xmlUrl="https://news.example/feed.xml"/></body></opml>',
        "my_listings.csv": "ticker,mic,name\nXMPL,XNYS,Example Metals Inc\n",
        "ASXListedCompanies.csv": "Company name,ASX code\nExample Minerals Ltd,EXM\n",
        "company_tickers_exchange.json": json.dumps(
            {
                "fields": ["cik", "name", "ticker", "exchange"],
                "data": [[1801368, "MP Materials Corp. / DE", "MP", "NYSE"]],
            }
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    for name in ("steps.csv", "timeline.csv"):
        shutil.copy(TIMELINE, folder / name)
    with gzip.open(folder / "archive.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(jsonl)
    with (folder / "crawl.warc.gz").open("wb") as file:
        page = f"<html><body><article><h1>{titles[0]}</h1><p>{titles[0]}.</p></article></body>"
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer = WARCWriter(file, gzip=True)
        writer.write_record(
            writer.create_warc_record(
                "https://news.example/a.html",
                "response",
                payload=io.BytesIO(page.encode()),
                http_headers=head,
            )
        )


def with_real_ids(line: str, snapshot: Path) -> str:
    """Return the command with ids of this warehouse in the place of those of the example."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        for example, query in EXAMPLES.items():
            pattern = rf"(?<![\w-]){re.escape(example)}(?![\w-])"
            if re.search(pattern, line):
                row = con.execute(query).fetchone()
                assert row is not None
                assert row[0] is not None, query
                line = re.sub(pattern, str(row[0]), line)
    return line.replace("/srv/backups/", "backups/").replace("/srv/www/", "www/")


class Forks:
    """A process that runs one command after another in the folder of the world."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.command_fork"],
            cwd=folder,
            env={"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, line: str) -> tuple[int, str]:
        """Return exit code and standard error of a command, typed with `<`, `>` and `echo`."""
        call = CALL.match(line)
        assert call is not None
        given, printed, told = (self.folder / name for name in ("given", "printed", "told"))
        given.write_text(f"{call['said'] or ''}\n", "utf-8")
        words = shlex.split(line[call.end() :])
        for mark in ("<", ">"):
            if mark in words:
                at = words.index(mark)
                _, name = words[at : at + 2]
                del words[at : at + 2]
                given, printed = (
                    (self.folder / name, printed) if mark == "<" else (given, self.folder / name)
                )
        order = {
            "words": words,
            "stdin": str(given),
            "stdout": str(printed),
            "stderr": str(told),
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()), told.read_text("utf-8")

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def forks(world: Path) -> Iterator[Forks]:
    found = Forks(world)
    yield found
    found.close()


def has_known_shell() -> bool:
    """Was a shell for which there are completions among those that started the tests?"""
    try:
        return shellingham.detect_shell()[0] in ("bash", "zsh", "fish")
    except shellingham.ShellDetectionFailure:
        return False


@pytest.mark.parametrize("line", documented())
def test_a_typed_command_runs(line: str, world: Path, forks: Forks) -> None:
    if reason := next((why for part, why in NOT_RUN.items() if part in line), None):
        pytest.skip(reason)
    if "--install-completion" in line and not has_known_shell():
        pytest.skip("no shell that it knows has started the tests")
    told = with_real_ids(line, world / "var" / "policywire.snapshot.duckdb")
    if "warehouse restore" in line:
        # The file it keeps is named by the second; the documents restore more than once.
        time.sleep(1.1)
    code, errors = forks.run(told)
    wanted = next((code for part, code in REPORTS.items() if line.startswith(part)), 0)
    assert code == wanted, f"{told}\n{errors[-2000:]}"


def test_what_does_not_run_is_in_the_documents() -> None:
    lines = documented()
    assert [part for part in NOT_RUN if not any(part in line for line in lines)] == []
    assert len([line for line in lines if not any(p in line for p in NOT_RUN)]) > 80

"""Runs the failing inputs of POLICYWIRE_SHARED/cases with the commands that a user types.

    python -m bench.cases            # 18 to 32 and the hostile lists; exit code 1 if one fails
    python -m bench.cases 20 27      # only these

Every command runs in an empty environment and its own folder.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread

from flows.base.loopback import LoopbackServer

SHARED = Path(os.environ.get("POLICYWIRE_SHARED", "../shared")).resolve()
CASES = SHARED / "cases"
BIN = Path(sys.executable).parent
ENVIRONMENT = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
Rows = list[dict[str, object]]


class Failed(Exception):
    """A case with an unexpected result; the message says what."""


class Trial:
    """A folder with its own warehouse, and the commands of a user in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def policywire(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / "policywire", *map(str, words)],
            cwd=self.folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def did(self, *words: object) -> str:
        """Return what a command prints. Raises Failed when it fails."""
        run = self.policywire(*words)
        if run.returncode:
            raise Failed(f"{' '.join(map(str, words))}: exit {run.returncode}: {run.stderr[-400:]}")
        return run.stdout

    def rows(self, sql: str) -> Rows:
        found: Rows = json.loads(self.did("sql", sql, "--format", "json"))
        return found

    def listed(self, url: str, kind: str = "rss", more: str = "") -> None:
        """Write the feed list and the settings."""
        (self.folder / "feeds.toml").write_text(
            f'[[feed]]\nid = "case"\nname = "Case"\nurl = "{url}"\nkind = "{kind}"\n', "utf-8"
        )
        (self.folder / "policywire.toml").write_text(
            f'feeds = "feeds.toml"\nwarehouse = "w.duckdb"\n{more}', "utf-8"
        )

    def ingested(self, name: str, kind: str = "rss", media: str = "application/xml") -> Rows:
        """Ingest a case served as a feed; return its articles, in the order of their guids."""
        body = (CASES / name).read_bytes()
        with served({"/feed": (media, body)}) as (base, _):
            self.listed(f"{base}/feed", kind)
            self.did("run", "--stage", "ingest")
        return self.rows("SELECT * FROM articles ORDER BY guid, url, title")


@contextmanager
def served(pages: dict[str, tuple[str, bytes]]) -> Iterator[tuple[str, list[bytes]]]:
    """Serve `pages` on this machine; yield the address and the list of posted bodies."""
    posted: list[bytes] = []
    server = LoopbackServer(("127.0.0.1", 0), partial(CaseHandler, pages, posted))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posted
    finally:
        server.shutdown()
        server.server_close()


class CaseHandler(BaseHTTPRequestHandler):
    """Answers GET from `pages`, which may change between two passes; stores what is posted."""

    def __init__(
        self, pages: dict[str, tuple[str, bytes]], posted: list[bytes], *args: object
    ) -> None:
        self.pages, self.posted = pages, posted
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        media, body = self.pages.get(self.path, ("", b""))
        self.send_response(200 if media else 404)
        self.send_header("Content-Type", media or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: the report is enough."""


def expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Failed(f"{what}: {found!r}, expected {wanted!r}")


def case_18(trial: Trial) -> str:
    articles = trial.ingested("18-live-blog-anchors.xml")
    expect("articles", len(articles), 3)
    trial.did("run", "--stage", "extract")
    found = trial.rows("SELECT DISTINCT article_id FROM event_mentions WHERE field = 'title'")
    expect("articles with an event", len(found), 3)
    return "3 articles, 3 events"


def case_19(trial: Trial) -> str:
    expect("articles", len(trial.ingested("19-content-id-called-cid.xml")), 3)
    return "3 articles"


def case_20(trial: Trial) -> str:
    articles = trial.ingested("20-one-bad-byte-in-utf8.xml", media="application/xml; charset=utf-8")
    expect("titles with umlauts", "Türkiye erhöht Zölle" in str(articles[0]["title"]), True)
    expect("second title", "São Tomé and Côte" in str(articles[1]["title"]), True)
    expect("replacement characters", str(articles[1]["text"]).count("\ufffd"), 1)
    health = trial.rows("FROM feed_health")[0]
    shares = {name: value for name, value in health.items() if "replaced" in name}
    expect("share of replaced characters is reported", any(shares.values()), True)
    return f"titles intact, {shares}"


def case_21(trial: Trial) -> str:
    (article,) = trial.ingested("21-photo-caption.xml")
    expect("text", str(article["text"]).startswith("Beijing bans exports of antimony"), True)
    return "the description"


def case_22(trial: Trial) -> str:
    articles = trial.ingested("22-named-time-zones.xml")
    wanted = {
        "CEST": "10:00",
        "JST": "03:00",
        "BST": "11:00",
        "IST": "06:30",
        "HKT": "04:00",
        "AEST": "02:00",
    }
    shown = []
    for article in articles:
        zone = str(article["title"]).removeprefix("Zone ")
        at = re.search(r"\d\d:\d\d", str(article["published_at"]))
        right = at is not None and at[0] == wanted[zone]
        if not right and not article["date_flag"]:
            raise Failed(f"{zone}: {article['published_at']}, no date_flag")
        shown.append(f"{zone} {at and at[0]} {article['date_flag'] or ''}".strip())
    return ", ".join(shown)


def case_23(trial: Trial) -> str:
    articles = trial.ingested("23-json-feed-plain-text.json", "json", "application/feed+json")
    text = next(str(a["text"]) for a in articles if "keeps duty" in str(a["title"]))
    expect("'<for Japan>' in the text", "<for Japan>" in text, True)
    expect("paragraphs", len(text.split("\n\n")), 3)
    return "3 paragraphs, nothing lost"


def case_24(trial: Trial) -> str:
    expect("articles", len(trial.ingested("24-same-guid-and-link.xml")), 3)
    return "3 articles"


def case_25(trial: Trial) -> str:
    titles = [str(a["title"]) for a in trial.ingested("25-bare-ampersand.xml")]
    expect("title", "Second item A&B in title" in titles, True)
    return "'Second item A&B in title'"


def case_26(trial: Trial) -> str:
    trial.ingested("26-soft-hyphens.xml")
    trial.did("run", "--stage", "extract")
    found = trial.rows("SELECT DISTINCT article_id FROM event_mentions WHERE field = 'title'")
    expect("titles with an event", len(found), 5)
    return "5 titles, 5 events"


RULES = """
[[channel]]
id = "desk"
kind = "webhook"
url = "{base}/hook"

[[rule]]
id = "all"
channel = "desk"
severity = "flash"
"""


def case_27(trial: Trial) -> str:
    pages = {"/feed": ("application/xml", (CASES / "27-correction-v1.xml").read_bytes())}
    with served(pages) as (base, posted):
        trial.listed(f"{base}/feed", more=RULES.format(base=base))
        trial.did("run")
        first = trial.rows("SELECT development_id FROM policy_events WHERE type = 'export_ban'")
        expect("developments of one article", len(first), 1)
        expect("notices of one article", len(posted), 1)
        pages["/feed"] = ("application/xml", (CASES / "27-correction-v2.xml").read_bytes())
        trial.did("run")
        expect("notices after the correction", len(posted), 2)
        trial.did("run")
        expect("notices after another pass", len(posted), 2)
    standing = trial.rows(
        "SELECT factuality, disputed FROM policy_events WHERE type = 'export_ban'"
    )
    wrong = [r for r in standing if r["factuality"] == "asserted" and not r["disputed"]]
    expect("bans that still stand", wrong, [])
    return f"1 development, corrected: {json.loads(posted[1]).get('headline', posted[1][:90])}"


def case_28(trial: Trial) -> str:
    trial.listed("http://127.0.0.1:9/feed")
    run = trial.policywire("backfill", CASES / "28-backfill-rows-left-out.jsonl", "--feed", "hist")
    said = run.stdout + run.stderr
    expect("exit code", run.returncode, 1)
    named = len(set(re.findall(r"refused: (?:line|row) (\d+)", said)))
    stored = len(trial.rows("SELECT DISTINCT article_id FROM articles"))
    expect("rows stored or named", stored + named, 9)
    again = trial.policywire(
        "backfill", CASES / "28-backfill-rows-left-out.jsonl", "--feed", "hist", "--lenient"
    )
    expect("exit code with --lenient", again.returncode, 0)
    return f"{stored} stored, {named} named, exit code 1"


def case_29(trial: Trial) -> str:
    program = (CASES / "29-digest-too-long.py").read_text("utf-8")
    # The file was written for the module paths of release 0.1.0.
    program = re.sub(
        r"from flows\.(secrets|sink_apprise) import", r"from flows.alerting.\1 import", program
    )
    run = subprocess.run(
        [BIN / "python", "-c", program],
        env=ENVIRONMENT | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=120,
    )
    expect("refused", "refused" in run.stdout or "FAILED" in run.stdout, False)
    expect("digests sent", len(re.findall(r"\d sent$", run.stdout, re.MULTILINE)), 3)
    return "3 digests sent, none refused"


def case_30(trial: Trial) -> str:
    trial.listed("http://127.0.0.1:9/feed")
    run = trial.policywire("feeds", "import", CASES / "30-feed-scheme.opml", "--feeds", "my.toml")
    said = run.stdout + run.stderr
    listed = re.findall(r'url = "(.*?)"', (trial.folder / "my.toml").read_text("utf-8"))
    expect("feeds", len(listed), 4)
    expect("a line on the repeat", "repeat" in said or "already" in said or "known" in said, True)
    return f"4 feeds; {' '.join(said.split())[:110]}"


def case_31(trial: Trial) -> str:
    prices = f'[market]\nprice_files = ["{CASES / "31-hong-kong-typhoon.csv"}"]\n'
    trial.listed("http://127.0.0.1:9/feed", more=prices)
    trial.did("backfill", CASES / "31-hong-kong-typhoon.jsonl", "--feed", "hist")
    trial.did("run", "--stage", "market")
    (row,) = trial.rows("FROM event_returns WHERE listing_id = 'XHKG:2600' LIMIT 1")
    expect("event date", str(row["event_date"])[:10], "2023-09-04")
    expect("a return", row["ret_0"] is not None, True)
    return f"event date {row['event_date']}, return {row['ret_0']:.4f}"


def case_32(trial: Trial) -> str:
    (article,) = trial.ingested("32-utf16-that-says-utf8.xml")
    expect("title", article["title"], "India raises tariff on steel to 12%")
    return "1 article"


def hostile_predicates(trial: Trial) -> str:
    trial.listed("http://127.0.0.1:9/feed")
    lines = (CASES / "hostile" / "predicates.txt").read_text("utf-8").splitlines()
    wheres = [line for line in lines if line.strip() and not line.startswith("#")]
    wheres = [where for where in wheres if not where.startswith("fec0")]
    for number, where in enumerate(["rate_value > 20", *wheres]):
        trial.listed(
            "http://127.0.0.1:9/feed",
            more=f'[[rule]]\nid = "tried"\nchannel = "log"\nwhere = {json.dumps(where)}\n',
        )
        run = trial.policywire("alerts", "check")
        lines = re.findall(r"^! .*where:", run.stdout + run.stderr, re.MULTILINE)
        expect(f"exit code of {where[:40]!r}", run.returncode, 2 if number else 0)
        expect(f"lines on {where[:40]!r}", len(lines), 1 if number else 0)
    return f"{len(wheres)} refused, a valid one accepted"


def hostile_addresses(trial: Trial) -> str:
    from ipaddress import ip_address

    from flows.feeds.fetching.addresses import why_not_public

    said = (CASES / "hostile" / "ssrf_literals.txt").read_text("utf-8")
    literals = re.findall(r"(?<![\w:.])[0-9a-fA-F:.]*[:.][0-9a-fA-F:.]+", said)
    addresses = []
    for literal in literals:
        try:
            addresses.append(ip_address(literal.rstrip(".")))
        except ValueError:
            continue
    passed = [str(address) for address in addresses if not why_not_public(address)]
    expect("addresses that pass", passed, [])
    return f"{len(addresses)} refused"


def hostile_titles(trial: Trial) -> str:
    """Test control bytes, formulas, mark-up and links in hostile titles, per format of `sql`."""
    articles = trial.ingested("hostile/hostile_titles.json", "json", "application/feed+json")
    expect("articles", len(articles), 10)
    bad = [a["url"] for a in articles if a["url"] and not str(a["url"]).startswith("http")]
    expect("addresses that are no web address", bad, [])
    outputs = [
        trial.did("sql", "SELECT title, url, text FROM articles", "--format", form)
        for form in ("table", "csv", "json")
    ]
    for output in outputs:
        expect("control bytes", re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", output), [])
    formulas = [line for line in outputs[1].splitlines() if re.match(r'"?[=+\-@]', line)]
    expect("CSV formulas", formulas, [])
    return "10 articles, harmless by table, CSV and JSON"


TRIALS: dict[str, Callable[[Trial], str]] = {
    **{str(n): globals()[f"case_{n}"] for n in range(18, 33)},
    "predicates": hostile_predicates,
    "addresses": hostile_addresses,
    "titles": hostile_titles,
}


def main(wanted: list[str]) -> int:
    """Run the cases; return how many fail."""
    if not CASES.is_dir():
        print(f"{CASES}: no such folder; set POLICYWIRE_SHARED to the folder with cases/")
        return 0
    failures = 0
    for name, trial in TRIALS.items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"ok  {name:<11} {trial(Trial(Path(folder)))}")
            except (Failed, ValueError, subprocess.TimeoutExpired) as error:
                failures += 1
                print(f"NO  {name:<11} {error}")
    return failures


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))

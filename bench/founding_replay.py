"""Replays October and November 2025 (White House and demo articles) through the live path.

    python -m bench.founding_replay --folder build/founding

Counts the notices about the founding example: the threat of 100%, its end, the suspension until
10 November 2026, the agreement with Malaysia. The White House's texts of these months never
mention the 100%; the demo's articles do. Needs POLICYWIRE_SHARED. Exit code 1 when one of these
has not exactly one notice, or a development has two notices under one rule.
"""

import argparse
import gzip
import json
import sys
from datetime import date
from pathlib import Path

from bench.load_corpus import shared
from extractors.text.plain_text import fragment_text
from flows.base.settings import load_settings
from flows.commands.demo.material import demo_articles
from flows.history.replay import ReplayPlan, ReplayStep, replay_archive
from warehouse.snapshot import query

FIRST, LAST = date(2025, 10, 1), date(2025, 11, 30)
WANTED = {
    "threat of 100%": "rule_id = 'tariff-threats' AND e.status = 'threatened' "
    "AND e.rate_value = 100",
    "threat called off": "rule_id = 'tariff-threats' AND e.status = 'averted' "
    "AND list_contains(e.targets, 'CN')",
    "suspension until 10 November 2026": "rule_id IN ('critical-mineral-curbs', 'snap-backs') "
    "AND e.status IN ('suspended', 'delayed', 'extended') AND e.ends_on = DATE '2026-11-10'",
    "agreement with Malaysia": "rule_id = 'agreements' "
    "AND e.status IN ('announced', 'adopted', 'in_force') "
    "AND list_contains(e.actors || e.targets, 'MY')",
}


def archive(folder: Path) -> Path:
    """Write both sources as one archive."""
    path = folder / "founding.jsonl"
    with (
        path.open("w", encoding="utf-8") as out,
        gzip.open(shared() / "corpora" / "whitehouse.jsonl.gz", "rt", encoding="utf-8") as lines,
    ):
        for line in lines:
            item = json.loads(line)
            if FIRST.isoformat() <= (item.get("published") or "")[:10] <= LAST.isoformat():
                out.write(json.dumps({**item, "feed_id": "wh-news"}) + "\n")
        for article in demo_articles():
            if FIRST <= article.published_at.date() <= LAST:
                row = {
                    "title": article.title,
                    "text": fragment_text(article.html),
                    "url": f"https://{article.feed_id}.example/{article.article_id}",
                    "guid": article.guid,
                    "published": article.published_at.isoformat(),
                    "feed_id": article.feed_id,
                }
                out.write(json.dumps(row) + "\n")
    return path


def main() -> None:
    """Replay, and print which notices report the founding example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/founding"))
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    plan = ReplayPlan(archive=archive(args.folder), folder=args.folder / "replay", fresh=True)

    def on_step(step: ReplayStep) -> None:
        print(f"{step.at:%Y-%m-%d %H:%M} {step.new_articles} articles, {step.sent} notices")

    result = replay_archive(load_settings(None), plan, on_step)
    ((doubled,),) = query(
        result.snapshot,
        "SELECT count(*) - count(DISTINCT (rule_id, channel, development_id)) FROM alerts "
        "WHERE kind = 'single'",
    ).rows
    print(f"{result.articles} articles, {result.passes} passes, {result.sent} notices")
    print(f"developments with two notices under one rule: {doubled}")
    good = doubled == 0
    for name, condition in WANTED.items():
        rows = query(
            result.snapshot,
            "SELECT a.sent_at, a.headline, e.first_source FROM alerts AS a "
            f"JOIN policy_events AS e USING (development_id) WHERE {condition} ORDER BY 1",
        ).rows
        good = good and len(rows) == 1
        print(f"{name}: {len(rows)}")
        for sent_at, headline, source in rows:
            print(f"    {str(sent_at)[:16]}  {headline}  ({source})")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

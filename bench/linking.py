"""Measure how well names are linked to listings, on the corpora of POLICYWIRE_SHARED.

    POLICYWIRE_SHARED=../shared python bench/linking.py press     names against exchange tags
    POLICYWIRE_SHARED=../shared python bench/linking.py yahoo     names against ticker lists
    POLICYWIRE_SHARED=../shared python bench/linking.py feeds     a random 100 links to judge

`press`: the documents with an exchange tag; the tags are taken out of the text and the issuers
found by name compared with those that were tagged. Options: --min-relevance N, --show N.
"""

import argparse
import gzip
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractors.ticker_tags import find_tags, strip_tags
from extractors.tickers import TickerLinker
from models.reference.markets import US_MARKETS
from models.security import NamedListing


def documents(name: str) -> Iterator[dict[str, Any]]:
    """The records of one corpus."""
    shared = os.environ.get("POLICYWIRE_SHARED")
    if not shared:
        sys.exit("POLICYWIRE_SHARED is not set: give the folder that holds corpora/")
    with gzip.open(Path(shared) / "corpora" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def tagged_issuers(linker: TickerLinker, text: str) -> tuple[set[str], set[str]]:
    """Issuers tagged anywhere, and those of them tagged on a US exchange."""
    anywhere, on_exchange = set(), set()
    for tag in find_tags(text):
        listing = linker.listing_of_tag(tag) if tag.sure else None
        if listing:
            anywhere.add(listing.issuer_id)
            if listing.mic in US_MARKETS:
                on_exchange.add(listing.issuer_id)
    return anywhere, on_exchange


def by_name(mentions: tuple[NamedListing, ...], min_relevance: int) -> dict[str, NamedListing]:
    """The first mention by name of each issuer."""
    found: dict[str, NamedListing] = {}
    for mention in mentions:
        if mention.certainty != "tag" and mention.relevance >= min_relevance:
            found.setdefault(mention.issuer_id, mention)
    return found


def press(linker: TickerLinker, options: argparse.Namespace) -> None:
    """Names against exchange tags, in the press releases."""
    hit = wrong = wanted = recalled = count = 0
    extra: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    shown: list[str] = []
    started = time.perf_counter()
    for doc in documents("press_releases"):
        title, text = doc["title"] or "", doc["text"]
        anywhere, on_exchange = tagged_issuers(linker, f"{title}\n{text}")
        if not anywhere:
            continue
        count += 1
        found = by_name(
            linker.find_listings(strip_tags(text), strip_tags(title)), options.min_relevance
        )
        hit += len(found.keys() & anywhere)
        wanted += len(on_exchange)
        recalled += len(found.keys() & on_exchange)
        for owner in found.keys() - anywhere:
            wrong += 1
            mention = found[owner]
            extra[f"{mention.text} -> {mention.listing_id}"] += 1
            whole = strip_tags(title if mention.field == "title" else text)
            around = whole[max(0, mention.start - 60) : mention.end + 50].replace("\n", " ")
            shown.append(
                f"{mention.listing_id} {linker.issuers[owner].name} {mention.text!r} "
                f"{mention.relevance} {mention.why} | {around}"
            )
        for owner in on_exchange - found.keys():
            missing[f"{linker.issuers[owner].name} {owner}"] += 1
    took = time.perf_counter() - started
    print(f"documents with a known tag {count}, {count / took:.0f} a second")
    print(f"precision {hit / (hit + wrong):.4f} ({hit} of {hit + wrong})")
    print(f"recall on tagged US listings {recalled / wanted:.4f} ({recalled} of {wanted})")
    if options.show:
        print("\nmost often extra:", *extra.most_common(options.show), sep="\n  ")
        print("\nmost often missing:", *missing.most_common(options.show), sep="\n  ")
        sample = random.Random(options.seed).sample(shown, min(options.show, len(shown)))
        print("\nextra, to judge:", *sample, sep="\n  ")


def yahoo(linker: TickerLinker, options: argparse.Namespace) -> None:
    """Names against the ticker lists of the articles; `subject` by relevance."""
    for threshold in (0, 40, 60):
        hit = wrong = wanted = recalled = count = 0
        extra: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        for doc in documents("yahoo_finance_2017_2020"):
            listed = {
                linker.by_ticker[mic, symbol].issuer_id
                for symbol in (t.replace("-", ".") for t in doc["tickers"] or ())
                for mic in (*sorted(US_MARKETS), "OTCM")
                if (mic, symbol) in linker.by_ticker
            }
            if not listed:
                continue
            count += 1
            mentions = linker.find_listings(doc["text"], doc["title"] or "")
            found = {m.issuer_id: m for m in mentions if m.relevance >= threshold}
            text = f"{doc['title']} {doc['text']}"
            hit += len(found.keys() & listed)
            wanted += len(listed)
            recalled += len(found.keys() & listed)
            for owner in found.keys() - listed:
                wrong += 1
                extra[f"{found[owner].text} -> {found[owner].listing_id}"] += 1
            for owner in listed - found.keys():
                first = linker.issuers[owner].name.split()[0].lower()
                missing[f"{owner} {first}{'' if first in text.lower() else ' (not in text)'}"] += 1
        print(
            f"relevance >= {threshold}: documents {count}, "
            f"precision {hit / (hit + wrong):.4f} ({hit} of {hit + wrong}), "
            f"recall {recalled / wanted:.4f} ({recalled} of {wanted})"
        )
        if options.show and threshold == 60:
            print("\nmost often extra:", *extra.most_common(options.show), sep="\n  ")
            print("\nmost often missing:", *missing.most_common(options.show), sep="\n  ")


def feeds(linker: TickerLinker, options: argparse.Namespace) -> None:
    """Links in general news: how many, and a random 100 of them to judge by eye."""
    links: list[str] = []
    articles = 0
    started = time.perf_counter()
    for doc in documents("feed_items_2026"):
        articles += 1
        mentions = linker.find_listings(doc["text"] or "", doc["title"] or "")
        for owner in {m.issuer_id for m in mentions}:
            mention = next(m for m in mentions if m.issuer_id == owner)
            whole = doc["title"] if mention.field == "title" else doc["text"]
            around = whole[max(0, mention.start - 90) : mention.end + 70].replace("\n", " ")
            links.append(
                f"{mention.listing_id:12} {linker.issuers[owner].name[:32]:32} "
                f"{mention.certainty:9} {mention.text!r} | {around}"
            )
    took = time.perf_counter() - started
    print(f"articles {articles}, links {len(links)}, {articles / took:.0f} articles a second")
    sample = random.Random(options.seed).sample(links, min(100, len(links)))
    print(*sample, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=("press", "yahoo", "feeds"))
    parser.add_argument("--min-relevance", type=int, default=0)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    {"press": press, "yahoo": yahoo, "feeds": feeds}[options.which](
        TickerLinker.from_reference(), options
    )


if __name__ == "__main__":
    main()

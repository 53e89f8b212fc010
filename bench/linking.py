"""Measures how well names are linked to listings, on the corpora of POLICYWIRE_SHARED.

    POLICYWIRE_SHARED=../shared python bench/linking.py press     names against exchange tags
    POLICYWIRE_SHARED=../shared python bench/linking.py yahoo     names against ticker lists
    POLICYWIRE_SHARED=../shared python bench/linking.py feeds     a random 100 links to judge

`press`: documents with an exchange tag. The tags are removed from the text, and the issuers found
by name are compared with the tagged ones. Option: --show N.
"""

import argparse
import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from extractors.listings.company_names import core_name
from extractors.listings.relevance import subjects
from extractors.listings.ticker_tags import find_tags, strip_tags
from extractors.listings.tickers import TickerLinker
from extractors.text.readable import reject_reason
from models.event import TextUnit
from models.reference.markets import US_MARKETS
from models.reference.securities import load_securities
from models.security import NamedListing


def documents(name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of one corpus."""
    shared = os.environ.get("POLICYWIRE_SHARED")
    if not shared:
        sys.exit("POLICYWIRE_SHARED is not set: give the folder that holds corpora/")
    with gzip.open(Path(shared) / "corpora" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def tagged_issuers(linker: TickerLinker, text: str) -> tuple[set[str], set[str]]:
    """Return the issuers tagged anywhere, and those of them tagged on a US exchange."""
    anywhere, on_exchange = set(), set()
    for tag in find_tags(text):
        listing = linker.listing_of_tag(tag) if tag.sure else None
        if listing:
            anywhere.add(listing.issuer_id)
            if listing.mic in US_MARKETS:
                on_exchange.add(listing.issuer_id)
    return anywhere, on_exchange


def by_name(mentions: tuple[NamedListing, ...]) -> dict[str, NamedListing]:
    """Return the first mention by name of each issuer."""
    found: dict[str, NamedListing] = {}
    for mention in mentions:
        if mention.certainty != "tag":
            found.setdefault(mention.issuer_id, mention)
    return found


class Score:
    """Counts of links against the expected ones."""

    def __init__(self) -> None:
        self.hit = self.wrong = self.recalled = self.wanted = 0

    def count(self, found: Set[str], right: Set[str], wanted: Set[str]) -> None:
        self.hit += len(found & right)
        self.wrong += len(found - right)
        self.recalled += len(found & wanted)
        self.wanted += len(wanted)

    def __str__(self) -> str:
        given = self.hit + self.wrong
        return (
            f"precision {self.hit / max(1, given):.4f} ({self.hit} of {given}), "
            f"recall {self.recalled / max(1, self.wanted):.4f} ({self.recalled} of {self.wanted})"
        )


def press(linker: TickerLinker, options: argparse.Namespace) -> None:
    """Compare names with exchange tags, in the press releases."""
    scores = {name: Score() for name in ("all links", "subjects", "even", "odd")}
    count = 0
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
        mentions = tuple(
            m
            for m in linker.find_listings(strip_tags(text), strip_tags(title))
            if m.certainty != "tag"
        )
        found = by_name(mentions)
        about = subjects(mentions)
        scores["all links"].count(found.keys(), anywhere, on_exchange)
        scores["subjects"].count(about, anywhere, on_exchange)
        scores["odd" if count % 2 else "even"].count(about, anywhere, on_exchange)
        for owner in found.keys() - anywhere:
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
    print(f"every link:                      {scores['all links']}")
    print(f"companies the release is about:  {scores['subjects']}")
    print(f"  documents 1, 3, 5, ...:        {scores['odd']}")
    print(f"  documents 2, 4, 6, ...:        {scores['even']}")
    if options.show:
        print("\nmost often extra:", *extra.most_common(options.show), sep="\n  ")
        print("\nmost often missing:", *missing.most_common(options.show), sep="\n  ")
        sample = random.Random(options.seed).sample(shown, min(options.show, len(shown)))
        print("\nextra, to judge:", *sample, sep="\n  ")


def yahoo(linker: TickerLinker, options: argparse.Namespace) -> None:
    """Compare names with the ticker lists of the articles.

    The lists contain what readers of the page might follow, named or not. A listed company counts
    as the subject when the first word of its name, or one of its brands, is in the headline: by
    plain search, not by the linker.
    """
    words = first_words(linker)
    every, about = Score(), Score()
    extra: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    count = 0
    for doc in documents("yahoo_finance_2017_2020"):
        title = doc["title"] or ""
        listed = {
            linker.by_ticker[mic, symbol].issuer_id
            for symbol in (t.replace("-", ".") for t in doc["tickers"] or ())
            for mic in (*sorted(US_MARKETS), "OTCM")
            if (mic, symbol) in linker.by_ticker
        }
        if not listed:
            continue
        count += 1
        plain = set(re.findall(r"[\w&-]+", title.lower().replace("’", "'").replace("'s", "")))
        wanted = {owner for owner in listed if words[owner] & plain}
        mentions = linker.find_listings(doc["text"], title)
        us = {m.issuer_id for m in mentions if m.listing_id.split(":")[0] in US_MARKETS}
        named_up = {m.issuer_id for m in mentions if m.field == "title"} & us
        every.count(us, listed, listed)
        about.count(named_up, listed, wanted)
        extra.update(linker.issuers[owner].name for owner in named_up - listed)
        missing.update(linker.issuers[owner].name for owner in wanted - named_up)
    print(f"documents with a known ticker {count}")
    print(f"every link against the whole list:        {every}")
    print(f"named in the headline, against subjects:  {about}")
    if options.show:
        print("\nmost often extra:", *extra.most_common(options.show), sep="\n  ")
        print("\nmost often missing:", *missing.most_common(options.show), sep="\n  ")


def first_words(linker: TickerLinker) -> dict[str, set[str]]:
    """Return for each issuer the first word of its legal name, and its brands of one word."""
    words: dict[str, set[str]] = {
        owner: {core_name(issuer.name).split()[0].lower()}
        for owner, issuer in linker.issuers.items()
    }
    for alias in load_securities().aliases:
        if " " not in alias.alias:
            words[alias.issuer_id].add(alias.alias.lower())
    return words


def feeds(linker: TickerLinker, options: argparse.Namespace) -> None:
    """Count the links in general news, and print a random 100 of them to judge."""
    links: list[str] = []
    articles = refused = 0
    started = time.perf_counter()
    for doc in documents("feed_items_2026"):
        unit = TextUnit(unit_id="", text=doc["text"] or "", title=doc["title"])
        if reject_reason(unit):
            refused += 1
            continue
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
    print(
        f"articles {articles} ({refused} more are refused by the extractor), links {len(links)}, "
        f"{articles / took:.0f} articles a second"
    )
    sample = random.Random(options.seed).sample(links, min(100, len(links)))
    print(*sample, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=("press", "yahoo", "feeds"))
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    {"press": press, "yahoo": yahoo, "feeds": feeds}[options.which](
        TickerLinker.from_reference(), options
    )


if __name__ == "__main__":
    main()

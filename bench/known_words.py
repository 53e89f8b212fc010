"""Rebuilds extractors/events/lexicon/known_words.txt.gz: words too frequent to name one company.

Reads en_lexeme_prob.json.gz of the `spacy-lookups-data` package (MIT): the log probability of
English word forms. Keeps the 60,000 most frequent alphabetic words. A word that is mostly in lower
case is marked `c` (common), one that is mostly capitalised `n` (a name).

    python bench/known_words.py path/to/en_lexeme_prob.json.gz
"""

import gzip
import json
import sys
from pathlib import Path

SIZE = 60_000
TARGET = Path(__file__).parent.parent / "extractors" / "events" / "lexicon" / "known_words.txt.gz"


def known_words(probabilities: dict[str, float]) -> list[str]:
    """Return lines "word<space>class", sorted by word."""
    lower: dict[str, float] = {}
    upper: dict[str, float] = {}
    for form, logp in probabilities.items():
        if form.isascii() and form.isalpha() and len(form) > 1:
            side = lower if form.islower() else upper
            side[form.lower()] = max(side.get(form.lower(), -99.0), logp)
    best = {w: max(lower.get(w, -99.0), upper.get(w, -99.0)) for w in lower.keys() | upper.keys()}
    kept = sorted(best, key=lambda w: (-best[w], w))[:SIZE]
    return [
        f"{w} {'c' if lower.get(w, -99.0) >= upper.get(w, -99.0) else 'n'}" for w in sorted(kept)
    ]


def main() -> None:
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as file:
        lines = known_words(json.load(file))
    TARGET.parent.mkdir(exist_ok=True)
    with TARGET.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as out:
        out.write(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()

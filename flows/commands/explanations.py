"""Find the text for `policywire explain` and print its explanation."""

import re
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extractors.explaining.explain import explain
from extractors.explaining.explanation import (
    ExplainedCandidate,
    ExplainedSentence,
    Explanation,
    Value,
    place_of,
)
from extractors.explaining.page import page_of, stop_reason, told
from extractors.extract import Extractor
from extractors.reading.cascade import looks_like_headline
from extractors.text.dates import parse_published
from extractors.text.readable import encodable
from extractors.text.sentences import split_sentences
from flows.base.settings import Settings
from flows.feeds.feed_list import load_feeds
from models.errors import ConfigError, WarehouseError
from models.event import TextUnit
from warehouse.articles.articles import find_article
from warehouse.snapshot import open_snapshot

WIDTH = 100
SHORTEST_ID = 8
_ID = re.compile(rf"[0-9a-f]{{{SHORTEST_ID},32}}")
_CANDIDATE_STYLE = {True: "green", False: "yellow"}


def explained_unit(unit: TextUnit, html: Path | None = None) -> Explanation:
    """Return the explanation of a text; with `html`, also write it there as a page.

    Raises ConfigError when the page cannot be written.
    """
    explanation = explain(unit, Extractor())
    if html is not None:
        try:
            html.write_text(page_of(explanation), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--html: {html} cannot be written: {error}") from error
    return explanation


def unit_named(
    given: str,
    settings: Settings,
    *,
    title: str | None = None,
    kind: str | None = None,
    published: str | None = None,
) -> TextUnit:
    """Return the article with this id from the snapshot, or the given text itself.

    Without `kind`, several sentences are an article, one is a headline or a sentence. Raises
    WarehouseError when it looks like an id but no article has it; ConfigError for a bad date.
    """
    if is_id(given):
        return unit_of_article(given, settings)
    text = encodable(given)
    day = parse_published(published)
    if published and day is None:
        raise ConfigError(f"--published: not a date: {published!r}; write 2025-10-01")
    return TextUnit(
        unit_id="text",
        text=text,
        title=encodable(title) if title else None,
        kind=kind or kind_of(text, title),
        published=day or date.today(),
    )


def is_id(given: str) -> bool:
    """Return whether this looks like an article id rather than a text."""
    return _ID.fullmatch(given) is not None


def kind_of(text: str, title: str | None) -> str:
    """Guess the kind: article if it has a title or several sentences, else headline or sentence."""
    sentences = list(split_sentences(text[:5000])) if text.strip() else []
    if title or len(sentences) > 1:
        return "article"
    bare = not text.rstrip().endswith((".", "!", ";", ":"))
    return "headline" if bare or looks_like_headline(text) else "sentence"


def unit_of_article(article_id: str, settings: Settings) -> TextUnit:
    """Return the article from the published snapshot as the extract stage reads it."""
    # Imports Prefect, which is slow and not needed for a plain text.
    from flows.extract import unit_of

    con = open_snapshot(settings.snapshot)
    try:
        article = find_article(con, article_id)
    finally:
        con.close()
    if article is None:
        raise WarehouseError(f"no article {article_id} in {settings.snapshot}")
    return unit_of(article, {feed.feed_id: feed for feed in load_feeds(settings.feeds)})


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Print the explanation, no wider than the console; no text is interpreted as markup."""
    unit = explanation.unit
    about = f"{unit.kind}, {len(unit.text):,} characters"
    if unit.published:
        about += f", read as of {unit.published}"
    line(console, f"{about}, extractor {explanation.extractor_version}", style="dim")
    for sentence in explanation.sentences:
        show_sentence(sentence, console)
    show_stopped(explanation, console)
    console.print()
    line(console, told(explanation), style="bold")
    for event in explanation.events:
        lead = "  (lead)" if event.is_lead else ""
        line(
            console,
            f'  {event.type.value} {event.status.value} {event.factuality.value} "{event.trigger}" '
            f"{event.field} {event.start}-{event.end} {event.confidence:.2f}{lead}",
        )


def show_sentence(sentence: ExplainedSentence, console: Console) -> None:
    """Print one sentence: its words, its parse, and the decision on each candidate."""
    console.print()
    read_as = ", read as a headline" if sentence.headline else ""
    line(console, f"{place_of(sentence)}{read_as}", style="bold")
    indented(console, Text(" ".join(sentence.text.split())), 2)
    indented(console, Text(sentence.why, style="dim"), 2)
    console.print()
    for branch in sentence.branches:
        relation = Text(f"{branch.relation:<9} ", style="cyan")
        shown = relation + Text(branch.text)
        if "[" in branch.text:
            shown += Text(f" {branch.tag}", style="dim")
        indented(console, shown, 4 + 2 * min(branch.depth, 12))
    for candidate in sentence.candidates:
        show_candidate(candidate, console)


def show_stopped(explanation: Explanation, console: Console) -> None:
    """Print the sentences that were looked at and not parsed; those without letters are counted."""
    shown = [stop for stop in explanation.stopped if stop.stage != "letters"]
    if shown:
        console.print()
        line(console, "not read further", style="bold")
    for stop in shown:
        indented(console, Text(" ".join(stop.text.split())), 2)
        indented(console, Text(f"{place_of(stop)}, {stop_reason(stop)}", style="dim"), 4)


def show_candidate(candidate: ExplainedCandidate, console: Console) -> None:
    """Print one candidate: the verdict, the evidence and, for an event, its values."""
    taken = candidate.event is not None
    console.print()
    verdict = "EVENT" if taken else candidate.verdict
    head = Text(f"{verdict:<8} ", style=_CANDIDATE_STYLE[taken]) + Text(
        f"{candidate.reading}  {candidate.rule}", style="bold"
    )
    indented(console, head, 2)
    indented(console, Text(candidate.why), 4)
    table = grid()
    for clue in candidate.clues:
        table.add_row(
            Text(clue.kind, style="cyan"),
            Text(f'"{clue.text}" {clue.start}-{clue.end}'),
            Text(f"{clue.says}: {clue.rule}" + (f" ({clue.note})" if clue.note else "")),
        )
    for value in (*candidate.labels, *candidate.arguments):
        table.add_row(*cells(value))
    console.print(Padding(table, (0, 0, 0, 4), expand=False))


def grid() -> Table:
    """Return a table of three columns without lines: what, which, why."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=13, no_wrap=True)
    table.add_column(max_width=34)
    table.add_column()
    return table


def cells(value: Value) -> tuple[Text, Text, Text]:
    """Return a label or argument as a row; an empty one shows a dash."""
    style = "" if value.value else "dim"
    return (
        Text(value.name, style="cyan"),
        Text(value.value or "-", style=style),
        Text(value.reason, style=style),
    )


def line(console: Console, text: str, style: str = "") -> None:
    """Print one wrapped paragraph."""
    console.print(Text(text, style=style))


def indented(console: Console, text: Text, by: int) -> None:
    """Print one wrapped paragraph with every line indented."""
    console.print(Padding(text, (0, 0, 0, by), expand=False))

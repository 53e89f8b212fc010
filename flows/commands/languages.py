"""`policywire languages`: official headlines in other languages that likely tell a step."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.options import Config, TextFormatOption, Warehouse, stored

if TYPE_CHECKING:
    from collections import Counter

    from extractors.languages.gate import LikelyStep

COLUMNS = ("date", "language", "publisher", "type", "words", "headline", "url", "article_id")
SPARED = ("publisher", "words", "language", "url", "article_id")
# The newest ones that are looked at.
MOST_HEADLINES = 20_000


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("languages")(languages)


def languages(
    language: Annotated[
        str | None, typer.Option("--language", help="One language: de, es, fr, ja, pt or zh.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also headlines that likely tell no step.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Headlines to show.")] = 20,
    format: TextFormatOption = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """List official headlines in other languages that likely tell a step, newest first.

    They are stored, but the extractor does not read them, so they are in no
    view of events. A list of words marks them when you ask: a hint for a
    reader of the language, not an event. docs/LANGUAGES.md says how good it is.

    [bold]Examples[/bold]

      policywire languages

      policywire languages --language zh --all --format vertical
    """
    from collections import Counter

    from extractors.languages.gate import LANGUAGES, likely_step
    from flows.base.answers import form_for, print_left_out, write_rows
    from flows.base.known_values import check_value
    from flows.base.screen import say
    from warehouse.connection import load_query
    from warehouse.snapshot import query

    settings = stored(config, warehouse)
    check_value("--language", language, LANGUAGES)
    found = query(
        settings.snapshot,
        load_query("official_headlines"),
        {"languages": [language] if language else list(LANGUAGES), "most": MOST_HEADLINES},
    )
    stored_in: Counter[str] = Counter()
    marked_in: Counter[str] = Counter()
    rows: list[tuple[object, ...]] = []
    for code, seen_at, publisher, title, url, article_id in found.rows:
        step = likely_step(str(title), str(code))
        stored_in[str(code)] += 1
        marked_in[str(code)] += step is not None
        if step is not None or every:
            rows.append(
                (f"{seen_at:%Y-%m-%d}", code, publisher, *told(step), title, url, article_id)
            )
    write_rows(COLUMNS, rows[:limit], format, optional=SPARED)
    if form_for(format, None) == "table":
        say(counts(stored_in, marked_in))
    print_left_out(len(rows) - limit)


def told(step: "LikelyStep | None") -> tuple[str | None, str | None]:
    """The type that the words of a headline suggest, and these words."""
    return (step.type.value, f"{step.type_words}, {step.step_words}") if step else (None, None)


def counts(stored_in: "Counter[str]", marked_in: "Counter[str]") -> str:
    """How many official headlines are stored in each language, and how many are marked."""
    if not stored_in:
        return "no official feed has delivered a headline in these languages"
    parts = (f"{marked_in[code]} of {count} in {code}" for code, count in sorted(stored_in.items()))
    return f"official headlines that likely tell a step: {', '.join(parts)}"

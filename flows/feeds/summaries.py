"""Reports feeds that give only summaries, too short for most events, and what can be done."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from extractors.text.plain_text import fragment_text
from flows.base.settings import Settings
from flows.feeds.feed_list import load_feeds
from models.feed import Feed, ParsedFeed
from warehouse.connection import load_query
from warehouse.snapshot import query

# Hardly any text this short names a measure, its step and its parties.
SHORT_CHARS = 600
_SAMPLE = 50


def summaries_note(settings: Settings, since: datetime) -> str:
    """One line about new articles since `since` that are only summaries; "" if there are none."""
    found = query(
        settings.snapshot, load_query("pass_summaries"), {"since": since, "short": SHORT_CHARS}
    )
    return summaries_line(found.rows, load_feeds(settings.feeds))


def summaries_line(rows: Sequence[Sequence[object]], feeds: Sequence[Feed]) -> str:
    """The line for rows of (feed_id, articles, summaries among them)."""
    articles = sum(int(str(row[1])) for row in rows)
    summaries = sum(int(str(row[2])) for row in rows)
    if not summaries:
        return ""
    poor = {str(row[0]) for row in rows if int(str(row[2]))}
    allowed = sum(feed.feed_id in poor and feed.full_text for feed in feeds)
    text = (
        f"{summaries} of {articles} new articles are summaries only "
        f"(under {SHORT_CHARS} characters), which name few events"
    )
    if allowed:
        text += f"; {counted(allowed)} full_text on and the page gave no more"
    if len(poor) > allowed:
        text += (
            f"; {counted(len(poor) - allowed)} full_text off: where the feed's terms allow it, "
            "set full_text = true in the feed list"
        )
    return text


def counted(feeds: int) -> str:
    return f"{feeds} {'feed has' if feeds == 1 else 'feeds have'}"


def summary_hint(feed: Feed, parsed: ParsedFeed | None) -> str:
    """A hint for a feed whose entries are only summaries; "" if they are not."""
    if parsed is None or not parsed.entries:
        return ""
    lengths = [
        len(fragment_text(entry.content_html or entry.summary_html))
        for entry in parsed.entries[:_SAMPLE]
    ]
    usual = int(median(lengths))
    if usual >= SHORT_CHARS:
        return ""
    text = f"summaries only, usually {usual} characters"
    if feed.full_text:
        return f"{text}; full_text is on: article pages are read where robots.txt allows"
    return (
        f"{text}; full_text is off; its terms: {feed.terms or 'not in the list, ask the publisher'}"
    )

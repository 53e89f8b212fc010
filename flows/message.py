"""A notice as people read it: plain text, Markdown or HTML.

Everything in it came from feeds, so everything is escaped, and only http(s) links are links.
"""

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from models.alert import AlertCandidate, EarlierStep, Notice
from models.headline import day_words, rate_words, shorten, words
from models.security import TickerLink

FORMATS = ("text", "markdown", "html")
EVIDENCE_LIMIT = 600
DIGEST_LIMIT = 200
TICKER_LIMIT = 12
FOLDED = {
    "hourly": "hourly digest",
    "daily": "daily digest",
    "quiet": "held during quiet hours",
    "throttle": "held by the throttle",
}
SIGNS = {"+": "gains", "-": "loses", "?": "unclear"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """How one format says bold, link, list and paragraph. `escape` is applied to every value."""

    escape: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str]
    quote: Callable[[str], str]
    items: Callable[[list[str]], str]
    join: Callable[[list[str]], str]


def subject(notice: Notice) -> str:
    """The title line: severity and headline, one line, safe in a mail header."""
    return shorten(f"[{notice.severity.value.upper()}] {clean_line(title_of(notice))}", 240)


def title_of(notice: Notice) -> str:
    """The headline, or for a digest what it holds: "Rule x, daily digest: 14 developments"."""
    if not notice.parts:
        return notice.headline
    count = len(notice.parts)
    kind = FOLDED.get(notice.fold_reason or "", "digest")
    return f"{notice.rule_id}, {kind}: {count} development{'s' if count != 1 else ''}"


def render(notice: Notice, style: str = "text") -> str:
    """The whole message in one of FORMATS. Raises KeyError on another."""
    markup = MARKUPS[style]
    if notice.parts:
        return digest_body(notice, markup)
    return markup.join(notice_blocks(notice, markup))


def notice_blocks(notice: Notice, m: Markup) -> list[str]:
    """The paragraphs of one notice, in the order a desk reads them."""
    blocks = [m.strong(m.escape(clean_line(notice.headline)))]
    if notice.refers_to_headline:
        sent = f", sent {minute(notice.refers_to_sent_at)}" if notice.refers_to_sent_at else ""
        link = "Corrects" if notice.kind == "correction" else "Update of"
        blocks.append(m.escape(f"{link}: {clean_line(notice.refers_to_headline)}{sent}"))
    if notice.candidate is not None:
        blocks += fact_blocks(notice.candidate, m)
    blocks.append(
        m.escape(f"Rule {notice.rule_id} · {notice.severity.value} · notice {notice.alert_id}")
    )
    return blocks


def fact_blocks(c: AlertCandidate, m: Markup) -> list[str]:
    """Evidence, source, what is known of it, tickers, and the steps before."""
    blocks = []
    if c.evidence:
        blocks.append(m.quote(m.escape(shorten(clean_line(c.evidence), EVIDENCE_LIMIT))))
    blocks.append(source_line(c, m))
    blocks.append(m.escape(known_line(c)))
    if c.tickers:
        lines = [ticker_line(ties, m) for ties in alike(c.tickers)]
        blocks.append(m.escape("Tickers touched:") + "\n" + m.items(lines))
    if c.earlier:
        lines = [m.escape(step_line(step)) for step in c.earlier]
        blocks.append(m.escape("Earlier steps of this measure:") + "\n" + m.items(lines))
    return blocks


def alike(ties: Sequence[TickerLink]) -> list[list[TickerLink]]:
    """Ties that have the same link, sign and reason together, in the order they came."""
    groups: dict[tuple[str, str, str], list[TickerLink]] = {}
    for tie in ties:
        groups.setdefault((tie.link, tie.sign, tie.why), []).append(tie)
    return list(groups.values())


def ticker_line(ties: Sequence[TickerLink], m: Markup) -> str:
    """Listings that are touched in the same way, and how: "XNYS:MP - (loses), exposed: why"."""
    first = ties[0]
    names = ", ".join(m.strong(m.escape(tie.listing)) for tie in ties[:TICKER_LIMIT])
    if len(ties) > TICKER_LIMIT:
        names += m.escape(f" and {len(ties) - TICKER_LIMIT} more")
    sign = f"{first.sign} ({SIGNS.get(first.sign, first.sign)})"
    return f"{names} " + m.escape(clean_line(f"{sign}, {first.link}: {first.why}"))


def source_line(c: AlertCandidate, m: Markup) -> str:
    """Publisher, title and link."""
    source = m.escape(f"Source: {clean_line(c.publisher or 'unknown')}")
    title = clean_line(c.title or "")
    url = safe_url(c.url)
    if url:
        return f"{source}, {m.link(m.escape(title or url), url)}"
    return source + (m.escape(f", {title}") if title else "")


def known_line(c: AlertCandidate) -> str:
    """First seen, confirmations, and how sure."""
    parts = [f"First seen {minute(c.first_seen_at)}"]
    if c.published_at:
        parts.append(f"published {minute(c.published_at)}")
    many = "" if c.confirmations == 1 else "s"
    parts.append(f"{c.confirmations} confirmation{many}")
    parts.append(f"{words(c.novelty)} · {words(c.factuality)} · {c.polarity}")
    if c.confidence is not None:
        parts.append(f"confidence {c.confidence:.2f}")
    return ", ".join(parts)


def step_line(step: EarlierStep) -> str:
    """One earlier step: its day, status, rate and end."""
    day = step.decision_date.isoformat() if step.decision_date else step.first_seen_at.date()
    parts = [f"{day_words(str(day))}: {words(step.status)}"]
    if step.rate_value is not None:
        parts.append(rate_words(step.rate_value, step.rate_unit))
    if step.end_date:
        parts.append(f"until {day_words(step.end_date)}")
    return ", ".join(parts)


def digest_body(notice: Notice, m: Markup) -> str:
    """A line for each notice folded in, oldest first, with its link; the count on top."""
    lines = []
    for part in notice.parts[:DIGEST_LIMIT]:
        url = safe_url(part.candidate.url) if part.candidate else None
        text = m.escape(clean_line(part.headline))
        lines.append(f"{m.escape(minute(part.created_at))} {m.link(text, url) if url else text}")
    if len(notice.parts) > DIGEST_LIMIT:
        lines.append(m.escape(f"and {len(notice.parts) - DIGEST_LIMIT} more: see view alerts"))
    foot = m.escape(f"Rule {notice.rule_id} · digest {notice.alert_id}")
    return m.join([m.strong(m.escape(clean_line(title_of(notice)))), m.items(lines), foot])


def payload(notice: Notice) -> dict[str, Any]:
    """The notice as JSON for machines; the same on every attempt, so that a repeat is a repeat."""
    return {
        "alert_id": notice.alert_id,
        "kind": notice.kind,
        "rule": notice.rule_id,
        "severity": notice.severity.value,
        "channel": notice.channel,
        "created_at": notice.created_at.isoformat(),
        "headline": clean_line(title_of(notice)),
        "refers_to": notice.refers_to,
        "text": render(notice, "text"),
        "development": _plain(notice.candidate) if notice.candidate else None,
        "folded": len(notice.parts),
        "fold_reason": notice.fold_reason if notice.parts else None,
        "developments": [_plain(part.candidate) for part in notice.parts if part.candidate],
    }


def payload_bytes(notice: Notice) -> bytes:
    """`payload` as UTF-8 JSON on one line."""
    return json.dumps(payload(notice), ensure_ascii=False, separators=(",", ":")).encode()


def clean_line(text: str) -> str:
    """One line without control or direction-override characters: safe as a title or header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def safe_url(url: str | None) -> str | None:
    """The URL if it is http(s) and holds nothing that could break out of a link, else None."""
    if url and re.fullmatch(r"https?://[^\s<>\"'`\\^{}|]+", url):
        return url
    return None


def minute(moment: datetime | None) -> str:
    """A time to the minute, UTC."""
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "unknown"


def _plain(candidate: AlertCandidate) -> dict[str, Any]:
    fields = asdict(candidate)
    del fields["predicates_met"]
    return {key: _json_value(value) for key, value in fields.items()}


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    return value


def _escape_markdown(text: str) -> str:
    # Entities for the marks of HTML: a backslash before "<" does not stop every converter.
    return html.escape(_MARKDOWN.sub(r"\\\1", text), quote=False)


def _markdown_link(text: str, url: str) -> str:
    return f"[{text}]({url.replace('(', '%28').replace(')', '%29')})"


def _html_link(text: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{text}</a>'


MARKUPS: dict[str, Markup] = {
    "text": Markup(
        escape=lambda text: text,
        strong=lambda text: text,
        link=lambda text, url: url if text == url else f"{text} <{url}>",
        quote=lambda text: f'"{text}"',
        items=lambda lines: "\n".join(f"- {line}" for line in lines),
        join=lambda blocks: "\n\n".join(blocks) + "\n",
    ),
    "markdown": Markup(
        escape=_escape_markdown,
        strong=lambda text: f"**{text}**",
        link=_markdown_link,
        quote=lambda text: f"> {text}",
        items=lambda lines: "\n" + "\n".join(f"- {line}" for line in lines),
        join=lambda blocks: "\n\n".join(blocks) + "\n",
    ),
    "html": Markup(
        escape=html.escape,
        strong=lambda text: f"<b>{text}</b>",
        link=_html_link,
        quote=lambda text: f"<blockquote>{text}</blockquote>",
        items=lambda lines: "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>",
        join=lambda blocks: "".join(
            block if block.startswith("<blockquote>") else f"<div>{block}</div>" for block in blocks
        ),
    ),
}

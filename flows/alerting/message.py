"""Write a notice as plain text, Markdown or HTML for the service it goes to, or as JSON.

Its texts come from feeds, so every value is escaped, and only http(s) addresses become links.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from models import harmless
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
# Levels of detail: everything, less for a channel with a small limit, the minimum.
WHOLE, SHORT, BARE = range(3)
EVIDENCE_LIMITS = {WHOLE: EVIDENCE_LIMIT, SHORT: 200}
LINES_LIMITS = {WHOLE: None, SHORT: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """How one format writes bold, link, list and paragraph. `escape` is applied to every value."""

    escape: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str]
    quote: Callable[[str], str]
    items: Callable[[list[str]], str]
    join: Callable[[list[str]], str]


def subject(notice: Notice) -> str:
    """Return the title: severity, grade and headline on one line, safe in a mail header.

    "[FLASH, confirmed] China: export licensing suspended".
    """
    marks = [notice.severity.value.upper()]
    if notice.candidate is not None and notice.candidate.grade:
        marks.append(notice.candidate.grade)
    return shorten(f"[{', '.join(marks)}] {harmless.line(title_of(notice))}", 240)


def title_of(notice: Notice) -> str:
    """Return the headline; for a digest, "chip-curbs, daily digest: 14 developments"."""
    if not notice.parts:
        return notice.headline
    count = len(notice.parts)
    kind = FOLDED.get(notice.fold_reason or "", "digest")
    return f"{notice.rule_id}, {kind}: {count} development{'s' if count != 1 else ''}"


def render(notice: Notice, style: str = "text", service: str = "") -> str:
    """Return the whole message in one of FORMATS. Raises KeyError for another format."""
    markup = markup_for(style, service)
    if notice.parts:
        return digest_body(notice, markup)
    return markup.join(notice_blocks(notice, markup))


def notice_blocks(notice: Notice, m: Markup, detail: int = WHOLE) -> list[str]:
    """Return the paragraphs of one notice, the most important first."""
    blocks = [m.strong(m.escape(notice.headline))]
    if notice.refers_to_headline and detail < BARE:
        sent = f", sent {minute(notice.refers_to_sent_at)}" if notice.refers_to_sent_at else ""
        kind = "Corrects" if notice.kind == "correction" else "Update of"
        blocks.append(m.escape(f"{kind}: {notice.refers_to_headline}{sent}"))
    if notice.candidate is not None:
        blocks += fact_blocks(notice.candidate, m, detail)
    foot = f"Rule {notice.rule_id} · {notice.severity.value} · notice {notice.alert_id}"
    if notice.candidate is not None:
        foot += f" · measure {notice.candidate.measure_id}"
    blocks.append(m.escape(foot))
    return blocks


def fact_blocks(c: AlertCandidate, m: Markup, detail: int = WHOLE) -> list[str]:
    """Return paragraphs with evidence, source, facts, tickers and earlier steps."""
    if detail == BARE:
        return [source_line(c, m)]
    blocks = []
    if c.evidence:
        quoted = shorten(harmless.line(c.evidence), EVIDENCE_LIMITS[detail])
        blocks.append(m.quote(m.escape(quoted)))
    blocks.append(source_line(c, m))
    blocks.append(m.escape(known_line(c)))
    most = LINES_LIMITS[detail]
    if c.tickers:
        lines = [ticker_line(ties, m) for ties in alike(c.tickers)][:most]
        blocks.append(m.escape("Tickers touched:") + "\n" + m.items(lines))
    if c.earlier:
        lines = [m.escape(step_line(step)) for step in c.earlier[-(most or len(c.earlier)) :]]
        blocks.append(m.escape("Earlier steps of this measure:") + "\n" + m.items(lines))
    return blocks


def alike(ties: Sequence[TickerLink]) -> list[list[TickerLink]]:
    """Group ties with the same link, sign and reason, keeping their order."""
    groups: dict[tuple[str, str, str], list[TickerLink]] = {}
    for tie in ties:
        groups.setdefault((tie.link, tie.sign, tie.why), []).append(tie)
    return list(groups.values())


def ticker_line(ties: Sequence[TickerLink], m: Markup) -> str:
    """Return listings affected in the same way, and how: "XNYS:MP - (loses), exposed: why"."""
    first = ties[0]
    names = ", ".join(m.strong(m.escape(tie.listing)) for tie in ties[:TICKER_LIMIT])
    if len(ties) > TICKER_LIMIT:
        names += m.escape(f" and {len(ties) - TICKER_LIMIT} more")
    sign = f"{first.sign} ({SIGNS.get(first.sign, first.sign)})"
    return f"{names} " + m.escape(f"{sign}, {first.link}: {first.why}")


def source_line(c: AlertCandidate, m: Markup) -> str:
    """Return publisher, grade, title and link."""
    source = m.escape(f"Source: {c.publisher or 'unknown'}{attested(c)}")
    title = harmless.line(c.title or "")
    url = harmless.link(c.url)
    if url:
        return f"{source}, {m.link(m.escape(title) if title else url, url)}"
    return source + (m.escape(f", {title}") if title else "")


def attested(c: AlertCandidate) -> str:
    """Return the grade in brackets: " (reported)", " (confirmed by The White House)"."""
    if not c.grade:
        return ""
    other = c.official_source if c.official_source != c.publisher else None
    return f" ({c.grade} by {other})" if other else f" ({c.grade})"


def known_line(c: AlertCandidate) -> str:
    """Return times, confirmations, novelty, factuality, polarity and confidence."""
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
    """Return one earlier step: its day, status, rate and end."""
    day = step.decision_date.isoformat() if step.decision_date else step.first_seen_at.date()
    parts = [f"{day_words(str(day))}: {words(step.status)}"]
    if step.rate_value is not None:
        parts.append(rate_words(step.rate_value, step.rate_unit))
    if step.end_date:
        parts.append(f"until {day_words(step.end_date)}")
    return ", ".join(parts)


def digest_lines(notice: Notice, m: Markup) -> list[str]:
    """Return a line for each notice in the digest, oldest first, with its link."""
    lines = []
    for part in notice.parts:
        url = harmless.link(part.candidate.url) if part.candidate else None
        text = m.escape(part.headline)
        lines.append(f"{m.escape(minute(part.created_at))} {m.link(text, url) if url else text}")
    return lines


def digest_body(
    notice: Notice, m: Markup, lines: Sequence[str] | None = None, left_out: int = 0
) -> str:
    """Return a digest: its title, its lines (by default the first 200), how many are left out."""
    if lines is None:
        every = digest_lines(notice, m)
        lines, left_out = every[:DIGEST_LIMIT], max(len(every) - DIGEST_LIMIT, 0)
    shown = [*lines, m.escape(f"and {left_out} more: see view alerts")] if left_out else list(lines)
    foot = m.escape(f"Rule {notice.rule_id} · digest {notice.alert_id}")
    return m.join([m.strong(m.escape(title_of(notice))), m.items(shown), foot])


def payload(notice: Notice) -> dict[str, Any]:
    """Return the notice as JSON; the same on every attempt, so receivers can detect repeats."""
    fields = {
        "alert_id": notice.alert_id,
        "kind": notice.kind,
        "rule": notice.rule_id,
        "severity": notice.severity.value,
        "channel": notice.channel,
        "created_at": notice.created_at.isoformat(),
        "headline": title_of(notice),
        "refers_to": notice.refers_to,
        "development": _plain(notice.candidate) if notice.candidate else None,
        "folded": len(notice.parts),
        "fold_reason": notice.fold_reason if notice.parts else None,
        "developments": [_plain(part.candidate) for part in notice.parts if part.candidate],
    }
    made: dict[str, Any] = harmless.structure(fields)
    return {**made, "text": render(notice, "text")}


def payload_bytes(notice: Notice, most_bytes: int | None = None) -> bytes:
    """Return `payload` as UTF-8 JSON on one line.

    A digest longer than `most_bytes` keeps the developments that fit; `developments_left_out`
    counts the others.
    """
    fields = payload(notice)
    body = _json_bytes(fields)
    if most_bytes is None or len(body) <= most_bytes:
        return body
    every = fields["developments"]
    kept = len(every)
    while kept and len(body) > most_bytes:
        kept = min(kept - 1, kept * most_bytes // len(body))
        cut = {"developments": every[:kept], "developments_left_out": len(every) - kept}
        body = _json_bytes({**fields, **cut})
    return body


def _json_bytes(fields: dict[str, Any]) -> bytes:
    return harmless.json_text(fields, separators=(",", ":")).encode()


def minute(moment: datetime | None) -> str:
    """Return a time to the minute, UTC."""
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


def markup_for(style: str, service: str = "") -> Markup:
    """Return the markup of a format for a service (the scheme of its Apprise address).

    Raises KeyError for a format not in FORMATS.
    """
    words = harmless.SERVICES.get(service, harmless.chat)
    if style == "text":
        return replace(MARKUPS[style], escape=words)
    if style == "html":
        # Apprise turns HTML back into text for services without it, so escape their signs as well.
        return replace(MARKUPS[style], escape=lambda text: harmless.chat_html(text, words))
    return MARKUPS[style]


def _markdown_link(text: str, url: str) -> str:
    return f"[{text}]({url})"


def _html_link(text: str, url: str) -> str:
    return f'<a href="{harmless.html(url)}">{text}</a>'


MARKUPS: dict[str, Markup] = {
    "text": Markup(
        escape=harmless.chat,
        strong=lambda text: text,
        link=lambda text, url: url if text == url else f"{text} <{url}>",
        quote=lambda text: f'"{text}"',
        items=lambda lines: "\n".join(f"- {line}" for line in lines),
        join=lambda blocks: "\n\n".join(blocks) + "\n",
    ),
    "markdown": Markup(
        escape=harmless.markdown,
        strong=lambda text: f"**{text}**",
        link=_markdown_link,
        quote=lambda text: f"> {text}",
        items=lambda lines: "\n" + "\n".join(f"- {line}" for line in lines),
        join=lambda blocks: "\n\n".join(blocks) + "\n",
    ),
    "html": Markup(
        escape=harmless.chat_html,
        strong=lambda text: f"<b>{text}</b>",
        link=_html_link,
        quote=lambda text: f"<blockquote>{text}</blockquote>",
        items=lambda lines: "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>",
        join=lambda blocks: "".join(
            block if block.startswith("<blockquote>") else f"<div>{block}</div>" for block in blocks
        ),
    ),
}

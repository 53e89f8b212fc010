"""A notice as people read it: plain text, Markdown or HTML, for the service it goes to.

Everything in it came from feeds, so everything is escaped, and only http(s) links are links.
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
# How much of a notice is told: all of it, less where a channel takes less, the least that says it.
WHOLE, SHORT, BARE = range(3)
EVIDENCE_LIMITS = {WHOLE: EVIDENCE_LIMIT, SHORT: 200}
LINES_LIMITS = {WHOLE: None, SHORT: 3}


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
    return shorten(f"[{notice.severity.value.upper()}] {harmless.line(title_of(notice))}", 240)


def title_of(notice: Notice) -> str:
    """The headline, or for a digest what it holds: "Rule x, daily digest: 14 developments"."""
    if not notice.parts:
        return notice.headline
    count = len(notice.parts)
    kind = FOLDED.get(notice.fold_reason or "", "digest")
    return f"{notice.rule_id}, {kind}: {count} development{'s' if count != 1 else ''}"


def render(notice: Notice, style: str = "text", service: str = "") -> str:
    """The whole message in one of FORMATS. Raises KeyError on another."""
    markup = markup_for(style, service)
    if notice.parts:
        return digest_body(notice, markup)
    return markup.join(notice_blocks(notice, markup))


def notice_blocks(notice: Notice, m: Markup, detail: int = WHOLE) -> list[str]:
    """The paragraphs of one notice, in the order a desk reads them."""
    blocks = [m.strong(m.escape(notice.headline))]
    if notice.refers_to_headline and detail < BARE:
        sent = f", sent {minute(notice.refers_to_sent_at)}" if notice.refers_to_sent_at else ""
        kind = "Corrects" if notice.kind == "correction" else "Update of"
        blocks.append(m.escape(f"{kind}: {notice.refers_to_headline}{sent}"))
    if notice.candidate is not None:
        blocks += fact_blocks(notice.candidate, m, detail)
    blocks.append(
        m.escape(f"Rule {notice.rule_id} · {notice.severity.value} · notice {notice.alert_id}")
    )
    return blocks


def fact_blocks(c: AlertCandidate, m: Markup, detail: int = WHOLE) -> list[str]:
    """Evidence, source, what is known of it, tickers, and the steps before."""
    if detail == BARE:
        return [source_line(c, m)]
    blocks = []
    if c.evidence:
        told = shorten(harmless.line(c.evidence), EVIDENCE_LIMITS[detail])
        blocks.append(m.quote(m.escape(told)))
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
    return f"{names} " + m.escape(f"{sign}, {first.link}: {first.why}")


def source_line(c: AlertCandidate, m: Markup) -> str:
    """Publisher, title and link."""
    source = m.escape(f"Source: {c.publisher or 'unknown'}")
    title = harmless.line(c.title or "")
    url = harmless.link(c.url)
    if url:
        return f"{source}, {m.link(m.escape(title) if title else url, url)}"
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


def digest_lines(notice: Notice, m: Markup) -> list[str]:
    """A line for each notice folded in, oldest first, with its link."""
    lines = []
    for part in notice.parts:
        url = harmless.link(part.candidate.url) if part.candidate else None
        text = m.escape(part.headline)
        lines.append(f"{m.escape(minute(part.created_at))} {m.link(text, url) if url else text}")
    return lines


def digest_body(
    notice: Notice, m: Markup, lines: Sequence[str] | None = None, left_out: int = 0
) -> str:
    """The count on top and the lines of what is folded in; by default as many as are read."""
    if lines is None:
        every = digest_lines(notice, m)
        lines, left_out = every[:DIGEST_LIMIT], max(len(every) - DIGEST_LIMIT, 0)
    told = [*lines, m.escape(f"and {left_out} more: see view alerts")] if left_out else list(lines)
    foot = m.escape(f"Rule {notice.rule_id} · digest {notice.alert_id}")
    return m.join([m.strong(m.escape(title_of(notice))), m.items(told), foot])


def payload(notice: Notice) -> dict[str, Any]:
    """The notice as JSON for machines; the same on every attempt, so that a repeat is a repeat."""
    told = {
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
    made: dict[str, Any] = harmless.structure(told)
    return {**made, "text": render(notice, "text")}


def payload_bytes(notice: Notice, most_bytes: int | None = None) -> bytes:
    """`payload` as UTF-8 JSON on one line; of a digest that is longer than `most_bytes`, the
    developments that fit, with how many were left out in `developments_left_out`.
    """
    told = payload(notice)
    body = _json_bytes(told)
    if most_bytes is None or len(body) <= most_bytes:
        return body
    every = told["developments"]
    kept = len(every)
    while kept and len(body) > most_bytes:
        kept = min(kept - 1, kept * most_bytes // len(body))
        cut = {"developments": every[:kept], "developments_left_out": len(every) - kept}
        body = _json_bytes({**told, **cut})
    return body


def _json_bytes(told: dict[str, Any]) -> bytes:
    return harmless.json_text(told, separators=(",", ":")).encode()


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


def markup_for(style: str, service: str = "") -> Markup:
    """How a format is written for a service, by the name its Apprise address starts with.

    Raises KeyError when the format is none of FORMATS.
    """
    words = harmless.SERVICES.get(service, harmless.chat)
    if style == "text":
        return replace(MARKUPS[style], escape=words)
    if style == "html":
        # A service without HTML gets it back as text: its own signs are escaped as well.
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

"""Sanitise text from outside: one function per destination.

Headlines, names, addresses and server responses are untrusted. Every output uses one of these
functions: `terminal`, `log`, `csv_cell`, `json_text`, `metric_label`, `html`, `chart`; for channels
that people read `chat`, `discord`, `slack`, `telegram`, `teams`, `mail`, `markdown`; `structure`
for webhook bodies; `link` for addresses that may be followed.

None of them lets a control character, a direction override or an invisible character through.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

# Invisible and meaningless to readers, but they break the parsers of mentions and links.
BREAK = "\u200b"
# Format characters that scripts need: joiners of Persian, Hindi and emoji, and signs that precede a
# number (Unicode 16, Prepended_Concatenation_Mark).
WRITING = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd"
)
# A complete address: no space, no quote, nothing that could end a link early.
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\^{}|\x00-\x20\x7f]+", re.IGNORECASE)
# What chats interpret: mentions, tags, entities, links with their own text.
_MENTION = re.compile(r"([@＠<!]|&(?=#?\w+;)|\](?=[(\[]))(?=\S)")
# Any scheme except http(s); a listing ("XNYS:MP") does not count as one.
_SCHEME = re.compile(
    r"\b(?!(?i:https?):)(?![A-Z0-9]{4}:[A-Z0-9.-]{1,12}(?![\w/:,;(+=]))"
    r"([A-Za-z][A-Za-z0-9+.-]*:)(?=[^\s\d])"
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~])")
_CHAT_MARKS = re.compile(r"([\\`*_~|\[\]()#>]|^\s*[-+](?=\s))")
# A cell that a spreadsheet would evaluate, also if another separator splits the line.
_FORMULA = re.compile(r"(^|[;|\n])(\s*)(?=[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"[+-]?[\d.,]*\d%?")
# What GitHub turns into a link without a scheme.
_HOST = re.compile(r"www\.|xmpp:|mailto:", re.IGNORECASE)
# Words, numbers, dates and identifiers: Markdown reads nothing else in them.
_PLAIN = re.compile(r"[+-]?[A-Za-z0-9]+(?:(?:[ _:.,-]|, |: )[A-Za-z0-9]+)*%?")


def line(text: str) -> str:
    """Return one line without control, invisible or direction-override characters."""
    return " ".join(text.translate(_ONE_LINE).split())


def lines(text: str) -> str:
    """Like `line` for several lines: line feeds stay, other control characters go."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_MANY_LINES)


def terminal(text: str) -> str:
    """For a terminal or a pipe: no escape sequences, whatever the encoding."""
    return lines(text)


def log(text: str) -> str:
    """For plain-line logs: one message stays on one line."""
    return line(text)


def csv_cell(value: Any) -> Any:
    """For a CSV cell: a text that a spreadsheet would read as a formula gets an apostrophe.

    Numbers, and texts that are numbers, are unchanged. Source: OWASP, CSV Injection.
    """
    if not isinstance(value, str):
        return value
    text = lines(value)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1\2'", text)


def json_text(value: Any, **options: Any) -> str:
    """JSON, for programs and terminals alike: dangerous characters are written as \\uXXXX.

    Nothing is lost: parsing the JSON gives the original text.
    """
    return json.dumps(value, ensure_ascii=False, **options).translate(_JSON)


def metric_label(text: str) -> str:
    """For a label value in the Prometheus text format, escaped as the format requires."""
    return line(text).replace("\\", r"\\").replace('"', r"\"")


def html(text: str) -> str:
    """For the text or an attribute of a web page."""
    return escape(lines(text), quote=True)


def chart(text: str) -> str:
    """For a chart title: matplotlib reads text between dollar signs as a formula."""
    return line(text).replace("$", r"\$")


def chat(text: str) -> str:
    """For chats, push services and mail: nobody is pinged, and no text becomes a hidden link.

    A zero-width space breaks `@name`, `<...>`, entities, `[text](address)` and every scheme except
    http(s). It is invisible to readers. Source: discord.py's escape_mentions does the same.
    """
    return _SCHEME.sub(rf"\1{BREAK}", unmentioned(text))


def unmentioned(text: str) -> str:
    """Return one line without mentions, tags, entities or links with their own text."""
    return _MENTION.sub(rf"\1{BREAK}", line(text))


def discord(text: str) -> str:
    """For Discord, which reads Markdown in plain messages: Markdown characters get a backslash.

    Source: support.discord.com, Markdown Text 101.
    """
    return _CHAT_MARKS.sub(r"\\\1", chat(text))


def slack(text: str) -> str:
    """For Slack, where `<...>` pings and links (docs.slack.dev, Formatting).

    Does not use Slack's entities: Apprise decodes those that look like a mention.
    """
    return chat(text).replace("<", "‹").replace(">", "›")


def telegram(text: str) -> str:
    """For Telegram: `@name` pings; HTML is escaped later (core.telegram.org/bots/api)."""
    return chat(text)


def teams(text: str) -> str:
    """For Teams, whose adaptive cards read Markdown and `<at>`: Markdown gets a backslash."""
    return _CHAT_MARKS.sub(r"\\\1", chat(text))


def mail(text: str) -> str:
    """For a mail body, where readers turn addresses into links: only http(s) stays intact."""
    return chat(text)


def mail_header(text: str) -> str:
    """For a mail's subject and other headers: one line."""
    return line(text)


def markdown(text: str) -> str:
    """For CommonMark: all Markdown characters are escaped, all HTML characters become entities."""
    return escape(_MARKDOWN.sub(r"\\\1", chat(text)), quote=False)


def markdown_cell(text: str) -> str:
    """For a cell of a Markdown table: like `markdown`, but names, numbers and links stay readable.

    A text that is one address becomes a link to itself.
    """
    words = line(text)
    if _PLAIN.fullmatch(words) and not _HOST.search(words):
        return words
    address = link(words)
    return f"<{address}>" if address else markdown(words)


def chat_html(text: str, words: Callable[[str], str] = chat) -> str:
    """For a channel that takes HTML.

    `words` is the service's own function, used if the service converts the HTML back into text.
    """
    return escape(words(text), quote=True)


def structure(value: Any) -> Any:
    """For a webhook body: no text pings when it is forwarded, and every address is a `link`.

    An address that may not be followed becomes null.
    """
    if isinstance(value, str):
        return link(value) or unmentioned(value)
    if isinstance(value, Mapping):
        return {
            key: link(item) if key == "url" and isinstance(item, str) else structure(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [structure(item) for item in value]
    return value


def link(url: str | None) -> str | None:
    """Return the address if it is safe to follow, else None.

    Safe means http(s), no user name, nothing that ends a link early. Characters with a meaning in
    some format (brackets, `@`, `*`) are percent-encoded.
    """
    if not url or not _ADDRESS.fullmatch(url) or line(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc:
        return None
    path, query, fragment = (
        quote(part, safe="/:;,=&?%+-._$!") for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, parts.netloc, path, query, fragment))


# The function for a channel's text, by the service name in the channel's address.
SERVICES: Mapping[str, Callable[[str], str]] = {
    "discord": discord,
    "slack": slack,
    "tgram": telegram,
    "workflow": teams,
    "workflows": teams,
    "msteams": teams,
    "mailto": mail,
    "mailtos": mail,
}


class _Table(dict[int, int | str]):
    """A table for str.translate that computes a character's replacement on first use."""

    def __init__(self, replace: Callable[[str], str], kept: str = "") -> None:
        super().__init__((ord(char), char) for char in kept)
        self.replace = replace

    def __missing__(self, code: int) -> str:
        self[code] = found = self.replace(chr(code))
        return found


def _plain(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    if kind == "Cs":
        return "\ufffd"
    return "" if kind == "Co" or (kind == "Cf" and char not in WRITING) else char


def _escaped(char: str) -> str:
    if _plain(char) == char:
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2] for at in range(0, len(units), 2))
    return "".join(f"\\u{int.from_bytes(pair):04x}" for pair in pairs)


_ONE_LINE = _Table(_plain)
_MANY_LINES = _Table(_plain, "\n")
_JSON = _Table(_escaped, "\n")

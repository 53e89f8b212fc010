"""HTML fragments of feeds as plain text: paragraphs stay, mark-up and boilerplate go."""

import html
import re

from lxml import etree
from lxml import html as lxml_html
from lxml.html import defs

from extractors.text.invisible import visible

# What looks like mark-up: a name, and attributes with values. "<for Japan>" is text.
_TAG = re.compile(
    r"</?([a-zA-Z][\w:.-]{0,40})(?:\s+[^\s=<>\"'/]{1,60}(?:\s*=\s*"
    r"(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s\"'<>]{1,2000}))?){0,30}\s*/?>"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_OPENING = re.compile(r"</?([a-zA-Z][\w:.-]{0,40})")
_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_LONGEST_TITLE = 5000
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*\n\s*")
_LINES = re.compile(r" *\n *")
# Control characters, lone surrogates and the two non-characters: not text, or not valid UTF-8.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SILENT = frozenset(
    """
    script style noscript template iframe object embed svg math form button select textarea nav
    aside video audio canvas map
    """.split()  # noqa: SIM905 - a long list is easier to read without quotes
)
_BLOCKS = frozenset(
    """
    address article blockquote dd details div dl dt fieldset figcaption figure footer h1 h2 h3
    h4 h5 h6 header hr li main ol p pre section table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - a long list is easier to read without quotes
)
# Boilerplate that blog engines append to a feed item.
_TAIL = re.compile(
    r"(?:^|\n\n)(?:The post .{1,300}? appeared first on .{1,120}|"
    r"(?:Continue reading|Read more|Read the full (?:story|article)|Keep reading)\b.{0,200}|"
    r"\[?(?:…|\.\.\.)\]?)\s*$",
    re.IGNORECASE,
)


def without_controls(text: str) -> str:
    """Return the text without control characters and lone surrogates."""
    return _UNFIT.sub("", text)


def title_text(title: str) -> str:
    """Return a title as one plain line: tags removed, entities resolved, overlong ones cut."""
    title = title[:_LONGEST_TITLE]
    if "<" in title:
        title = _SCRIPT.sub(" ", title)
        title = _COMMENT.sub(" ", title)
        closed = _closed(title)
        title = _TAG.sub(lambda m: " " if _is_markup(m, closed) else m.group(), title)
    # Some publishers escape twice: if an entity is still visible after one round, resolve again.
    for _ in range(2):
        title = _resolved(title)
    return " ".join(visible(title).split())


def plain_as_html(text: str) -> str:
    """Return plain text as equivalent HTML; text with HTML tags is unchanged."""
    if any(_is_html(found[1]) for found in _TAG.finditer(text)):
        return text
    text = _resolved(text).replace("\r\n", "\n")
    paragraphs = (p for p in re.split(r"\n[^\S\n]*\n\s*", text) if p.strip())
    return "".join(
        f"<p>{html.escape(p, quote=False).replace(chr(10), '<br>')}</p>" for p in paragraphs
    )


def fragment_text(fragment: str) -> str:
    """Return the text of an HTML fragment, paragraphs separated by a blank line; may be empty."""
    if not fragment or fragment.isspace():
        return ""
    if "<" not in fragment and "&" not in fragment:
        return _tidy(fragment.replace("\r\n", "\n"))
    fragment = without_controls(fragment)
    if not any(_is_html(found[1]) for found in _TAG.finditer(fragment)) and "<!--" not in fragment:
        return _tidy(_resolved(fragment))
    try:
        root = lxml_html.fragment_fromstring(_with_words(fragment), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return _tidy(_resolved(_TAG.sub("\n\n", fragment)))
    pieces: list[str] = []
    _collect(root, pieces)
    return _tidy(_resolved("".join(pieces)))


def _is_html(name: str) -> bool:
    return name.lower() in defs.tags or ":" in name or "-" in name


def _is_markup(found: re.Match[str], closed: set[str]) -> bool:
    return _is_html(found[1]) or found[1].lower() in closed or "=" in found.group()


def _closed(fragment: str) -> set[str]:
    return {m[1].lower() for m in _OPENING.finditer(fragment) if m.group()[1] == "/"}


def _with_words(fragment: str) -> str:
    """Return the fragment with `<` escaped where no mark-up follows: "<for Japan>", "<10%"."""
    closed = _closed(fragment)

    def escape(found: re.Match[str]) -> str:
        name = found[1]
        known = _is_html(name) or name.lower() in closed
        return found.group() if known else f"&lt;{found.group()[1:]}"

    return re.sub(r"<(?=[\d\s=])", "&lt;", _OPENING.sub(escape, fragment))


def _resolved(text: str) -> str:
    """Return the text with entities resolved; a bare `&` and unknown names stay."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text)


def _collect(root: lxml_html.HtmlElement, pieces: list[str]) -> None:
    # Iterative, not recursive: hostile feeds nest thousands of elements.
    stack: list[tuple[lxml_html.HtmlElement, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        name = element.tag if isinstance(element.tag, str) else ""
        block = name in _BLOCKS
        if closing:
            pieces.append("\n\n" if block else "")
            if element is not root:
                pieces.append(_flat(element.tail))
            continue
        if not name or name in _SILENT:
            pieces.append(_flat(element.tail))
            continue
        if name == "br":
            pieces.append("\n")
        elif block:
            pieces.append("\n\n")
        pieces.append(element.text or "" if name == "pre" else _flat(element.text))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))


def _flat(text: str | None) -> str:
    # A line break in HTML source is a space; only elements separate paragraphs.
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", visible(text))
    text = _LINES.sub("\n", _BREAKS.sub("\n\n", text)).strip()
    return _TAIL.sub("", text).rstrip()

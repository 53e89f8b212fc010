"""Repairs the faults in a feed's text that stop a strict XML parser, and only those.

A bare `&` ("AT&T", `?a=1&b=2`) or `<` ("<10%") is escaped; HTML entities that XML does not know
(`&nbsp;`) become their characters; references to invalid characters and control characters are
removed. CDATA and comments are unchanged. The XML declaration then says UTF-8.
"""

import html
import html.entities
import re
from typing import Final

_DECLARATION: Final = re.compile(
    r"(<\?xml[^>]{0,200}?encoding\s*=\s*)(\"[^\"]{0,40}\"|'[^']{0,40}')"
)
# Not allowed in XML 1.0.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_KNOWN_TO_XML: Final = (
    r"amp;|lt;|gt;|quot;|apos;"
    r"|#(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4}|5[0-4]\d{3});"
)
# "below <10%": no tag begins with a digit or a blank.
_NO_TAG: Final = r"<(?![\w:/!?])|<(?=\d)"
_ODD: Final = re.compile(rf"&(?!{_KNOWN_TO_XML})|{_NO_TAG}")
_MARK: Final = re.compile(
    rf"<!\[CDATA\[|\]\]>|<!--|-->|{_NO_TAG}|&(?!{_KNOWN_TO_XML})"
    r"(?:#(?P<number>\d{1,9}|[xX][0-9a-fA-F]{1,8});|(?P<name>[A-Za-z][A-Za-z0-9]{0,31});)?"
)
_ENDS: Final = {"<![CDATA[": "]]>", "<!--": "-->"}


def repaired(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text, ready for a strict parser, and notes on what was repaired."""
    notes: list[str] = []
    if text[:1].isspace() and text.lstrip()[:5] == "<?xml":
        text = text.lstrip()
        notes.append("space before the XML declaration")
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", text)
        notes.append("control characters")
    if text.startswith("<?xml"):
        text = _DECLARATION.sub(r"\1'utf-8'", text, count=1)
    # A document that declares its own entities is left to the parser.
    if _ODD.search(text) and "<!ENTITY" not in text:
        text = _with_ampersands(text)
    return text, tuple(notes)


def _with_ampersands(text: str) -> str:
    """Return the text with each invalid `&` escaped, in one pass."""
    parts: list[str] = []
    done, waits_for, half = 0, "", ""
    for mark in _MARK.finditer(text):
        found = mark.group()
        if waits_for:
            waits_for = "" if found == waits_for else waits_for
        elif found in _ENDS:
            waits_for = _ENDS[found]
        elif found == "<":
            parts += text[done : mark.start()], "&lt;"
            done = mark.end()
        elif found[0] == "&":
            # Two consecutive references can be the halves of one surrogate pair.
            plain = _plain(mark, half if mark.start() == done else "")
            half = plain if _is_half(plain) else ""
            parts += text[done : mark.start()], "" if half else plain
            done = mark.end()
    return "".join((*parts, text[done:]))


def _plain(mark: re.Match[str], half: str) -> str:
    """Return the replacement for a reference that XML does not know."""
    if number := mark["number"]:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        if code > 0x10FFFF:
            return ""
        if half and 0xDC00 <= code < 0xE000:
            joined = (half + chr(code)).encode("utf-16-le", "surrogatepass")
            return joined.decode("utf-16-le", "ignore")
        character = chr(code)
        return "" if _CONTROLS.match(character) or 0xDC00 <= code < 0xE000 else _escaped(character)
    if mark["name"]:
        meant = html.entities.html5.get(f"{mark['name']};")
        return _escaped(meant) if meant else f"&amp;{mark.group()[1:]}"
    return "&amp;"


def _is_half(text: str) -> bool:
    return len(text) == 1 and "\ud800" <= text < "\udc00"


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)

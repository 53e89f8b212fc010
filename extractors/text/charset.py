"""Bytes to text: one rule for feeds, pages and archives.

In this order: the byte order mark; UTF-16 and UTF-32 by their zero bytes; ISO-2022 by its escapes;
UTF-8 if the bytes are valid UTF-8 apart from a few errors, because other charsets rarely look like
it; the charset declared by HTTP, the XML declaration or <meta>, if the bytes are valid in it and
form words; a detector. Unreadable bytes become U+FFFD and are counted. Labels mean what they mean
to browsers (WHATWG Encoding Standard, 4.2: `iso-8859-1` is Windows-1252, `gb2312` is gb18030, and
so on).
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Final

from extractors.text.plausible_text import plausible

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Codecs for each label, the usual one first.
_READ_AS: Final = {
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254",),
    "iso8859-11": ("cp874",),
    "tis-620": ("cp874",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "euc_kr": ("cp949",),
    "big5": ("cp950", "big5hkscs"),
    "cp950": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "shift_jisx0213"),
    "cp932": ("cp932", "shift_jisx0213"),
    "euc_jp": ("euc_jp", "euc_jis_2004"),
    "iso2022_jp": ("iso2022_jp_ext", "iso2022_jp_2004"),
}
_ALIASES: Final = {
    "x-sjis": "shift_jis",
    "windows-31j": "shift_jis",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gbk",
    "x-x-big5": "big5",
    "big5-hkscs": "big5",
    "ks_c_5601-1989": "euc_kr",
    "windows-949": "euc_kr",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso8859-8",
    "dos-874": "cp874",
}
# Servers declare these by default, without checking the content.
_BY_DEFAULT: Final = frozenset({"iso8859-1", "ascii", "cp1252"})
_UNICODE: Final = frozenset({"utf-8", "utf-8-sig", "utf-7", "utf-16", "utf-32"}) | {
    f"utf-{bits}-{order}" for bits in (16, 32) for order in ("le", "be")
}
# Python codecs that are not text charsets; decoding with them can fail in odd ways.
_ODD_CODECS: Final = frozenset(
    {"idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape"}
    | {"raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_XML: Final = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_META: Final = re.compile(rb"""<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
_HTTP: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
# Surrogate pairs encoded as two characters, as some Java and MySQL programs do.
_CESU: Final = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_ESCAPES: Final = (
    (re.compile(rb"\x1b\$(?:[@B]|\([DOPQ])|\x1b\([JI]"), "iso2022_jp"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
)
_SAMPLE: Final = 200_000
_PIECE: Final = re.compile(rb"[^<>\r\n]+")
_PIECES: Final = 200
_LONG_PIECE: Final = 2000
# The share of non-ASCII characters that may be unreadable before a charset is dropped.
_FEW: Final = 0.02
_GUESSES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A decoded text, its charset, and how much could not be read.

    `replaced` counts U+FFFD characters, from us or from the publisher; `replaced_share` is their
    share of the text. `notes` describe anomalies.
    """

    text: str
    charset: str
    replaced: int = 0
    notes: tuple[str, ...] = ()

    @property
    def replaced_share(self) -> float:
        """Return replaced characters divided by all characters, 0 to 1."""
        return self.replaced / len(self.text) if self.text else 0.0


def decoded(body: bytes, *, content_type: str | None = None, page: bool = False) -> Decoded:
    """Decode a body; never raises. With `page`, look for <meta> as well as the XML declaration."""
    declared = _HTTP.search(content_type or "")
    http = charset_named(declared[1]) if declared else None
    inside = _inside(body, page=page)
    return (
        _by_byte_order_mark(body, http or inside)
        or _by_zeros(body)
        or _by_escapes(body)
        or _as_utf8(body, http, inside)
        or _as_declared(body, http, inside)
        or _as_detected(body, http, inside)
    )


def charset_named(name: str) -> str | None:
    """Return Python's name of the charset for a label; None if the label is unknown."""
    label = name.strip().lower()
    try:
        known = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    text = getattr(known, "_is_text_encoding", True) and known.name not in _ODD_CODECS
    return known.name if text else None


def _inside(body: bytes, *, page: bool) -> str | None:
    found = _XML.match(body[:1000].removeprefix(codecs.BOM_UTF8))
    if found is None and page:
        found = _META.search(body[:8192])
    return charset_named(found[1].decode("ascii")) if found else None


def _by_byte_order_mark(body: bytes, declared: str | None) -> Decoded | None:
    for mark, name in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            if name == "utf-8" and not _mostly_utf8(rest, declared_utf8=True):
                return None
            notes: tuple[str, ...] = ()
            if declared and not name.startswith(declared.removesuffix("-sig")[:6]):
                notes = (f"declared as {declared}, but is {name} by its byte order mark",)
            return _result(
                _utf8(rest) if name == "utf-8" else rest.decode(name, "replace"), name, notes
            )
    return None


def _by_zeros(body: bytes) -> Decoded | None:
    """Detect UTF-16 or UTF-32 without a mark: mark-up is ASCII, so its other bytes are zero."""
    head = body[:4096]
    if head.count(0) * 8 < len(head) or not head:
        return None
    zeros = [head[n::4].count(0) * 4 / len(head) for n in range(4)]
    low, high = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if min(zeros[:2]) > 0.9:
        name = "utf-32-be"
    elif min(zeros[2:]) > 0.9:
        name = "utf-32-le"
    elif low > 5 * high:
        name = "utf-16-be"
    elif high > 5 * low:
        name = "utf-16-le"
    else:
        return None
    return _result(body.decode(name, "replace"), name, (f"is {name} without a byte order mark",))


def _by_escapes(body: bytes) -> Decoded | None:
    if b"\x1b" not in body:
        return None
    for escape, name in _ESCAPES:
        if escape.search(body):
            best = _best(body, name)
            if best.replaced <= _FEW * max(1, _beyond_ascii(best.text)):
                return best
    return None


def _as_utf8(body: bytes, http: str | None, inside: str | None) -> Decoded | None:
    declared = http or inside
    if not _mostly_utf8(body, declared_utf8="utf-8" in (http, inside)):
        return None
    # Servers declare ISO-8859-1 by default, and any charset may be declared without checking.
    wrong = declared is not None and declared not in ("utf-8", "ascii") and not body.isascii()
    return _result(
        _utf8(body), "utf-8", (f"declared as {declared}, but is utf-8",) if wrong else ()
    )


def _mostly_utf8(body: bytes, *, declared_utf8: bool) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = _utf8(body)
    else:
        return True
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    good = _beyond_ascii(text) - text.count("\ufffd")
    return good >= bad if declared_utf8 else good >= 3 * bad


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        joined = _CESU.sub(_one_character, body)
        return joined.decode("utf-8", "replace")


def _one_character(pair: re.Match[bytes]) -> bytes:
    text = pair.group().decode("utf-8", "surrogatepass")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


def _as_declared(body: bytes, http: str | None, inside: str | None) -> Decoded | None:
    for name in _declared(http, inside):
        read = _best(body, name)
        if not _makes_words(read):
            continue
        notes = [f"declared as {n}, but is not" for n in (http, inside) if n in _UNICODE]
        likely = _detected(b"\n".join(_pieces(body)), name)
        if likely and _best(body, likely).text != read.text:
            notes.append(f"declared as {name}, looks like {likely}")
        return _result(read.text, read.charset, tuple(dict.fromkeys(notes)))
    return None


def _declared(http: str | None, inside: str | None) -> list[str]:
    """Return the declared charsets, likelier first: a server's default counts least."""
    declared = [name for name in (http, inside) if name and name not in _UNICODE]
    if inside and http in _BY_DEFAULT:
        declared.reverse()
    return list(dict.fromkeys(declared))


def _as_detected(body: bytes, http: str | None, inside: str | None) -> Decoded:
    declared = _declared(http, inside)
    said = http or inside
    note = f"declared as {said}, but is not" if said else "no charset declared"
    pieces = _pieces(body)
    name = _detected(b"\n".join(pieces), None) or _voted(pieces)
    if name is None:
        # Nothing forms words, so the declaration may be right.
        name = declared[0] if declared else "cp1252"
        note = f"no charset fits, {'one was' if declared else 'none'} declared"
    read = _best(body, name)
    return _result(read.text, read.charset, (note, f"taken for {read.charset}"))


def _pieces(body: bytes) -> list[bytes]:
    """Return the pieces of a body with non-ASCII bytes, without declarations and mark-up."""
    pieces = (found.group() for found in _PIECE.finditer(body))
    return list(islice((p[:_LONG_PIECE] for p in pieces if not p.isascii()), _PIECES))


def _voted(pieces: list[bytes]) -> str | None:
    """Return the charset of most pieces; one bad byte would spoil a guess for the whole body."""
    votes: Counter[str] = Counter()
    for piece in pieces:
        if name := _detected(piece, None):
            votes[name] += len(piece)
    return votes.most_common(1)[0][0] if votes else None


def _detected(body: bytes, declared: str | None) -> str | None:
    """Return the likeliest charset in which the bytes form words; None if there is none."""
    import chardet  # slow to load, so only for unknown charsets

    era = chardet.EncodingEra.MODERN_WEB | chardet.EncodingEra.LEGACY_ISO
    found = chardet.detect_all(body, encoding_era=era, ignore_threshold=True)
    for guess in found[:_GUESSES]:
        name = charset_named(guess["encoding"] or "")
        if name and name not in _UNICODE and name != declared and _makes_words(_best(body, name)):
            return name
        if name and name == declared:
            return None
    return None


def _makes_words(read: Decoded) -> bool:
    few = read.replaced <= max(2, _FEW * _beyond_ascii(read.text))
    return few and plausible(read.text[:_SAMPLE])


def _best(body: bytes, name: str) -> Decoded:
    """Decode with whichever codec of the charset reads most of the bytes."""
    readings = []
    for codec in _READ_AS.get(name, (name,)):
        try:
            return _result(body.decode(codec), name)
        except (UnicodeError, ValueError):
            readings.append(_result(body.decode(codec, "replace"), name))
    return min(readings, key=lambda read: read.replaced)


def _result(text: str, charset: str, notes: tuple[str, ...] = ()) -> Decoded:
    replaced = text.count("\ufffd")
    return Decoded(text=text, charset=charset, replaced=replaced, notes=notes)


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))

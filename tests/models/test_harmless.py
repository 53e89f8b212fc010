"""Every hostile text through every destination: nothing is executed and nobody is pinged."""

import csv
import html
import io
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import harmless

TEXTS: list[str] = json.loads(
    Path(__file__).parents[1].joinpath("data/hostile/texts.json").read_text("utf-8")
)
CHATS: list[Callable[[str], str]] = [
    harmless.chat,
    harmless.discord,
    harmless.slack,
    harmless.telegram,
    harmless.teams,
    harmless.mail,
    harmless.markdown,
    harmless.chat_html,
    lambda text: harmless.chat_html(text, harmless.discord),
]
LINES = [*CHATS, harmless.line, harmless.log, harmless.mail_header, harmless.metric_label]
PLACES = [*LINES, harmless.lines, harmless.terminal, harmless.html, harmless.chart]
PING = re.compile(r"@(everyone|here|all|U0A)|<[!@#a-zA-Z/]|!channel|&lt;[!@]|<at>")


def obeyed(text: str, *, lines: bool) -> list[str]:
    """The characters of a text that a terminal, log or reader would obey or not see."""
    return [
        char
        for char in text
        if char not in ("\n" if lines else "")
        and char != harmless.BREAK
        and char not in harmless.WRITING
        and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
    ]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", TEXTS)
def test_no_control_override_or_invisible_character_passes(
    place: Callable[[str], str], text: str
) -> None:
    told = place(text)
    assert not obeyed(told, lines=place not in LINES)
    told.encode()


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("text", TEXTS)
def test_nobody_is_pinged_and_only_http_becomes_a_link(
    chat: Callable[[str], str], text: str
) -> None:
    # Also if the service, or Apprise, decodes entities and backslashes.
    told = chat(text)
    for seen in (told, html.unescape(told), html.unescape(html.unescape(told)).replace("\\", "")):
        assert not PING.search(seen), ascii(seen)
        assert "](" not in seen
        assert not re.search(r"(?i)(javascript|data|tg|file):[^\u200b]", seen)


@pytest.mark.parametrize("text", TEXTS)
def test_markdown_characters_are_escaped(text: str) -> None:
    for told in (harmless.discord(text), harmless.teams(text), harmless.markdown(text)):
        bare = re.sub(r"\\.", "", told)
        assert not set("*`|~[]") & set(bare), ascii(told)


@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_is_a_formula_with_any_separator(text: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerow(["a", harmless.csv_cell(text), 5])
    ((_, cell, _),) = csv.reader(io.StringIO(file.getvalue()))
    for part in re.split(r"[;\t|\n]", cell):
        assert not part.strip().startswith(("=", "+", "-", "@", "\t", "\r", "＝")), ascii(cell)


@pytest.mark.parametrize(
    "value", [None, True, 5, -5.5, "-5", "+10%", "-1,234.5", ".5", "", "plain", "a - b = c"]
)
def test_numbers_and_plain_texts_are_unchanged(value: object) -> None:
    assert harmless.csv_cell(value) == value


@pytest.mark.parametrize("text", TEXTS)
def test_json_keeps_the_text_and_displays_no_control_character(text: str) -> None:
    told = harmless.json_text({"title": text})
    assert json.loads(told) == {"title": text}
    assert not obeyed(told, lines=False)
    assert harmless.BREAK not in told


@pytest.mark.parametrize("text", TEXTS)
def test_html_is_text_and_a_label_is_one_label(text: str) -> None:
    assert not set('<>"') & set(harmless.html(text))
    assert not re.search(r'(?<!\\)(\\\\)*"', harmless.metric_label(text))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://e.example/a?b=1&c=2#d", "https://e.example/a?b=1&c=2#d"),
        ("https://e.example/)(x[y]*z", "https://e.example/%29%28x%5By%5D%2Az"),
        ("https://e.example/@everyone", "https://e.example/%40everyone"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("https://user:pw@e.example/a", None),
        ('https://e.example/"><script>x</script>', None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://e.example/a", None),
        ("https://e.example/a b", None),
        ("https://e.example/\u202ea", None),
        ("https://", None),
        ("http://[::1", None),
        (None, None),
    ],
)
def test_only_safe_http_addresses_are_links(url: str | None, told: str | None) -> None:
    assert harmless.link(url) == told


def test_a_structure_keeps_ids_listings_and_numbers_and_drops_bad_addresses() -> None:
    told = harmless.structure(
        {
            "id": "0123abcd",
            "listing": "XNYS:MP",
            "rate": 25.0,
            "url": "javascript:alert(1)",
            "first_url": "https://e.example/a@b",
            "items": [{"title": "@everyone", "url": "https://e.example/a"}, None],
        }
    )
    assert (told["id"], told["listing"]) == ("0123abcd", "XNYS:MP")
    assert told["first_url"] == "https://e.example/a%40b"
    assert told["rate"] == 25.0
    assert told["url"] is None
    assert told["items"] == [{"title": "@\u200beveryone", "url": "https://e.example/a"}, None]


def test_listings_and_times_are_not_schemes() -> None:
    for text in ("XNYS:MP - (loses)", "First seen 14:30", "see https://e.example/a", "why: so"):
        assert harmless.chat(text) == text


@given(st.text(max_size=200))
def test_any_text_gives_one_writable_line(text: str) -> None:
    for place in LINES:
        told = place(text)
        assert len(told.splitlines()) <= 1
        told.encode()
    assert json.loads(harmless.json_text(text)) == text

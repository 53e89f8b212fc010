"""Bytes in every charset, with a correct, wrong, missing or double declaration."""

from datetime import UTC, datetime
from itertools import product

import pytest

from extractors.feeds.parse import parse_feed
from extractors.text.charset import decoded
from models.errors import FeedParseError
from models.feed import FetchedFeed

LATIN = "Größere Hersteller prüfen Maßnahmen gegen die Erhöhung der Zölle, sagte der Präsident"
CZECH = "Česko zavádí clo na ocel z Číny, řekl ministr průmyslu. Příští měsíc začne platit"
RUSSIAN = "Россия вводит запрет на экспорт бензина до конца года, сообщило министерство"
JAPANESE = "経済産業省は半導体材料の輸出管理を強化すると発表した。対象はガリウムなどレアメタル"
CHINESE = "中国商务部宣布对镓、锗相关物项实施出口管制，自八月一日起正式实施"
TAIWANESE = "經濟部宣布對半導體設備實施出口管制，並將於下個月生效，業者表示影響有限"
KOREAN = "산업통상자원부는 반도체 소재 수출 통제를 강화한다고 발표했다. 다음 달부터 시행된다"
TEXTS = {
    "utf-8": LATIN,
    "utf-8-sig": RUSSIAN,
    "utf-16": JAPANESE,
    "utf-16-le": CZECH,
    "utf-16-be": CHINESE,
    "cp1252": LATIN,
    "iso-8859-1": LATIN,
    "iso-8859-2": CZECH,
    "iso-8859-5": RUSSIAN,
    "iso-8859-15": LATIN,
    "koi8-r": RUSSIAN,
    "cp1251": RUSSIAN,
    "shift_jis": JAPANESE,
    "cp932": JAPANESE,
    "euc-jp": JAPANESE,
    "iso-2022-jp": JAPANESE,
    "gb18030": CHINESE,
    "gbk": CHINESE,
    "big5": TAIWANESE,
    "euc-kr": KOREAN,
}
WRONG = ("utf-8", "iso-8859-1", "iso-8859-2", "windows-1251", "koi8-r", "shift_jis", "gb2312")


def feed_of(text: str, said: str | None) -> str:
    told = f" encoding='{said}'" if said else ""
    return (
        f"<?xml version='1.0'{told}?><rss version='2.0'><channel><title>T</title><item>"
        f"<title>{text[:30]}</title><link>https://a.example/1</link>"
        f"<description>{text}</description></item></channel></rss>"
    )


def fetched(body: bytes, http: str | None = None) -> FetchedFeed:
    kind = "text/xml" + (f"; charset={http}" if http else "")
    return FetchedFeed(
        feed_id="f",
        url="https://desk.example/feed.xml",
        status=200,
        fetched_at=datetime(2026, 11, 27, tzinfo=UTC),
        headers=(("content-type", kind),),
        body=body,
    )


@pytest.mark.parametrize("charset", TEXTS)
def test_a_correct_or_missing_declaration_is_enough(charset: str) -> None:
    text = TEXTS[charset]
    for http, inside in product((None, charset), repeat=2):
        body = feed_of(text, inside).encode(charset)
        feed = parse_feed(fetched(body, http))
        assert [e.title for e in feed.entries] == [text[:30].strip()], (http, inside, feed.notes)
        assert feed.replaced_share == 0.0


@pytest.mark.parametrize("charset", TEXTS)
def test_a_wrong_declaration_gives_the_text_or_a_note(charset: str) -> None:
    text = TEXTS[charset]
    for wrong in WRONG:
        for http, inside in ((wrong, None), (None, wrong), (wrong, charset), (charset, wrong)):
            body = feed_of(text, inside).encode(charset)
            feed = parse_feed(fetched(body, http))
            right = [e.title for e in feed.entries] == [text[:30].strip()]
            assert right or feed.replaced_share > 0 or feed.notes, (http, inside)


@pytest.mark.parametrize("charset", [c for c in TEXTS if "16" not in c])
def test_one_bad_byte_costs_one_place_and_is_counted(charset: str) -> None:
    whole = feed_of(TEXTS[charset], charset).encode(charset)
    at = whole.index(b"</description>")
    feed = parse_feed(fetched(whole[:at] + b"\xff" + whole[at:], charset))
    assert [e.title for e in feed.entries] == [TEXTS[charset][:30].strip()]
    if charset.startswith("utf-8"):
        assert 0 < feed.replaced_share < 0.01
        assert feed.bozo
        assert "1 of" in " ".join(feed.notes)


def test_undecodable_bytes_are_counted_as_replaced() -> None:
    body = "﻿<rss version='2.0'><channel><item><".encode("utf-16-le") + b"\x00\xd8\x00\xd8"
    with pytest.raises(FeedParseError) as told:
        parse_feed(fetched(body))
    assert told.value.kind == "undecodable"


def test_pages_declare_their_charset_in_meta() -> None:
    page = f"<html><head><meta charset='koi8-r'></head><p>{RUSSIAN}</p></html>".encode("koi8-r")
    assert RUSSIAN in decoded(page, content_type="text/html; charset=iso-8859-1", page=True).text


def test_two_surrogates_written_as_characters_are_one() -> None:
    assert decoded("Zölle ".encode() + b"\xed\xa0\xbd\xed\xb8\x80").text == "Zölle \U0001f600"

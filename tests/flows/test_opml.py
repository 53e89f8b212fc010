import pytest

from flows.opml import feeds_from_opml, feeds_to_opml
from models.errors import ConfigError
from models.feed import Feed

OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Trade press">
<outline type="rss" text="Desk &amp; Co" xmlUrl="https://desk.example/rss"/>
<outline type="atom" title="Blatt" text="x" xmlUrl="https://blatt.example/atom"
 language="de-DE"/></outline>
<outline text="Desk &amp; Co" xmlUrl="https://other.example/rss"/>
<outline text="Again" xmlUrl="https://desk.example/rss"/>
<outline text="Inside" xmlUrl="http://127.0.0.1:8080/admin"/>
<outline text="File" xmlUrl="file:///etc/passwd"/><outline text="Only a folder"/></body></opml>"""


def test_an_opml_file_gives_feeds_with_ids_of_their_own() -> None:
    feeds = feeds_from_opml(OPML, where="x.opml", taken=["blatt"])
    assert [(f.feed_id, f.name, f.url) for f in feeds] == [
        ("desk-co", "Desk & Co", "https://desk.example/rss"),
        ("blatt-2", "Blatt", "https://blatt.example/atom"),
        ("desk-co-2", "Desk & Co", "https://other.example/rss"),
    ]
    assert [(f.category, f.kind, f.language) for f in feeds[:2]] == [
        ("trade_press", "rss", "en"),
        ("trade_press", "atom", "de"),
    ]


def test_private_addresses_are_not_imported() -> None:
    feeds = feeds_from_opml(OPML, where="x.opml")
    assert not any("127.0.0.1" in f.url for f in feeds)


@pytest.mark.parametrize("data", [b"", b"<html/>", b"words", b"<opml", b"\xff\xfe"])
def test_what_is_no_opml_is_one_line(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^x.opml: (not OPML|no feeds)"):
        feeds_from_opml(data, where="x.opml")


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + OPML[21:].replace(
        b"Blatt", b"&a;Blatt"
    )
    names = [f.name for f in feeds_from_opml(bomb, where="x.opml")]
    assert all("\n" not in n and len(n) < 40 for n in names)


def test_export_and_import_give_the_same_feeds() -> None:
    feeds = [
        Feed(feed_id="desk", name='Desk "& Co <b>', url="https://desk.example/?a=1&b=2"),
        Feed(
            feed_id="blatt", name="Blatt", url="https://blatt.example/", kind="atom", language="de"
        ),
        Feed(feed_id="t", name="T", url="https://t.example/{q}", kind="rss_template"),
    ]
    back = feeds_from_opml(feeds_to_opml(feeds).encode(), where="x")
    assert [(f.name, f.url, f.kind, f.language) for f in back] == [
        (f.name, f.url, f.kind, f.language) for f in feeds[:2]
    ]

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from flows.feeds.feed_list import load_feeds
from flows.feeds.opml import feeds_from_opml, feeds_to_opml
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
    mine = Feed(feed_id="blatt", name="B", url="https://b.example/")
    feeds, _ = feeds_from_opml(OPML, where="x.opml", listed=[mine])
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
    feeds, count = feeds_from_opml(OPML, where="x.opml")
    assert not any("127.0.0.1" in f.url for f in feeds)
    assert [str(refusal).partition("; ")[0] for refusal in count.refusals] == [
        "line 8 'Inside': http://127.0.0.1:8080/admin: a loopback address",
        "line 9 'File': file:///etc/passwd: refused: file scheme",
    ]
    assert (count.read, count.stored, count.known, count.refused) == (6, 3, 1, 2)


LISTS = b"""<opml version="1.0"><head/><body><outline text="Trade">
<outline text="A" type="rss" xmlUrl="https://feeds.example/a.xml"/>
<outline text="B" type="RSS" xmlUrl="http://Feeds.example:80/a.xml"/>
<outline text="D" type="atom" xmlUrl="feed://feeds.example/d.xml"/>
<outline text="E" type="rss" xmlUrl="feed:https://feeds.example/e.xml"/>
<outline text="F" type="rss" htmlUrl="https://feeds.example/"/>
<outline text="G" type="rss" xmlUrl="https://feeds.example/{x}"/>
</outline></body></opml>"""


def test_one_address_is_one_feed_and_every_outline_is_accounted_for(tmp_path: Path) -> None:
    opml, mine = tmp_path / "x.opml", tmp_path / "feeds.toml"
    opml.write_bytes(LISTS)
    asked = ["feeds", "import", str(opml), "--feeds", str(mine)]
    told = CliRunner().invoke(app, [*asked, "--refused-to", str(tmp_path / "refused.jsonl")])
    assert told.exit_code == 1
    assert "x.opml: 6 read: 3 added, 1 known, 2 refused" in told.stdout
    assert "line 3 'B': http://Feeds.example:80/a.xml: a repeat of 'A', line 2" in told.output
    assert "line 6 'F': no xmlUrl" in told.output
    assert len((tmp_path / "refused.jsonl").read_text().splitlines()) == 2
    assert [feed.url for feed in load_feeds(mine)] == [
        "https://feeds.example/a.xml",
        "http://feeds.example/d.xml",
        "https://feeds.example/e.xml",
    ]
    again = CliRunner().invoke(app, [*asked, "--lenient"])
    assert again.exit_code == 0
    assert "6 read: 0 added, 4 known, 2 refused" in again.stdout


def test_broken_xml_is_reported() -> None:
    torn = LISTS.replace(b"</outline></body></opml>", b"<outline text='H' xmlUrl='https://h.e")
    feeds, count = feeds_from_opml(torn, where="x.opml")
    assert len(feeds) == 3
    assert any("broken XML" in refusal.reason for refusal in count.refusals)


@pytest.mark.parametrize("data", [b"", b"<html/>", b"words", b"<opml", b"\xff\xfe"])
def test_a_file_that_is_not_opml_is_one_line(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^x.opml: (not OPML|no feeds)"):
        feeds_from_opml(data, where="x.opml")


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + OPML[21:].replace(
        b"Blatt", b"&a;Blatt"
    )
    names = [f.name for f in feeds_from_opml(bomb, where="x.opml")[0]]
    assert all("\n" not in n and len(n) < 40 for n in names)


def test_export_and_import_give_the_same_feeds() -> None:
    feeds = [
        Feed(feed_id="desk", name='Desk "& Co <b>', url="https://desk.example/?a=1&b=2"),
        Feed(
            feed_id="blatt", name="Blatt", url="https://blatt.example/", kind="atom", language="de"
        ),
        Feed(feed_id="t", name="T", url="https://t.example/{q}", kind="rss_template"),
    ]
    back, _ = feeds_from_opml(feeds_to_opml(feeds).encode(), where="x")
    assert [(f.name, f.url, f.kind, f.language) for f in back] == [
        (f.name, f.url, f.kind, f.language) for f in feeds[:2]
    ]


def test_addresses_are_web_addresses_without_passwords() -> None:
    data = (
        b'<opml version="1.0"><body>'
        b'<outline text="A" type="rss" xmlUrl="https://user:secret@feeds.example/a.xml"/>'
        b'<outline text="B" type="rss" xmlUrl="javascript:alert(1)"/></body></opml>'
    )
    found, count = feeds_from_opml(data, where="x.opml")
    assert [feed.url for feed in found] == ["https://feeds.example/a.xml"]
    (refusal,) = count.refusals
    assert "javascript" in str(refusal)


def test_a_list_with_too_many_outlines_is_refused() -> None:
    outlines = b'<outline text="A"/>' * 10_001
    with pytest.raises(ConfigError, match="10,001 outlines, at most 10,000"):
        feeds_from_opml(b"<opml><body>" + outlines + b"</body></opml>", where="x.opml")

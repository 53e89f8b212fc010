from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from flows.base.settings import Settings, load_settings
from flows.feeds.discovery import add_feed
from flows.feeds.feed_list import load_feeds
from models.errors import ConfigError

RSS = (
    '<rss version="2.0"><channel><title>Harbour Desk</title><language>en-gb</language>'
    "<item><title>Quota cut</title><guid>1</guid><pubDate>10 Nov 2025 08:00:00 GMT</pubDate></item>"
    "</channel></rss>"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "policywire.toml"
    config.write_text("[fetch]\nhost_gap_s = 0.0\nretries = 0\n")
    listed = tmp_path / "feeds.toml"
    listed.write_text('[[feed]]\nid = "x"\nname = "X"\nurl = "https://x.example/"\n# mine\n')
    return load_settings(config, feeds=listed)


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def test_a_feed_is_found_on_a_page_and_added_below_the_rest(
    server: HTTPServer, settings: Settings
) -> None:
    server.expect_request("/").respond_with_data(
        '<html><head><link rel="alternate" type="application/rss+xml" href="/gone.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>',
        content_type="text/html",
    )
    server.expect_request("/rss.xml").respond_with_data(RSS)
    before = settings.feeds.read_text()
    feed = add_feed(settings, url_of(server, "/"))
    assert (feed.feed_id, feed.url) == ("harbour-desk", url_of(server, "/rss.xml"))
    assert settings.feeds.read_text().startswith(before.rstrip())
    assert [f.feed_id for f in load_feeds(settings.feeds)] == ["x", "harbour-desk"]
    with pytest.raises(ConfigError, match="already in"):
        add_feed(settings, url_of(server, "/rss.xml"))


def test_a_page_cannot_lead_discovery_to_another_private_port(
    server: HTTPServer, settings: Settings
) -> None:
    with HTTPServer(host="127.0.0.1") as inside:
        inside.expect_request("/secret").respond_with_data(RSS)
        server.expect_request("/").respond_with_data(
            '<html><head><link rel="alternate" type="application/rss+xml" '
            f'href="http://127.0.0.1:{inside.port}/secret"></head></html>',
            content_type="text/html",
        )
        with pytest.raises(ConfigError, match="no feed here"):
            add_feed(settings, url_of(server, "/"))
        assert not inside.log


def test_an_address_without_any_feed_is_one_line(server: HTTPServer, settings: Settings) -> None:
    server.expect_request("/").respond_with_data("<html><body>x</body></html>")
    with pytest.raises(ConfigError, match="no feed here: not a feed"):
        add_feed(settings, url_of(server, "/"))

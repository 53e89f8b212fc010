from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from flows.base.settings import Settings, load_settings
from flows.feeds.feed_check import check_feeds
from models.errors import ConfigError
from models.feed import Feed

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


def listing(settings: Settings, *feeds: Feed) -> Settings:
    settings.feeds.write_text(
        "".join(
            f'[[feed]]\nid = "{f.feed_id}"\nname = "n"\nurl = "{f.url}"\n'
            f"enabled = {str(f.enabled).lower()}\n"
            for f in feeds
        )
    )
    return settings


def test_each_feed_is_checked_and_explained(
    server: HTTPServer, feed_at: Callable[..., Feed], settings: Settings
) -> None:
    server.expect_request("/well").respond_with_data(RSS)
    server.expect_request("/page").respond_with_data("<html><body>Hi</body></html>")
    server.expect_request("/none").respond_with_data("no", status=404)
    feeds = [feed_at(p) for p in ("/well", "/page", "/none")]
    listing(settings, *feeds, feed_at("/off", enabled=False))
    rows = {row.feed_id: row for row in check_feeds(settings, None)}
    assert {name: row.cells[1] for name, row in rows.items()} == {
        "well": "ok",
        "page": "not_a_feed",
        "none": "http_404",
    }
    assert [rows[name].failed for name in ("well", "page", "none")] == [False, True, True]
    assert rows["well"].cells[3] == 1
    assert "browser" in str(rows["page"].cells[-1])
    assert "check the address" in str(rows["none"].cells[-1])


def test_a_disabled_feed_is_checked_when_it_is_named(
    server: HTTPServer, feed_at: Callable[..., Feed], settings: Settings
) -> None:
    server.expect_request("/off").respond_with_data(RSS)
    listing(settings, feed_at("/off", enabled=False))
    assert check_feeds(settings, "off")[0].cells[1] == "ok"
    with pytest.raises(ConfigError, match="no feed 'nope'"):
        check_feeds(settings, "nope")

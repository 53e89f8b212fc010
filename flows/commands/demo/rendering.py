"""Render demo articles as RSS 2.0, RSS 1.0 and Atom feeds, and as web pages with navigation."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from flows.commands.demo.material import DemoArticle, DemoFeed

_EPOCH = datetime(2018, 1, 1, tzinfo=UTC)


def page_path(article: DemoArticle) -> str:
    """Return the path of an article's web page."""
    return f"/a/{article.article_id}.html"


def newest(articles: Sequence[DemoArticle]) -> datetime:
    """Return when the latest article was published; 1 January 2018 without articles."""
    return max((a.published_at for a in articles), default=_EPOCH)


def render_feed(feed: DemoFeed, articles: Sequence[DemoArticle], base_url: str) -> str:
    """Return the feed as an XML document, in its format."""
    render = {"rss2": _rss2, "rss1": _rss1, "atom": _atom}[feed.format]
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + render(feed, articles, base_url)


def _rss2(feed: DemoFeed, articles: Sequence[DemoArticle], base_url: str) -> str:
    items = "\n".join(
        f"""<item>
<title>{escape(a.title)}</title>
<link>{base_url}{page_path(a)}</link>
<guid isPermaLink="false">{a.guid}</guid>
<pubDate>{format_datetime(a.published_at)}</pubDate>
<description>{escape(a.summary)}</description>{_encoded(feed, a)}
</item>"""
        for a in articles
    )
    return f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>{escape(feed.name)}</title>
<link>{base_url}/</link>
<description>{escape(feed.publisher)}</description>
<language>en</language>
<lastBuildDate>{format_datetime(newest(articles))}</lastBuildDate>
{items}
</channel>
</rss>
"""


def _rss1(feed: DemoFeed, articles: Sequence[DemoArticle], base_url: str) -> str:
    links = "\n".join(f'<rdf:li rdf:resource="{a.guid}"/>' for a in articles)
    items = "\n".join(
        f"""<item rdf:about="{a.guid}">
<title>{escape(a.title)}</title>
<link>{base_url}{page_path(a)}</link>
<dc:date>{_iso(a.published_at)}</dc:date>
<description>{escape(a.summary)}</description>{_encoded(feed, a)}
</item>"""
        for a in articles
    )
    return f"""<rdf:RDF xmlns="http://purl.org/rss/1.0/" \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="{base_url}{feed.path}">
<title>{escape(feed.name)}</title>
<link>{base_url}/</link>
<description>{escape(feed.publisher)}</description>
<dc:language>en</dc:language>
<items><rdf:Seq>
{links}
</rdf:Seq></items>
</channel>
{items}
</rdf:RDF>
"""


def _atom(feed: DemoFeed, articles: Sequence[DemoArticle], base_url: str) -> str:
    entries = "\n".join(
        f"""<entry>
<title>{escape(a.title)}</title>
<link rel="alternate" href="{base_url}{page_path(a)}"/>
<id>{a.guid}</id>
<published>{_iso(a.published_at)}</published>
<updated>{_iso(a.published_at)}</updated>
<summary>{escape(a.summary)}</summary>
<content type="html">{escape(a.html)}</content>
</entry>"""
        for a in articles
    )
    return f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>{escape(feed.name)}</title>
<id>tag:policywire.invalid,2025:feed:{feed.feed_id}</id>
<link rel="self" href="{base_url}{feed.path}"/>
<updated>{_iso(newest(articles))}</updated>
<author><name>{escape(feed.publisher)}</name></author>
{entries}
</feed>
"""


def _encoded(feed: DemoFeed, article: DemoArticle) -> str:
    if feed.content == "summary":
        return ""
    return f"\n<content:encoded><![CDATA[{article.html}]]></content:encoded>"


def _iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def render_page(
    feed: DemoFeed, article: DemoArticle, others: Sequence[DemoArticle], base_url: str
) -> str:
    """Return the article as a web page: navigation above, links to `others` and a footer below.

    The links name other measures, which must not end up in the article's text.
    """
    related = "\n".join(
        f'<li><a href="{base_url}{page_path(a)}">{escape(a.title)}</a></li>' for a in others
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(article.title)} | {escape(feed.publisher)}</title>
<link rel="canonical" href="{base_url}{page_path(article)}">
<meta property="article:published_time" content="{_iso(article.published_at)}">
</head>
<body>
<header><a href="/">{escape(feed.publisher)}</a>
<nav><ul><li><a href="/">Home</a></li><li><a href="/prices">Prices</a></li>
<li><a href="/reports">Reports</a></li><li><a href="/subscribe">Subscribe</a></li></ul></nav>
</header>
<main>
<article>
<h1>{escape(article.title)}</h1>
<p class="dateline"><time datetime="{_iso(article.published_at)}">\
{article.published_at.strftime("%d %B %Y")}</time></p>
{article.html}
</article>
<aside class="related"><h2>Read next</h2><ul>
{related}
</ul></aside>
<div class="newsletter"><p>Get our weekly letter on mines, mills and magnets.</p>
<form action="/subscribe"><input name="mail"><button>Sign up</button></form></div>
</main>
<footer><p>{escape(feed.publisher)} is a made-up publisher. Terms of use | Privacy | Contact</p>
</footer>
</body>
</html>
"""

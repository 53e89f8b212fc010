"""Feeds of our own writing, one per format and fault."""

RSS2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Harbour Desk</title><link>https://desk.example/</link><language>en-gb</language>
<ttl>90</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
<item><title>Ministry &amp;amp; customs delay the quota</title>
<link>https://desk.example/quota?utm_source=rss</link><guid isPermaLink="false">desk-1</guid>
<pubDate>Mon, 10 Nov 2025 08:30:00 +0100</pubDate><dc:creator>A. Writer</dc:creator>
<category>trade</category>
<description>&lt;p&gt;A short &lt;b&gt;summary&lt;/b&gt;.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>The whole of the story, first paragraph.</p>
<p>And the second.</p>]]></content:encoded>
</item>
<item><title>No guid here</title><link>/relative/path</link><pubDate>not a date</pubDate></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
<title>Hafenblatt</title><link rel="self" href="https://blatt.example/atom"/>
<entry><id>urn:x:1</id><title type="html">Zoll &amp;amp; Quote</title>
<link rel="alternate" href="https://blatt.example/1"/><link rel="enclosure" href="https://blatt.example/1.mp3"/>
<updated>2025-11-10T07:30:00Z</updated><published>2025-11-09T07:30:00Z</published>
<summary>Kurz gesagt.</summary></entry>
</feed>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://old.example/"><title>Old Desk</title></channel>
<item rdf:about="https://old.example/1"><title>Licence rules eased</title>
<link>https://old.example/1</link><dc:date>2025-11-10T07:30:00+08:00</dc:date></item>
</rdf:RDF>"""

JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Desk", "language": "en",
"items": [{"id": 7, "url": "/seven", "title": "Tariff cut", "content_html": "<p>Down to five.</p>",
"date_published": "2025-11-10T07:30:00+01:00", "tags": ["trade"],
"authors": [{"name": "B. Writer"}]},
{"id": "8", "external_url": "https://elsewhere.example/8", "content_text": "Only words"}]}"""

HTML_PAGE = """<!doctype html><html><head><title>Desk</title>
<link rel="stylesheet" href="/s.css">
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" hreflang="de" href="/de">
<link rel=alternate type="application/atom+xml; charset=utf-8" href="https://desk.example/atom.xml"></head><body><p>Welcome</p></body></html>"""

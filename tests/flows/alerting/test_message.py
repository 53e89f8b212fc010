"""Messages in three formats, safe for any text from a feed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.alerting.message import FORMATS, payload, payload_bytes, render, subject
from models.alert import EarlierStep, Notice, Severity
from models.correction import correction_line
from models.event import EventType, StatusTarget
from models.headline import headline
from models.security import TickerLink
from tests.alert_world import NOW, candidate, notice

FULL = candidate(
    type="export_licensing",
    family="export",
    status="suspended",
    polarity="liberalising",
    actors=("CN",),
    targets=("US",),
    commodities=("rare_earths",),
    decision_date=date(2025, 11, 7),
    decision_precision="day",
    effective_date="2025-11-07",
    end_date="2026-11-10",
    evidence="The ministry put its licensing rules on ice until 10 November 2026.",
    title="Rules on ice",
    url="https://ministry.example/a?b=1&c=2",
    publisher="Ministry of Examples",
    published_at=datetime(2025, 11, 7, 8, tzinfo=UTC),
    confirmations=2,
    tickers=(
        TickerLink(
            listing="XNYS:MP",
            link="exposed",
            sign="-",
            why="producer of rare earths outside China loses its premium",
        ),
    ),
    earlier=(
        EarlierStep(
            development_id="d0",
            status="announced",
            first_seen_at=NOW,
            decision_date=date(2025, 10, 9),
        ),
    ),
)
PART = notice(candidate=FULL, headline=headline(FULL))


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {},
            "China: export licensing suspended: rare earths, against United States, "
            "from 7 Nov 2025, until 10 Nov 2026",
        ),
        (
            {"status": "extended", "status_target": "suspension", "effective_date": None,
             "decision_date": None},
            "China: export licensing suspension extended: rare earths, against United States, "
            "until 10 Nov 2026",
        ),
        (
            {"actors": ("US",), "targets": ("CN",), "type": "tariff", "status": "threatened",
             "rate_value": 100.0, "rate_unit": "percent", "effective_date": "2025-11",
             "end_date": None, "commodities": ()},
            "United States: tariff threatened: against China, 100%, from Nov 2025",
        ),
        (
            {"actors": ("US", "MY"), "targets": ("MY",), "type": "trade_agreement",
             "family": "agreement", "status": "adopted", "commodities": (), "end_date": None,
             "effective_date": None, "decision_date": date(2025, 10, 26)},
            "United States, Malaysia: trade agreement adopted: on 26 Oct 2025",
        ),
        (
            {"actors": (), "targets": (), "commodities": (), "companies": ("MP Materials",),
             "type": "government_investment", "status": "announced", "effective_date": None,
             "decision_date": None, "end_date": None},
            "Government investment in MP Materials announced",
        ),
        (
            {"actors": (), "targets": (), "commodities": ("steel",), "type": "tariff",
             "status": "raised", "rate_value": 50.0, "rate_unit": "percent",
             "effective_date": None, "decision_date": None, "end_date": None},
            "Tariff on steel raised to 50%",
        ),
        (
            {"actors": ("XX",), "commodities": (), "type": "tariff", "status": "announced",
             "rate_value": 5.0, "rate_unit": "percent_point", "effective_date": "2025-11",
             "end_date": None},
            "Tariff announced, against United States, 5 percentage points, from Nov 2025",
        ),
        (
            {"actors": (), "targets": (), "type": "tariff", "status": "cut",
             "rate_value": 5.0, "rate_unit": "percent_point", "effective_date": None,
             "decision_date": None, "end_date": None},
            "Tariff on rare earths cut by 5 percentage points",
        ),
        (
            {"actors": (), "targets": (), "status": "extended", "status_target": "suspension",
             "effective_date": None, "decision_date": None},
            "Suspension of export licensing on rare earths extended, until 10 Nov 2026",
        ),
    ],
)  # fmt: skip
def test_the_line_says_who_what_whom_how_much_and_when(
    fields: dict[str, object], line: str
) -> None:
    assert headline(replace(FULL, **fields)) == line  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", EventType)
@pytest.mark.parametrize("target", StatusTarget)
def test_no_line_names_an_actor_that_nobody_knows(kind: EventType, target: StatusTarget) -> None:
    for actors in ((), ("XX",)):
        nobody = replace(FULL, actors=actors, type=kind, status_target=target)
        for line in (headline(nobody), correction_line(nobody, None)):
            assert "nknown" not in line
            assert "  " not in line
        assert headline(nobody)[0].isupper()


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_contains_every_fact(style: str) -> None:
    update = replace(
        PART,
        refers_to="f" * 32,
        refers_to_headline="China: export licensing announced",
        refers_to_sent_at=datetime(2025, 10, 9, 9, 30, tzinfo=UTC),
    )
    text = render(update, style).replace("\\", "")
    for fact in (
        "China: export licensing suspended",
        "on ice until 10 November 2026",
        "Ministry of Examples",
        "Rules on ice",
        "https://ministry.example/a?b=1&",
        "First seen 2025-11-12 14:30 UTC",
        "published 2025-11-07 08:00 UTC",
        "2 confirmations",
        "XNYS:MP",
        "loses its premium",
        "9 Oct 2025: announced",
        "Update of: China: export licensing announced, sent 2025-10-09 09:30 UTC",
        f"notice {PART.alert_id} · measure m1",
    ):
        assert fact in text, fact


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a\r\nBcc: everybody@example.org",
    "](javascript:alert(1)) **bold** `code` <b>",
    "\u202egnp.exe",
    "# heading\n> quote\n- item",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_a_feed_becomes_markup_or_a_header(text: str) -> None:
    bad = replace(
        FULL,
        evidence=text,
        title=text,
        publisher=text,
        url="javascript:alert(1)",
        tickers=(TickerLink(listing="XNYS:MP", link="named", sign="+", why=text),),
    )
    bad_notice = notice(candidate=bad, headline=text)
    assert not {"\r", "\n", "\u202e"} & set(subject(bad_notice))
    parser = Tags()
    parser.feed(render(bad_notice, "html"))
    assert {tag for tag, _ in parser.tags} <= {"b", "div", "ul", "li", "blockquote"}
    markdown = render(bad_notice, "markdown")
    assert "](javascript" not in markdown
    assert "<script" not in markdown
    assert "\n# heading" not in markdown
    assert "\u202e" not in render(bad_notice, "text")


@given(st.text(max_size=80))
def test_html_contains_no_tag_from_the_text(text: str) -> None:
    parser = Tags()
    parser.feed(render(notice(candidate=replace(FULL, evidence=text, title=text)), "html"))
    assert {tag for tag, _ in parser.tags} <= {"b", "div", "ul", "li", "blockquote", "a"}
    assert [a for tag, a in parser.tags if tag == "a"] == [
        (("href", "https://ministry.example/a?b=1&c=2"),)
    ]


@pytest.mark.parametrize(
    ("facts", "title", "source"),
    [
        ({"grade": None}, "[URGENT] China", "Source: Ministry of Examples, Rules on ice"),
        (
            {"grade": "rumour"},
            "[URGENT, rumour] China",
            "Source: Ministry of Examples (rumour), Rules on ice",
        ),
        (
            {"grade": "confirmed", "official_source": "Ministry of Examples"},
            "[URGENT, confirmed] China",
            "Source: Ministry of Examples (confirmed), Rules on ice",
        ),
        (
            {"grade": "confirmed", "official_source": "The Gazette"},
            "[URGENT, confirmed] China",
            "Source: Ministry of Examples (confirmed by The Gazette), Rules on ice",
        ),
    ],
)
def test_a_notice_says_in_a_word_how_sure_it_is(
    facts: dict[str, object], title: str, source: str
) -> None:
    told = replace(PART, candidate=replace(FULL, **facts))  # type: ignore[arg-type]
    assert subject(told).startswith(title)
    assert source in render(told)
    assert payload(told)["development"]["grade"] == facts["grade"]


def test_a_digest_counts_and_lists_its_developments() -> None:
    digest = Notice(
        alert_id="d" * 32,
        rule_id="desk",
        channel="desk",
        severity=Severity.NOTICE,
        headline="desk: 2 developments",
        created_at=NOW,
        fold_reason="throttle",
        parts=(PART, PART),
    )
    assert subject(digest) == "[NOTICE] desk, held by the throttle: 2 developments"
    for style in FORMATS:
        assert render(digest, style).count("https://ministry.example/a") == 2
    assert payload(digest)["folded"] == 2
    assert len(payload(digest)["developments"]) == 2


def test_the_payload_is_the_same_on_every_attempt() -> None:
    again = replace(PART, attempt=4, claim_token="other", claimed_until=NOW)
    assert payload_bytes(PART) == payload_bytes(again)
    read = json.loads(payload_bytes(PART))
    assert read["alert_id"] == PART.alert_id
    assert read["development"]["end_date"] == "2026-11-10"
    assert read["development"]["tickers"][0]["listing"] == "XNYS:MP"

"""Feeds beside the pages: Atom and JSON Feed of developments, also per rule; CSV; a calendar."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from icalendar import Calendar, Event
from lxml import etree

from flows.reporting import words
from flows.reporting.writer import Writer
from models import harmless
from models.headline import words as words_of
from warehouse.reporting.report_rows import ReportRows, Row

ATOM = "http://www.w3.org/2005/Atom"
# A tag URI (RFC 4151): an id that stays, whatever the address.
TAG = "tag:policywire.invalid,2026:"
MOST_ENTRIES = 100
COLUMNS = (
    "first_seen_at",
    "severity",
    "grade",
    "type",
    "status",
    "actors",
    "targets",
    "commodities",
    "rate_value",
    "rate_unit",
    "effective_on",
    "effective_precision",
    "ends_on",
    "ends_precision",
    "ends_basis",
    "confidence",
    "source_count",
    "tickers",
    "line",
    "evidence",
    "headline",
    "first_source",
    "first_url",
    "development_id",
    "measure_id",
)


def rule_files(rows: ReportRows) -> list[tuple[str, str]]:
    """(rule, file name without its ending) of every rule with a notice on a step of the report."""
    return [
        (row["rule_id"], f"rule-{words.slug(row['rule_id'])}") for row in rows.rows("report_rules")
    ]


def write_syndication(
    writer: Writer,
    rows: ReportRows,
    new: Sequence[Row],
    dates: Sequence[Row],
    rules: Sequence[tuple[str, str]],
) -> None:
    """Write feeds of all developments and of each rule, today's as CSV, and coming dates."""
    write_feed(writer, "all", "PolicyWire: new developments", new[:MOST_ENTRIES])
    for rule, name in rules:
        found = rows.rows("report_rule_steps", rule=rule, most_entries=MOST_ENTRIES)
        write_feed(writer, name, f"PolicyWire: {rule}", found)
    writer.data("calendar.ics", calendar_file(writer, dates))
    since = writer.site.made_at - timedelta(hours=24)
    writer.text("today.csv", csv_file([row for row in new if row["first_seen_at"] > since]))


def write_feed(writer: Writer, name: str, title: str, rows: Sequence[Row]) -> None:
    """Write one list of developments as Atom and as JSON Feed."""
    writer.data(f"feeds/{name}.atom", atom_file(writer, name, title, rows))
    writer.text(f"feeds/{name}.json", json_file(writer, name, title, rows))


def page_of(writer: Writer, row: Row) -> str | None:
    """The address of a development: its row of the report where that has an address and the row
    a page; else the source."""
    base = writer.site.base_url
    if base and row["measure_id"] in writer.site.shown:
        place = (
            f"measures/{words.slug(row['measure_id'])}.html#d-{words.slug(row['development_id'])}"
        )
        return urljoin(base.rstrip("/") + "/", place)
    return harmless.link(row["first_url"])


def summary_of(row: Row) -> str:
    """Evidence, source and facts of a development, as plain text."""
    facts = [str(words.CERTAINTY.get(row["factuality"], row["factuality"]))]
    if row.get("grade"):
        facts.append(words_of(row["grade"]))
    if row["confidence"] is not None:
        facts.append(f"confidence {row['confidence']:.2f}")
    if row["tickers"]:
        facts.append(f"listings {', '.join(row['tickers'][:12])}")
    if row["change_reason"]:
        facts.append(f"{row['change_reason']} by its source since")
    return harmless.line(
        f"“{row['evidence'] or row['headline'] or ''}” {row['first_source']}. {'; '.join(facts)}."
    )


def tags_of(row: Row) -> list[str]:
    """Labels that a reader can sort by."""
    found = [row["severity"], row.get("grade"), row["type"], row["family"], row["status"]]
    return [tag for tag in (*found, *row["commodities"], *row["actors"]) if tag]


def atom_file(writer: Writer, name: str, title: str, rows: Sequence[Row]) -> bytes:
    """An Atom feed (RFC 4287); an entry's `updated` moves when the development changes."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    add(feed, "id", f"{TAG}feed/{name}")
    add(feed, "title", title)
    newest = max((row["recorded_at"] for row in rows), default=writer.site.made_at)
    add(feed, "updated", stamp(newest))
    add(add(feed, "author"), "name", "PolicyWire")
    if writer.site.base_url:
        place = urljoin(writer.site.base_url.rstrip("/") + "/", f"feeds/{name}.atom")
        add(feed, "link", rel="self", href=place)
    for row in rows:
        entry = add(feed, "entry")
        add(entry, "id", f"{TAG}development/{row['development_id']}")
        add(entry, "title", words.step_line(row))
        add(entry, "published", stamp(row["first_seen_at"]))
        add(entry, "updated", stamp(max(row["recorded_at"], row["first_seen_at"])))
        if address := page_of(writer, row):
            add(entry, "link", rel="alternate", href=address)
        if (source := harmless.link(row["first_url"])) and source != address:
            add(entry, "link", rel="via", href=source)
        add(entry, "summary", summary_of(row))
        for tag in tags_of(row):
            add(entry, "category", term=tag)
    data: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data


def add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    """Add an element of Atom; texts lose what XML does not allow."""
    clean = {key: harmless.line(value) for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    if text is not None:
        element.text = harmless.line(text)
    return element


def json_file(writer: Writer, name: str, title: str, rows: Sequence[Row]) -> str:
    """A JSON Feed 1.1 with the same entries; `_policywire` has the fields for programs."""
    items = []
    for row in rows:
        item = {
            "id": f"{TAG}development/{row['development_id']}",
            "url": page_of(writer, row),
            "external_url": harmless.link(row["first_url"]),
            "title": words.step_line(row),
            "content_text": summary_of(row),
            "date_published": stamp(row["first_seen_at"]),
            "date_modified": stamp(max(row["recorded_at"], row["first_seen_at"])),
            "tags": tags_of(row),
            "_policywire": {
                key: row.get(key)
                for key in ("measure_id", "type", "status", "severity", "grade", "tickers")
            },
        }
        items.append({key: value for key, value in item.items() if value is not None})
    base = writer.site.base_url.rstrip("/")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        **({"home_page_url": f"{base}/", "feed_url": f"{base}/feeds/{name}.json"} if base else {}),
        "items": items,
    }
    return harmless.json_text(feed, indent=1) + "\n"


def calendar_file(writer: Writer, dates: Sequence[Row]) -> bytes:
    """Coming dates as iCalendar (RFC 5545): whole days, one entry per measure and day."""
    calendar = Calendar()
    calendar.add("prodid", "-//PolicyWire//report//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "PolicyWire: coming dates")
    for row in dates:
        if row["day"] < writer.site.today or not row["is_standing"]:
            continue
        event = Event()
        event.add("uid", f"{row['measure_id']}-{row['day']:%Y%m%d}@policywire.invalid")
        event.add("dtstamp", writer.site.made_at)
        event.add("dtstart", row["day"])
        event.add("dtend", row["day"] + timedelta(days=1))
        what = f"{row['what']} (some time in {row['period']})" if row["period"] else row["what"]
        event.add("summary", harmless.line(f"{row['title']}: {what}"))
        event.add("description", harmless.line(row["standing"]))
        event.add("transp", "TRANSPARENT")
        if writer.site.base_url:
            place = f"measures/{words.slug(row['measure_id'])}.html"
            event.add("url", urljoin(writer.site.base_url.rstrip("/") + "/", place))
        calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data


def csv_file(rows: Sequence[Row]) -> str:
    """Developments as CSV, lists joined by a bar; no cell is a formula for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        held = {**row, "line": words.step_line(row)}
        table.writerow([cell(held.get(column)) for column in COLUMNS])
    return out.getvalue()


def cell(value: Any) -> Any:
    """A value of a CSV cell."""
    if isinstance(value, list):
        value = "|".join(map(str, value))
    if isinstance(value, datetime):
        value = stamp(value)
    return harmless.csv_cell(value)


def stamp(at: datetime) -> str:
    """A time in UTC, RFC 3339."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

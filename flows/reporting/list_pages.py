"""The pages that list: measures with a pager, countries, commodities, listings; exposure grids."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flows.reporting import words
from flows.reporting.drawing import Axis, draw_prices, placed
from flows.reporting.writer import Writer
from models.headline import words as words_of
from models.jurisdiction import jurisdiction_name
from models.reference import lineage, load_commodities
from warehouse.reporting.report_rows import ReportRows, Row

PER_PAGE = 100
MOST_ROWS = 100
MOST_GRID = 60
LISTINGS_AT_ONCE = 40
MOST_MARKS = 30
FAMILIES = ("import", "export", "entity", "agreement", "support")


def write_measure_lists(writer: Writer, measures: Sequence[Row]) -> None:
    """Write the list of measures, a hundred a page, the last reported first."""
    pages = max(1, -(-len(measures) // PER_PAGE))
    for number in range(1, pages + 1):
        writer.page(
            "measures/index.html" if number == 1 else f"measures/page-{number}.html",
            "measures.html",
            page="measures",
            number=number,
            pages=pages,
            total=len(measures),
            measures=measures[(number - 1) * PER_PAGE : number * PER_PAGE],
        )


def held(rows: Sequence[Row]) -> dict[str, Any]:
    """A bounded list with its whole count."""
    return {"rows": rows[:MOST_ROWS], "count": len(rows)}


def write_things(
    writer: Writer,
    folder: str,
    title: str,
    lead: str,
    heads: Sequence[str],
    things: Iterable[tuple[str, str, str, Sequence[int]]],
) -> None:
    """Write the list of all pages of a folder; a thing is (id, name, note, numbers)."""
    writer.page(
        f"{folder}/index.html",
        "things.html",
        page=folder,
        title=title,
        lead=lead,
        heads=heads,
        things=[
            {"path": f"{words.slug(id)}.html", "name": name, "note": note, "numbers": numbers}
            for id, name, note, numbers in things
        ],
    )


def write_countries(writer: Writer, measures: Sequence[Row]) -> list[tuple[str, str]]:
    """Write a page per country that acts or is affected; return (code, name)."""
    acts: dict[str, list[Row]] = defaultdict(list)
    affected: dict[str, list[Row]] = defaultdict(list)
    for row in measures:
        actors = set((row["implementer"] or "").split("+")) | set(row["actors"])
        for code, _ in words.countries(sorted(actors - {""})):
            acts[code].append(row)
        for code, _ in words.countries(row["targets"]):
            affected[code].append(row)
    names = sorted((jurisdiction_name(code), code) for code in {*acts, *affected})
    for name, code in names:
        writer.page(
            f"countries/{words.slug(code)}.html",
            "country.html",
            page="countries",
            code=code,
            name=name,
            acts=held(acts[code]),
            affected=held(affected[code]),
        )
    write_things(
        writer,
        "countries",
        "Countries",
        "Who decides, and whose goods, companies or buyers are affected.",
        ("Country", "Code", "Acts in", "Affected by"),
        (
            (code, name, code, (len(acts[code]), len(affected[code])))
            for name, code in sorted(
                names, key=lambda each: (-len(acts[each[1]]) - len(affected[each[1]]), each[0])
            )
        ),
    )
    return [(code, name) for name, code in names]


def write_commodities(
    writer: Writer, measures: Sequence[Row], exposures: Sequence[Row], names: dict[str, Row]
) -> list[tuple[str, str]]:
    """Write a page per commodity with measures, its parts counted in; return (id, name)."""
    about: dict[str, list[Row]] = defaultdict(list)
    for row in measures:
        for each in sorted({up for id in row["commodities"] for up in lineage(id)}):
            about[each].append(row)
    grids: dict[str, list[Row]] = defaultdict(list)
    for row in exposures:
        for each in lineage(row["commodity_id"]):
            grids[each].append(row)
    below = defaultdict(list)
    for item in load_commodities().values():
        if item.parent_id:
            below[item.parent_id].append(item.commodity_id)
    ids = sorted({*about, *grids})
    for id in ids:
        writer.page(
            f"commodities/{words.slug(id)}.html",
            "commodity.html",
            page="commodities",
            id=id,
            name=words.commodity_name(id),
            held=held(about[id]),
            below=below[id],
            linked=ids,
            grid=listing_grid(grids[id], names) if grids[id] else None,
        )
    listings = {id: len({row["listing_id"] for row in grids[id]}) for id in ids}
    write_things(
        writer,
        "commodities",
        "Commodities",
        "Goods that measures name, each with everything that belongs to it.",
        ("Commodity", "Id", "Measures", "Listings exposed"),
        (
            (id, words.commodity_name(id), id, (len(about[id]), listings[id]))
            for id in sorted(ids, key=lambda each: (-len(about[each]), each))
        ),
    )
    return [(id, words.commodity_name(id)) for id in ids]


def grid_of(rows: Sequence[Row], what: str, key: str) -> dict[str, Any]:
    """An exposure grid: a row per listing or commodity and role, a column per family."""
    cells: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(dict)
    for row in rows:
        at = cells[row[key], row["role"] or ""]
        cell = at.setdefault(row["family"] or "", {"gains": 0, "losses": 0, "open": 0})
        for name in cell:
            cell[name] += row[name]
    totals = {at: sum(sum(c.values()) for c in line.values()) for at, line in cells.items()}
    ranked = sorted(cells, key=lambda at: (-totals[at], at))
    families = [each for each in FAMILIES if any(each in line for line in cells.values())]
    return {
        "what": what,
        "families": families,
        "left_out": max(0, len(ranked) - MOST_GRID),
        "rows": [
            {
                "id": id,
                "role": role,
                "total": totals[id, role],
                "cells": [cells[id, role].get(family) for family in families],
            }
            for id, role in ranked[:MOST_GRID]
        ],
    }


def listing_grid(rows: Sequence[Row], names: dict[str, Row]) -> dict[str, Any]:
    """The grid of a commodity: a row per listing and role."""
    grid = grid_of(rows, "Listing", "listing_id")
    for row in grid["rows"]:
        row["path"] = f"listings/{words.slug(row['id'])}.html"
        row["name"] = words.ticker(row["id"])
        row["soft"] = names[row["id"]]["name"] if row["id"] in names else row["id"]
    return grid


def commodity_grid(rows: Sequence[Row]) -> dict[str, Any]:
    """The grid of a listing: a row per commodity and role."""
    grid = grid_of(rows, "Commodity", "commodity_id")
    for row in grid["rows"]:
        row["path"] = f"commodities/{words.slug(row['id'])}.html"
        row["name"] = words_of(row["id"])
        row["soft"] = ""
    return grid


def write_listings(
    writer: Writer,
    rows: ReportRows,
    exposures: Sequence[Row],
    names: dict[str, Row],
    counts: Sequence[Row],
) -> Iterator[int]:
    """Write a page per listing that a step touches; yield how many were written each time."""
    grids: dict[str, list[Row]] = defaultdict(list)
    for row in exposures:
        grids[row["listing_id"]].append(row)
    steps = {row["listing_id"]: row for row in counts}
    listings = sorted(steps)
    for start in range(0, len(listings), LISTINGS_AT_ONCE):
        part = listings[start : start + LISTINGS_AT_ONCE]
        found: dict[str, list[Row]] = {listing: [] for listing in part}
        for row in rows.rows("report_listing_steps", "most_rows", listings=part):
            found[row["listing_id"]].append(row)
        for listing in part:
            shown = found[listing]
            chart, marks = listing_chart(rows, listing, shown)
            writer.page(
                f"listings/{words.slug(listing)}.html",
                "listing.html",
                page="listings",
                id=listing,
                name=names[listing]["name"] if listing in names else None,
                currency=names[listing]["currency"] if listing in names else None,
                count=steps[listing]["developments"],
                rows=shown,
                chart=chart,
                marks=marks,
                grid=commodity_grid(grids[listing]),
            )
        yield len(part)
    write_things(
        writer,
        "listings",
        "Listings",
        "Listed companies and funds that a step touches: named, party to it, or exposed.",
        ("Listing", "Company", "Steps", "Gain", "Lose", "Depends"),
        (
            (
                listing,
                listing,
                names[listing]["name"] if listing in names else "",
                tuple(steps[listing][key] for key in ("developments", "gains", "losses", "open")),
            )
            for listing in sorted(steps, key=lambda each: (-steps[each]["developments"], each))
        ),
    )


def listing_chart(rows: ReportRows, listing: str, shown: Sequence[Row]) -> tuple[Any, Any]:
    """The price line of a listing with the sessions of its newest steps, numbered."""
    dated = [row for row in shown if row["event_date"] and row["ret_0"] is not None][:MOST_MARKS]
    sessions = sorted({row["event_date"] for row in dated})
    for row in shown:
        row["number"] = None
    if not sessions:
        return None, ()
    room = (sessions[-1] - sessions[0]) / 10
    first, last = sessions[0] - room, min(rows.today, sessions[-1] + room * 2)
    closes = [
        (row["session_date"], row["adj_close"])
        for row in rows.prices([listing], first, last)[listing]
    ]
    if not closes:
        return None, ()
    axis = Axis(start=closes[0][0], end=closes[-1][0])
    chart = draw_prices([(words.ticker(listing), listing, closes)], axis)
    for row in dated:
        row["number"] = sessions.index(row["event_date"]) + 1
    return chart, placed([(axis.x(on), words.day(on), True) for on in sessions])

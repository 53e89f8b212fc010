"""The report as a reader sees it: in a real Chromium, from disk. Screenshots stay under build/."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.reporting.report_world import SCRIPT
from warehouse.snapshot import query

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(
    (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SINGLE = ("index", "calendar", "pulse", "feeds", "about", "search")
LISTS = ("measures", "countries", "commodities", "listings")
SERIOUS = ("serious", "critical")
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}


class Reader:
    """A browser on the report that keeps what goes wrong: console, scripts, dialogs, requests."""

    def __init__(self, browser: Any, site: Path) -> None:
        self.browser = browser
        self.site = site
        self.faults: list[str] = []

    def open(self, path: str, **context: Any) -> Any:
        opened = self.browser.new_context(**{"viewport": WIDE, **context}).new_page()
        opened.on("console", lambda m: self.faults.append(f"{path}: {m.type}: {m.text}"))
        opened.on("pageerror", lambda error: self.faults.append(f"{path}: {error}"))
        opened.on("dialog", self.asked_by_dialog)
        opened.on("request", self.asked)
        opened.goto(f"file://{self.site}/{path}")
        return opened

    def asked_by_dialog(self, dialog: Any) -> None:
        self.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def asked(self, request: Any) -> None:
        if not request.url.startswith(f"file://{self.site}/"):
            self.faults.append(f"asked for {request.url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        # Sandboxes of containers have no user namespaces; the pages are our own.
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def reader(browser: Any, site: Path) -> Reader:
    return Reader(browser, site)


@pytest.fixture(scope="module")
def founding(snapshot: Path) -> str:
    """The page of China's export control of October 2025 on rare earths."""
    sql = "SELECT measure_id FROM measure_status WHERE measure_key = 'CN:mofcom-2025-61'"
    return f"measures/{query(snapshot, sql).rows[0][0]}.html"


@pytest.fixture(scope="module")
def paths(founding: str) -> list[str]:
    """One page of every kind."""
    return [
        *(f"{name}.html" for name in SINGLE),
        *(f"{name}/index.html" for name in LISTS),
        founding,
        "countries/CN.html",
        "commodities/rare_earths.html",
        "listings/XNYS-MP.html",
    ]


@pytest.fixture
def shot(site: Path) -> Callable[[Any, str], None]:
    folder = site.parent / "shots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Any, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png")
        assert (folder / f"{name}.png").stat().st_size > 5000

    return take


def test_all_pages_open_without_a_fault(
    reader: Reader, paths: list[str], shot: Callable[[Any, str], None]
) -> None:
    for path in paths:
        page = reader.open(path)
        assert page.locator("h1").count() == 1, path
        assert page.locator("[style], img, svg [onload]").count() == 0, path
        shot(page, re.sub(r"\W+", "-", path.removesuffix(".html")))
    assert reader.faults == []


def test_axe_finds_no_serious_fault_in_light_and_dark(
    browser: Any, small_site: Path, paths: list[str]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    reader = Reader(browser, small_site)
    found = []
    looks = [("light", path) for path in paths] + [("dark", path) for path in paths[::3]]
    for scheme, path in looks:
        # axe puts its script into the page, which the page's own policy forbids.
        page = reader.open(path, color_scheme=scheme, bypass_csp=True)
        for fault in Axe().run(page, options={"preload": False}).response["violations"]:
            if fault["impact"] in SERIOUS:
                node = fault["nodes"][0]
                found.append((path, scheme, fault["id"], node["html"][:120]))
        page.context.close()
    assert found == []


def test_nothing_scrolls_sideways_at_360_pixels(
    reader: Reader, paths: list[str], shot: Callable[[Any, str], None]
) -> None:
    for path in paths:
        page = reader.open(path, viewport=NARROW, color_scheme="dark")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, path
        shot(page, "narrow-" + re.sub(r"\W+", "-", path.removesuffix(".html")))


def test_filters_of_today_choose_rows_and_stay_in_the_address(reader: Reader) -> None:
    page = reader.open("index.html")
    rows = page.locator("#developments tbody tr:not(.day)")
    every = rows.count()
    assert every > 100
    page.get_by_label("Commodity").select_option("rare_earths")
    visible = page.locator("#developments tbody tr:not(.day):visible")
    chosen = visible.count()
    assert 0 < chosen < every
    for held in visible.evaluate_all("rows => rows.map(row => row.dataset.commodity)"):
        assert "rare_earths" in held.split()
    assert page.locator("[data-count]").inner_text() == f"{chosen} of {every}"
    page.get_by_label("Severity").select_option("flash")
    assert 0 < visible.count() < chosen
    groups = page.locator("#developments tbody:visible")
    assert groups.count() <= visible.count(), "days without rows are hidden"
    address = page.url
    again = reader.open(f"index.html{address[address.index('#') :]}")
    assert again.locator("#developments tbody tr:not(.day):visible").count() == visible.count()
    page.get_by_role("button", name="Clear").click()
    playwright.expect(page.locator("[data-count]")).to_have_text(re.compile(rf"^{every} "))
    page.get_by_label("Words").fill("no such words anywhere")
    assert page.get_by_text("No development fits these filters.").is_visible()
    assert reader.faults == []


def test_filters_take_a_country_and_a_confidence(reader: Reader) -> None:
    page = reader.open("index.html")
    visible = page.locator("#developments tbody tr:not(.day):visible")
    page.get_by_label("Country").select_option("CN")
    page.get_by_label("Confidence from").select_option("0.9")
    rows = visible.evaluate_all(
        "rows => rows.map(row => [row.dataset.country, row.dataset.confidence])"
    )
    assert rows
    for country, confidence in rows:
        assert "CN" in country.split()
        assert float(confidence) >= 0.9


def test_search_finds_measures_listings_and_goods(
    reader: Reader, founding: str, shot: Callable[[Any, str], None]
) -> None:
    page = reader.open("index.html")
    box = page.get_by_role("searchbox", name="Search measures")
    box.fill("mofcom-2025-61")
    box.press("Enter")
    page.wait_for_url("**/search.html?q=mofcom-2025-61")
    first = page.locator(".results a").first
    assert first.get_attribute("href") == founding
    page.get_by_role("searchbox", name="Search measures").fill("rare earth")
    shot(page, "search-results")
    kinds = page.locator(".results .source").all_inner_texts()
    assert {kind.split(" ·")[0] for kind in kinds} >= {"measure", "commodity"}
    assert page.locator(".results script, .results img").count() == 0
    first.click()
    assert page.locator("h1").count() == 1
    assert reader.faults == []


def test_a_hostile_title_is_text(reader: Reader) -> None:
    page = reader.open("feeds.html")
    assert page.get_by_role("rowheader").get_by_text(SCRIPT[:25]).first.is_visible()
    page = reader.open("index.html")
    assert SCRIPT in page.locator("#developments").inner_text()
    assert page.locator("#developments a[href^='javascript']").count() == 0
    page = reader.open(f"search.html?q={SCRIPT.split()[0]}")
    assert reader.faults == []


def test_a_step_has_an_address_of_its_own(reader: Reader, founding: str) -> None:
    anchors = (
        reader.open(founding).locator(".steps > li").evaluate_all("all => all.map(li => li.id)")
    )
    assert len(anchors) == 2
    page = reader.open(f"{founding}#{anchors[1]}")
    assert page.evaluate("document.querySelector(':target').id") == anchors[1]
    assert page.locator(":target h3").inner_text().startswith("7 Nov 2025")


def test_it_is_usable_by_keyboard(reader: Reader) -> None:
    page = reader.open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.activeElement.closest('main') !== null")
    assert inside


def test_it_reads_without_scripts_and_prints(
    reader: Reader, founding: str, site: Path, shot: Callable[[Any, str], None]
) -> None:
    page = reader.open("index.html", java_script_enabled=False)
    assert page.locator("#developments tbody tr:not(.day):visible").count() > 100
    assert not page.get_by_label("Severity").is_visible()
    page = reader.open(founding)
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert page.locator(".life svg").is_visible()
    shot(page, "print")
    pdf = page.pdf(path=site.parent / "shots" / "founding.pdf", format="A4")
    assert pdf.startswith(b"%PDF")

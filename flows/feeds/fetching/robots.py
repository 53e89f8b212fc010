"""robots.txt (RFC 9309): may we fetch an article page, and how far apart from the one before?"""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from flows.feeds.fetching.addresses import HostRules
from flows.feeds.fetching.http_client import HttpClient
from models.errors import FetchError

_CAP_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """What a site's robots.txt says about one page. `why` explains a refusal."""

    allowed: bool
    crawl_delay_s: float | None = None
    why: str | None = None


class Robots:
    """The robots.txt files of the sites a run visits, each fetched once."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        # Sites write rules for our product name, not for the whole User-Agent line.
        self._name = client.settings.agent.partition("/")[0]
        self._known: dict[str, tuple[float, Protego | str]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def verdict(self, url: str, rules: HostRules | None = None) -> RobotsVerdict:
        """May this page be fetched, and how long after the one before?

        As the RFC asks, a site without a robots.txt (4xx) allows everything, and a site whose
        robots.txt cannot be reached allows nothing for now.
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(site, asyncio.Lock()):
            known = self._known.get(site)
            if known is None or known[0] < time.monotonic():
                found = await self._read(site, rules)
                known = (time.monotonic() + self._client.settings.robots_ttl_s, found)
                self._known[site] = known
        if isinstance(known[1], str):
            return RobotsVerdict(allowed=False, why=known[1])
        if not known[1].can_fetch(url, self._name):
            return RobotsVerdict(allowed=False, why="robots.txt forbids it")
        delay = known[1].crawl_delay(self._name)
        cap = self._client.settings.crawl_delay_cap_s
        if delay is not None and delay > cap:
            why = f"robots.txt asks for {delay:g} s between pages, we wait {cap:g} s at most"
            return RobotsVerdict(allowed=False, crawl_delay_s=float(delay), why=why)
        return RobotsVerdict(allowed=True, crawl_delay_s=float(delay) if delay else None)

    async def _read(self, site: str, rules: HostRules | None) -> Protego | str:
        try:
            response = await self._client.get(
                f"{site}/robots.txt", rules=rules, page=True, cap_bytes=_CAP_BYTES
            )
        except FetchError as error:
            if error.kind in ("too_many_redirects", "too_large"):
                return Protego.parse("")
            return f"robots.txt cannot be read: {error.reason}"
        if response.status == 429 or response.status >= 500:
            return f"robots.txt cannot be read: HTTP {response.status}"
        text = response.body.decode("utf-8", "replace") if 200 <= response.status < 300 else ""
        return Protego.parse(text)

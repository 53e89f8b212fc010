"""robots.txt (RFC 9309) before any article page: may we, and how far apart."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from flows.feeds.fetching.addresses import HostRules
from flows.feeds.fetching.http_get import Web
from models.errors import FetchError

_CAP_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """What a site's robots.txt says of one page. `why` explains a refusal in words."""

    allowed: bool
    crawl_delay_s: float | None = None
    why: str | None = None


class Robots:
    """The robots.txt of every site a run visits, each fetched once."""

    def __init__(self, web: Web) -> None:
        self._web = web
        # Sites write rules for our product name, not for the whole User-Agent line.
        self._name = web.settings.agent.partition("/")[0]
        self._known: dict[str, tuple[float, Protego | str]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def verdict(self, url: str, rules: HostRules | None = None) -> RobotsVerdict:
        """May this page be fetched, and at what distance from the one before?

        A site without a robots.txt (4xx) allows everything; one whose robots.txt cannot be
        reached allows nothing for now, as the RFC asks.
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(site, asyncio.Lock()):
            known = self._known.get(site)
            if known is None or known[0] < time.monotonic():
                found = await self._read(site, rules)
                known = (time.monotonic() + self._web.settings.robots_ttl_s, found)
                self._known[site] = known
        if isinstance(known[1], str):
            return RobotsVerdict(allowed=False, why=known[1])
        if not known[1].can_fetch(url, self._name):
            return RobotsVerdict(allowed=False, why="robots.txt forbids it")
        delay = known[1].crawl_delay(self._name)
        cap = self._web.settings.crawl_delay_cap_s
        if delay is not None and delay > cap:
            why = f"robots.txt asks for {delay:g} s between pages, we wait {cap:g} s at most"
            return RobotsVerdict(allowed=False, crawl_delay_s=float(delay), why=why)
        return RobotsVerdict(allowed=True, crawl_delay_s=float(delay) if delay else None)

    async def _read(self, site: str, rules: HostRules | None) -> Protego | str:
        try:
            answer = await self._web.get(
                f"{site}/robots.txt", rules=rules, page=True, cap_bytes=_CAP_BYTES
            )
        except FetchError as error:
            if error.kind in ("too_many_redirects", "too_large"):
                return Protego.parse("")
            return f"robots.txt cannot be read: {error.reason}"
        if answer.status == 429 or answer.status >= 500:
            return f"robots.txt cannot be read: HTTP {answer.status}"
        text = answer.body.decode("utf-8", "replace") if 200 <= answer.status < 300 else ""
        return Protego.parse(text)

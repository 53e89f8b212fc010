"""What an HTTP error status means: the feed is gone, the address is wrong, or try again."""

from datetime import datetime

import httpx

from flows.feeds.fetching.http_client import HttpResponse
from flows.feeds.fetching.next_check import retry_after_s
from models.errors import FetchError, TransientFetchError

# A name that does not resolve, a server that hangs: trying again within the minute costs only time.
NO_RETRY = frozenset({"dns", "timeout", "too_slow", "read_timeout", "connect_timeout"})
_WAITING = frozenset({429, 503})
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


def status_error(response: HttpResponse, url: str, *, now: datetime) -> FetchError:
    """The FetchError for a response, with the wait its server asks for, if any."""
    status, kind = response.status, f"http_{response.status}"
    phrase = httpx.codes.get_reason_phrase(status) or "unusual answer"
    if status == 410:
        return FetchError(url, "HTTP 410: gone for good; the feed is retired", kind=kind)
    if status not in _MAY_PASS:
        hint = "; check the address" if status == 404 else ""
        return FetchError(url, f"HTTP {status} {phrase}{hint}", kind=kind)
    asked = None
    if status in _WAITING:
        asked = retry_after_s(response.header("retry-after"), now=now)
    wait = f"; asks us to wait {asked:,.0f} s" if asked is not None else ""
    return TransientFetchError(url, f"HTTP {status} {phrase}{wait}", kind=kind, retry_after_s=asked)

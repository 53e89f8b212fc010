"""The limits of fetching in one frozen record, with their defaults."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows.base.clock import utc_now

DEFAULT_CONTACT_URL = ""
PRODUCT = "PolicyWire"
VERSION = "0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Limits of a fetch run. Times are in seconds unless the name says otherwise.

    `deadline_s` limits one request from the first byte sent to the last received, with redirects
    but without the wait for the host's turn. A body slower than `min_bytes_per_s` for
    `slow_after_s` ends sooner; its slot on the host stays taken for `linger_s` more, until the
    server has noticed. `allow_hosts` lists private hosts that may be reached (`name`, `name:port`,
    `*.suffix`, CIDR). `retries` are tries after the first one in the same run, for failures that
    can pass. All retries on one host together may take `host_trouble_s`, because its other feeds
    wait meanwhile; a 429 makes them wait for `host_wait_cap_s` at most. Reading a body or page may
    take `reading_s`, in a process with at most `reader_memory_bytes`. `clock` gives the time;
    a replay has a clock of its own.
    """

    contact_url: str = DEFAULT_CONTACT_URL
    user_agent: str = ""
    run_id: str = ""
    max_at_once: int = 32
    per_host: int = 2
    host_gap_s: float = 0.2
    page_gap_s: float = 1.0
    start_gap_s: float = 0.02
    connect_timeout_s: float = 8.0
    read_timeout_s: float = 10.0
    deadline_s: float = 25.0
    slow_after_s: float = 2.0
    min_bytes_per_s: float = 64.0
    linger_s: float = 2.5
    body_cap_bytes: int = 15 * 1024 * 1024
    redirect_cap: int = 8
    retries: int = 3
    retry_backoff_s: float = 0.3
    retry_after_in_run_s: float = 5.0
    host_trouble_s: float = 60.0
    host_wait_cap_s: float = 3600.0
    permanent_redirects_needed: int = 3
    poll_max_minutes: int = 24 * 60
    jitter: float = 0.1
    crawl_delay_cap_s: float = 30.0
    reading_s: float = 20.0
    reader_memory_bytes: int = 1024 * 1024 * 1024
    robots_ttl_s: float = 24 * 3600.0
    allow_hosts: tuple[str, ...] = ()
    http2: bool = True
    clock: Callable[[], datetime] = utc_now

    @property
    def agent(self) -> str:
        """The User-Agent line: our name and where to complain."""
        if self.user_agent:
            return self.user_agent
        contact = f" (+{self.contact_url})" if self.contact_url else ""
        return f"{PRODUCT}/{VERSION}{contact}"

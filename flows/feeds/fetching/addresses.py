"""Which addresses PolicyWire may connect to: public ones, and those the operator allowed.

A feed list is trusted only in part, redirects and article links not at all. So we resolve a host
name here, check every address it has, and connect to a checked address. A name that resolves
differently the second time (DNS rebinding) gains nothing.
"""

import asyncio
import csv
import ipaddress
import re
import socket
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import urlsplit

import httpx

from models.errors import ConfigError, FetchError, TransientFetchError
from models.feed import Feed

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMERIC_HOST = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LAST_32_BITS = (
    _NAT64,
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("::ffff:0:0:0/96"),
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_RESOLUTION_TTL_S = 60.0


def literal_address(host: str) -> IPAddress | None:
    """The address, if a host is one in its usual form (127.0.0.1, ::1), else None."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def why_not_public(address: IPAddress) -> str | None:
    """The kind of non-public network an address belongs to, or None for a public address.

    An IPv6 address that contains IPv4 addresses is public only if each of them is.
    """
    if isinstance(address, ipaddress.IPv6Address):
        for inner in ipv4_within(address):
            kind = why_not_public(inner)
            if kind is not None:
                return kind
        if _stands_for_ipv4(address):
            return None
    # Order matters: Python counts loopback and link-local as private too.
    for kind in ("unspecified", "loopback", "link_local", "multicast", "private"):
        if getattr(address, f"is_{kind}"):
            return kind.replace("_", "-")
    for network, kind in special_networks():
        if address.version == network.version and address in network:
            return kind
    # IANA has assigned only this block as global unicast; the rest of IPv6 is reserved.
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    return None if address.is_global else "not public"


@cache
def special_networks() -> tuple[tuple[IPNetwork, str], ...]:
    """The networks of models/reference/special_addresses.csv, each with its kind.

    All are refused, even those the registry calls globally reachable: no news is published there.
    """
    text = (resources.files("models") / "reference" / "special_addresses.csv").read_text("utf-8")
    return tuple(
        (ipaddress.ip_network(row["network"]), row["kind"])
        for row in csv.DictReader(text.splitlines())
    )


def ipv4_within(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 addresses inside an IPv6 address, in every form that networks translate.

    Mapped, compatible, translated, 6to4, Teredo (server and client), NAT64, ISATAP.
    """
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour, *((low,) if _is_isatap(address) else ()))
    if address.teredo is not None:
        return address.teredo
    if any(address in network for network in _LAST_32_BITS):
        return (low,)
    if _is_ipv4_compatible(address) or _is_isatap(address):
        return (low,)
    return ()


def _is_isatap(address: ipaddress.IPv6Address) -> bool:
    # Interface identifier 0000:5efe or 0200:5efe, then the IPv4 address (RFC 5214).
    return int(address) >> 32 & 0xFDFFFFFF == 0x00005EFE


def _stands_for_ipv4(address: ipaddress.IPv6Address) -> bool:
    # Forms in which the packet goes to the IPv4 address and nowhere else.
    return (
        address.ipv4_mapped is not None
        or address.sixtofour is not None
        or address in _NAT64
        or _is_ipv4_compatible(address)
    )


def _is_ipv4_compatible(address: ipaddress.IPv6Address) -> bool:
    # ::a.b.c.d, the old "compatible" form; :: and ::1 themselves are not of this form.
    return int(address) >> 32 == 0 and int(address) > 1


@dataclass(frozen=True, slots=True)
class _Rule:
    host: str
    port: int | None
    network: IPNetwork | None

    def covers(self, host: str, port: int, address: IPAddress) -> bool:
        if self.port is not None and self.port != port:
            return False
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        if self.host.startswith("*."):
            return host.endswith(self.host[1:])
        return host == self.host


@dataclass(frozen=True, slots=True)
class HostRules:
    """Hosts that may be in private networks: `name`, `name:port`, `*.suffix`, `10.0.0.0/8`."""

    rules: tuple[_Rule, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "HostRules":
        """Parse the rules of an allow list. Raises ConfigError that names a bad rule."""
        return cls(tuple(_parse_rule(text) for text in texts))

    def allows(self, host: str, port: int, address: IPAddress) -> bool:
        """May we reach this host, at this port and address, although it is not public?"""
        return any(rule.covers(host, port, address) for rule in self.rules)

    def __or__(self, other: "HostRules") -> "HostRules":
        return HostRules(self.rules + other.rules)


def _parse_rule(text: str) -> _Rule:
    host, port = text.strip().lower(), None
    if "/" in host:
        try:
            return _Rule("", None, ipaddress.ip_network(host))
        except ValueError as error:
            raise ConfigError(f"allow_hosts: {text!r} is not a network: {error}") from error
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = rest.removeprefix(":") or None
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if not host or (port is not None and not port.isdecimal()):
        raise ConfigError(f"allow_hosts: {text!r} is not a host; write name, name:port or a CIDR")
    return _Rule(host, int(port) if port else None, None)


@lru_cache(maxsize=4096)
def host_and_port(url: str) -> tuple[str, int]:
    """Host and port of an http or https URL. Raises FetchError for anything else."""
    _refuse_numeric_host(url)
    try:
        parts = httpx.URL(url)
        host, port = parts.host, parts.port or _PORTS.get(parts.scheme)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(url, f"not an address: {error}", kind="bad_url") from error
    if parts.scheme not in _PORTS:
        raise FetchError(
            url, f"refused: {parts.scheme or 'no'} scheme; only http and https", kind="bad_url"
        )
    if not host or not port:
        raise FetchError(url, "not an address: no host in it", kind="bad_url")
    return host, port


def _refuse_numeric_host(url: str) -> None:
    """Raise FetchError for a host that writes an IPv4 address as 2130706433, 0177.0.0.1 or 0x7f.1.

    The system would resolve it, but no honest feed writes its address like this.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return
    if not _NUMERIC_HOST.fullmatch(host) or literal_address(host) is not None:
        return
    try:
        meaning = f" means {ipaddress.IPv4Address(socket.inet_aton(host))}"
    except OSError:
        meaning = " is not an address"
    raise FetchError(
        url,
        f"refused: {host}{meaning}; write the address in its usual form and, if you want it, "
        "add it to allow_hosts",
        kind="refused_address",
    )


def rules_for(feed: Feed) -> HostRules:
    """The private hosts a feed's requests may reach: at most the one in its listed address.

    A loopback address there (127.0.0.1, [::1]) is what the operator wants. Any other private
    address, or a name that resolves to one, needs `allow_private = true`.
    """
    try:
        host, port = host_and_port(feed.url)
    except FetchError:
        return HostRules()
    address = literal_address(host)
    if feed.allow_private or (address is not None and address.is_loopback):
        return HostRules((_Rule(host.lower(), port, None),))
    return HostRules()


# The rules of the running task's request. A context variable, because the connection pool calls
# the guard without them.
request_rules: ContextVar[HostRules | None] = ContextVar("request_rules", default=None)


class AddressGuard:
    """Resolves host names; refuses those with an address that is neither public nor allowed."""

    def __init__(self, rules: HostRules, *, lookups_at_once: int = 32) -> None:
        self._rules = rules
        self._known: dict[tuple[str, int], tuple[float, tuple[IPAddress, ...]]] = {}
        # Lookups block; with threads of their own, a slow name server delays no other work.
        self._threads = ThreadPoolExecutor(lookups_at_once, thread_name_prefix="dns")

    def close(self) -> None:
        """Release the lookup threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check(self, host: str, port: int) -> tuple[IPAddress, ...]:
        """The addresses of a host. Raises FetchError unless all of them are allowed."""
        host = host.lower().rstrip(".")
        addresses = await self._resolve(host, port)
        rules = self._rules | (request_rules.get() or HostRules())
        for address in addresses:
            kind = why_not_public(address)
            if kind and not rules.allows(host, port, address):
                where = host if str(address) == host else f"{host} is {address}, "
                line = f"{where}{' is ' if str(address) == host else ''}a {kind} address"
                raise FetchError(
                    f"{host}:{port}",
                    f"refused: {line}; if you want it, add it to allow_hosts",
                    kind="refused_address",
                )
        return addresses

    async def _resolve(self, host: str, port: int) -> tuple[IPAddress, ...]:
        literal = literal_address(host)
        if literal is not None:
            return (literal,)
        known = self._known.get((host, port))
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            found = await asyncio.get_running_loop().run_in_executor(
                self._threads, _getaddrinfo, host, port
            )
        except (OSError, UnicodeError) as error:
            raise TransientFetchError(host, f"no such host: {error}", kind="dns") from error
        if not found:
            raise TransientFetchError(host, "no such host: no address", kind="dns")
        self._known[(host, port)] = (time.monotonic() + _RESOLUTION_TTL_S, found)
        return found


def _getaddrinfo(host: str, port: int) -> tuple[IPAddress, ...]:
    # The system also resolves 2130706433, 0177.0.0.1 and 0x7f.1; their addresses are checked too.
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts: Sequence[str] = [str(info[4][0]).partition("%")[0] for info in infos]
    return tuple(dict.fromkeys(ipaddress.ip_address(text) for text in texts))

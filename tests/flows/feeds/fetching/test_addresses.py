"""Server-side request forgery: every known way to make us talk to a private address."""

import asyncio
import csv
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import replace
from importlib import resources

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from flows.feeds.fetching import addresses
from flows.feeds.fetching.addresses import (
    AddressGuard,
    HostRules,
    request_rules,
    rules_for,
    why_not_public,
)
from flows.feeds.fetching.guarded_backend import GuardedBackend
from models.errors import ConfigError, FetchError
from models.feed import Feed
from tests.flows.conftest import BRISK, outcomes_of

FORMS = {
    "dotted loopback": "127.0.0.1",
    "another loopback": "127.8.9.10",
    "short loopback": "127.1",
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "octal throughout": "0177.0000.0000.0001",
    "hexadecimal": "0x7f000001",
    "mixed": "0x7f.0.0.1",
    "zero": "0.0.0.0",
    "bare zero": "0",
    "IPv6 loopback": "[::1]",
    "IPv6 unspecified": "[::]",
    "IPv4 in IPv6": "[::ffff:127.0.0.1]",
    "IPv4 in IPv6, hexadecimal": "[::ffff:7f00:1]",
    "IPv4-compatible IPv6": "[::7f00:1]",
    "NAT64": "[64:ff9b::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "Teredo": "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "cloud metadata": "169.254.169.254",
    "cloud metadata, decimal": "2852039166",
    "cloud metadata, IPv6": "[fd00:ec2::254]",
    "private 10": "10.0.0.1",
    "private 172": "172.16.5.4",
    "private 192": "192.168.1.1",
    "carrier-grade": "100.64.0.1",
    "IPv6 private": "[fc00::1]",
    "IPv6 link-local": "[fe80::1]",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "localhost": "localhost",
}


def refusal(url: str, *, listed: str = "https://feeds.example.org/f") -> str:
    """The ledger row of a feed that is listed at one address and fetched at another."""

    async def go() -> FetchError | None:
        guard = AddressGuard(HostRules())
        token = request_rules.set(rules_for(Feed(feed_id="f", name="f", url=listed)))
        try:
            await guard.check(*addresses.host_and_port(url))
        except FetchError as error:
            return error
        finally:
            request_rules.reset(token)
            guard.close()
        return None

    error = asyncio.run(go())
    assert error is not None, f"{url} was let through"
    assert error.kind == "refused_address"
    return error.reason


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS.keys())
def test_each_form_is_refused_with_a_clear_line(host: str) -> None:
    line = refusal(f"http://{host}:8080/feed")
    assert line.startswith("refused: ")
    assert "allow_hosts" in line


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("10.1.2.3", "private"),
        ("0.0.0.0", "unspecified"),
        ("224.0.0.1", "multicast"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("93.184.216.34", None),
        ("2606:2800:220:1:248:1893:25c8:1946", None),
        ("64:ff9b::5db8:d822", None),
    ],
)
def test_the_line_names_the_kind_of_network(address: str, kind: str | None) -> None:
    assert why_not_public(ipaddress.ip_address(address)) == kind


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.7"])
def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolve_to(monkeypatch, [address])
    line = refusal("http://innocent.example.org/feed")
    assert f"innocent.example.org is {address}" in line


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    assert "127.0.0.1" in refusal("http://innocent.example.org/feed")


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    asked: list[str] = []
    turns = list(answers)

    def fake(host: str, port: int, **_more: object) -> list[tuple[object, ...]]:
        asked.append(host)
        answer = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in answer]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return asked


def test_a_name_that_changes_is_still_connected_to_the_checked_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[str] = []

    class Recorder:
        async def connect_tcp(self, host: str, *_more: object) -> None:
            connected.append(host)
            raise httpcore.ConnectError("not in a test")

    async def go() -> None:
        guard = AddressGuard(HostRules())
        backend = GuardedBackend(guard)
        backend._inner = Recorder()  # type: ignore[assignment]
        await guard.check("rebinding.example.org", 80)
        with pytest.raises(httpcore.ConnectError):
            await backend.connect_tcp("rebinding.example.org", 80)
        guard.close()

    asyncio.run(go())
    assert connected == ["93.184.216.34"]


@pytest.mark.parametrize("host", FORMS.values(), ids=FORMS.keys())
def test_a_redirect_to_each_form_is_refused(
    server: HTTPServer, feed_at: Callable[..., Feed], host: str
) -> None:
    # The feed itself is listed at a loopback literal, which allows that host and port alone.
    target = f"http://{host}:{server.port + 1}/secret"
    server.expect_request("/f").respond_with_data("", status=302, headers={"Location": target})
    outcome = asyncio.run(outcomes_of([feed_at("/f")]))["f"]
    assert outcome.fetch.outcome == "refused_address"
    assert target in (outcome.fetch.error or "") or host.strip("[]") in (outcome.fetch.error or "")
    assert len(server.log) == 1


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.org/f", "gopher://127.0.0.1:70/", "//"],
)
def test_a_redirect_to_anything_but_the_web_is_refused(
    server: HTTPServer, feed_at: Callable[..., Feed], target: str
) -> None:
    server.expect_request("/f").respond_with_data("", status=302, headers={"Location": target})
    outcome = asyncio.run(outcomes_of([feed_at("/f")]))["f"]
    assert outcome.fetch.outcome in ("bad_url", "bad_redirect")
    assert len(server.log) == 1


def test_a_loopback_literal_in_the_list_allows_that_host_and_port(
    server: HTTPServer, feed_at: Callable[..., Feed]
) -> None:
    server.expect_request("/f").respond_with_data("<rss version='2.0'/>")
    assert asyncio.run(outcomes_of([feed_at("/f")]))["f"].fetch.outcome == "ok"


def test_an_open_connection_to_one_feeds_host_does_not_serve_anothers_redirect(
    server: HTTPServer, feed_at: Callable[..., Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(host="0.0.0.0") as other:
        server.expect_request("/f").respond_with_data("<rss version='2.0'/>")
        other.expect_request("/g").respond_with_data(
            "", status=302, headers={"Location": f"http://127.0.0.1:{server.port}/f"}
        )
        mine = feed_at("/f", feed_id="mine")
        theirs = Feed(feed_id="theirs", name="", url=f"http://127.0.0.2:{other.port}/g")
        settings = replace(BRISK, max_at_once=1)
        found = asyncio.run(outcomes_of([mine, theirs, mine], settings=settings))
    assert found["mine"].fetch.outcome == "ok"
    assert found["theirs"].fetch.outcome == "refused_address"


@pytest.mark.parametrize("url", ["http://2130706433/", "http://localhost/", "http://10.0.0.1/"])
def test_other_private_addresses_need_allow_private_even_in_the_list(url: str) -> None:
    assert refusal(url, listed=url)


def test_allow_private_in_the_list_allows_them() -> None:
    feed = Feed(feed_id="f", name="", url="http://10.0.0.1:8080/f", allow_private=True)
    rules = rules_for(feed)
    assert rules.allows("10.0.0.1", 8080, ipaddress.ip_address("10.0.0.1"))
    assert not rules.allows("10.0.0.1", 22, ipaddress.ip_address("10.0.0.1"))


@pytest.mark.parametrize(
    ("rule", "host", "address", "allowed"),
    [
        ("intranet.example", "intranet.example", "10.0.0.1", True),
        ("intranet.example", "other.example", "10.0.0.1", False),
        ("intranet.example:8080", "intranet.example", "10.0.0.1", False),
        ("*.corp.example", "news.corp.example", "10.0.0.1", True),
        ("*.corp.example", "evilcorp.example", "10.0.0.1", False),
        ("10.0.0.0/8", "anything.example", "10.9.9.9", True),
        ("10.0.0.0/8", "anything.example", "192.168.0.1", False),
        ("[::1]", "::1", "::1", True),
    ],
)
def test_allow_hosts_rules(rule: str, host: str, address: str, allowed: bool) -> None:
    rules = HostRules.parse([rule])
    assert rules.allows(host, 80, ipaddress.ip_address(address)) is allowed


@pytest.mark.parametrize("rule", ["", "host:port", "10.0.0.0/99"])
def test_a_rule_that_cannot_be_read_is_a_config_error(rule: str) -> None:
    with pytest.raises(ConfigError, match="allow_hosts"):
        HostRules.parse([rule])


NOT_PUBLIC = """
0.1.2.3 10.9.8.7 100.64.1.1 100.127.255.254 127.9.9.9 168.63.129.16 169.254.170.2 172.31.0.1
192.0.0.1 192.0.0.9 192.0.0.170 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:10.0.0.1
::ffff:0:8.8.8.8 64:ff9b::10.0.0.1 64:ff9b:1::10.0.0.1 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1
2001::1 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1
2002:a00:1:: 2002:c0a8:101::1 2620:4f:8000::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1
febf::1 fec0::1 feff::1 ff02::1 fe80::5efe:8.8.8.8 2606:4700::5efe:10.0.0.1
2606:4700::200:5efe:127.0.0.1 2002:808:808::5efe:192.168.1.1 2001:0:a00:1:0:0:f7f7:f7f7 1::1
4000::1 e000::1
""".split()  # noqa: SIM905 - easier to read as lines


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_reserved_networks_are_not_public(text: str) -> None:
    assert why_not_public(ipaddress.ip_address(text))


PUBLIC = """
8.8.8.8 1.1.1.1 93.184.216.34 192.0.1.1 192.88.98.1 198.17.255.255 198.20.0.1 223.255.255.255
2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 2002:808:808::1 64:ff9b::8.8.8.8
::ffff:8.8.8.8 2606:4700::5efe:8.8.8.8
""".split()  # noqa: SIM905 - easier to read as lines


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_stay_public(text: str) -> None:
    assert why_not_public(ipaddress.ip_address(text)) is None


@given(st.sampled_from([ipaddress.ip_address(t) for t in NOT_PUBLIC if ":" not in t]))
def test_an_ipv4_address_in_ipv6_is_checked_as_itself(inner: ipaddress.IPv4Address) -> None:
    low = int(inner)
    prefix = int(ipaddress.ip_address("2606:4700:1:2::"))
    forms = [
        low | 0xFFFF << 32,
        low,
        low | 0xFFFF << 48,
        low | int(ipaddress.ip_address("64:ff9b::")),
        low | int(ipaddress.ip_address("64:ff9b:1:5::")),
        low << 80 | 0x2002 << 112,
        0x20010000 << 96 | low << 64 | 0xF7F7F7F7,
        0x20010000 << 96 | 0x08080808 << 64 | (low ^ 0xFFFFFFFF),
        prefix | 0x5EFE << 32 | low,
        prefix | 0x02005EFE << 32 | low,
    ]
    for form in forms:
        assert why_not_public(ipaddress.IPv6Address(form)), ipaddress.IPv6Address(form)


def test_the_table_is_read_and_has_its_sources() -> None:
    text = (resources.files("models") / "reference" / "special_addresses.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(addresses.special_networks())
    assert all(row["source"] for row in rows)
    for network, _ in addresses.special_networks():
        assert why_not_public(network[0])
        assert why_not_public(network[-1])

"""Fetching over TLS and HTTP/2 from a server of our own that speaks both."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.feeds.fetching.http_client import HttpClient, HttpResponse
from models.errors import FetchError
from tests.flows.conftest import BRISK

BODY = b'<rss version="2.0"><channel><title>T</title></channel></rss>' + b" " * 70_000
LOCAL = replace(BRISK, allow_hosts=("127.0.0.1",))
NOT_MODIFIED = {b"if-none-match": b'"v1"'}


class Http2(asyncio.Protocol):
    """One connection: answers every GET, with a 304 to the validator it gave out."""

    def __init__(self, seen: list[dict[bytes, bytes]]) -> None:
        self.seen = seen
        self.unsent: dict[int, bytes] = {}
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.state.initiate_connection()
        self.transport.write(self.state.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self.state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                self.answer(event)
        for stream in list(self.unsent):
            self.send(stream)
        self.transport.write(self.state.data_to_send())

    def answer(self, request: h2.events.RequestReceived) -> None:
        headers = {bytes(name): bytes(value) for name, value in request.headers or []}
        self.seen.append(headers)
        stream = request.stream_id
        assert stream is not None
        if NOT_MODIFIED.items() <= headers.items():
            self.state.send_headers(stream, [(":status", "304")], end_stream=True)
        else:
            self.state.send_headers(stream, [(":status", "200"), ("etag", '"v1"')])
            self.unsent[stream] = BODY

    def send(self, stream: int) -> None:
        # Larger than the first window, so the client must extend the window as it reads.
        room = min(self.state.local_flow_control_window(stream), 16_384)
        while room and self.unsent[stream]:
            now, self.unsent[stream] = self.unsent[stream][:room], self.unsent[stream][room:]
            self.state.send_data(stream, now, end_stream=not self.unsent[stream])
            room = min(self.state.local_flow_control_window(stream), 16_384)
        if not self.unsent[stream]:
            del self.unsent[stream]


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem


@asynccontextmanager
async def http2_server(pem: Path) -> AsyncIterator[tuple[str, list[dict[bytes, bytes]]]]:
    """Its address and the requests it saw."""
    seen: list[dict[bytes, bytes]] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.get_running_loop().create_server(
        lambda: Http2(seen), "127.0.0.1", 0, ssl=context
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"https://127.0.0.1:{port}/feed.xml", seen


def trusting(pem: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(pem))
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def test_a_feed_over_http2_comes_whole_then_unchanged(tmp_path: Path) -> None:
    pem = certificate(tmp_path)

    async def go() -> tuple[list[HttpResponse], list[dict[bytes, bytes]]]:
        async with http2_server(pem) as (url, seen), HttpClient(LOCAL, tls=trusting(pem)) as client:
            first = await client.get(url)
            again = await client.get(url, headers={"If-None-Match": first.header("ETag") or ""})
            several = await asyncio.gather(*(client.get(url) for _ in range(4)))
        return [first, again, *several], seen

    (first, again, *several), seen = asyncio.run(go())
    assert (first.status, first.body) == (200, BODY)
    assert (again.status, again.body) == (304, b"")
    assert all(answer.body == BODY for answer in several)
    assert all(request[b":scheme"] == b"https" for request in seen)
    assert seen[0][b"user-agent"].startswith(b"PolicyWire/")


def test_the_body_cap_holds_on_http2(tmp_path: Path) -> None:
    pem = certificate(tmp_path)

    async def go() -> None:
        capped = replace(LOCAL, body_cap_bytes=50_000)
        async with http2_server(pem) as (url, _), HttpClient(capped, tls=trusting(pem)) as client:
            with pytest.raises(FetchError, match="more than 50,000 bytes") as caught:
                await client.get(url)
            assert caught.value.kind == "too_large"

    asyncio.run(go())


def test_a_self_signed_certificate_is_refused(tmp_path: Path) -> None:
    pem = certificate(tmp_path)

    async def go() -> list[dict[bytes, bytes]]:
        async with http2_server(pem) as (url, seen), HttpClient(LOCAL) as client:
            with pytest.raises(FetchError, match="TLS") as caught:
                await client.get(url)
            assert caught.value.kind == "tls"
        return seen

    assert asyncio.run(go()) == []

"""The server as a process: both transports, the token, new snapshots, signals, clean output."""

import json
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.extractors.link_cases import told
from tests.flows.mcp_server.world import (
    POLICYWIRE,
    clean_environment,
    error_of,
    fill,
    http_server,
    make_world,
    over_http,
    over_stdio,
    value_of,
)

TOKEN = "a-token-of-the-test-0123456789"
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HEAD = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}


@pytest.fixture(scope="module")
def url(config: Path) -> Iterator[str]:
    with http_server(config, POLICYWIRE_MCP_TOKEN=TOKEN) as (address, line):
        assert TOKEN not in line
        yield address


def asked(url: str, **headers: str) -> httpx.Response:
    return httpx.post(url, json=PING, headers={**HEAD, **headers}, timeout=30, trust_env=False)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_both_transports_give_the_same_answer(config: Path, url: str, mode: str) -> None:
    call = ("search_measures", {"commodity": "rare_earths"})
    (here,) = over_stdio(config, call, mode=mode)
    (there,) = over_http(url, TOKEN, call, mode=mode)
    assert value_of(here) == value_of(there)
    assert value_of(here)["measures"]


def test_only_the_token_opens_it(url: str) -> None:
    assert asked(url, Authorization=f"Bearer {TOKEN}").status_code == 200
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"X-Token": TOKEN},
    ):
        answer = asked(url, **headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Host": "127.0.0.1:1@evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
    ],
)
def test_another_host_or_origin_is_refused_even_with_the_token(
    url: str, headers: dict[str, str], status: int
) -> None:
    assert asked(url, Authorization=f"Bearer {TOKEN}", **headers).status_code == status


def test_a_large_body_is_refused(url: str) -> None:
    answer = httpx.post(
        url,
        content=b" " * 2_000_000,
        headers={**HEAD, "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
        trust_env=False,
    )
    assert answer.status_code == 413


def test_it_makes_a_private_token_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    config = fill(tmp_path, [told("2025-10-09", "tariff adopted", commodities=["steel"])])
    with http_server(config) as (address, line):
        token = (tmp_path / "mcp.token").read_text("ascii").strip()
        assert len(token) == 43
        assert stat.S_IMODE((tmp_path / "mcp.token").stat().st_mode) == 0o600
        assert "mcp.token" in line
        assert token not in line
        assert asked(address, Authorization=f"Bearer {token}").status_code == 200
    with http_server(config) as (address, _):
        assert asked(address, Authorization=f"Bearer {token}").status_code == 200


def test_a_new_snapshot_is_read_at_once_and_a_missing_one_is_told(tmp_path: Path) -> None:
    config = make_world(tmp_path)
    call = ("search_measures", {"commodity": "cobalt"})
    with http_server(config, POLICYWIRE_MCP_TOKEN=TOKEN) as (address, _):
        (before,) = over_http(address, TOKEN, call)
        assert value_of(before)["measures"] == []
        fill(tmp_path, [told("2025-12-01", "export_ban adopted", commodities=["cobalt"])])
        (after,) = over_http(address, TOKEN, call)
        assert len(value_of(after)["measures"]) == 1
        (tmp_path / "live.snapshot.duckdb").unlink()
        (gone,) = over_http(address, TOKEN, call)
        assert "no snapshot yet; `policywire run` publishes one" in error_of(gone)


def test_stdout_carries_the_protocol_and_nothing_else(config: Path) -> None:
    said = "\n".join(
        json.dumps(line)
        for line in (
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "initialize",
                "params": {
                    "protocolVersion": "2025-06-18",
                    "capabilities": {},
                    "clientInfo": {"name": "test", "version": "1"},
                },
            },
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {
                "jsonrpc": "2.0",
                "id": 2,
                "method": "tools/call",
                "params": {"name": "query_sql", "arguments": {"sql": "SELECT 41 + 1 AS n"}},
            },
        )
    )
    with subprocess.Popen(
        [POLICYWIRE, "mcp", "--config", str(config)],
        env=clean_environment(config.parent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("not json\n" + said + "\n")
        process.stdin.flush()
        lines: list[dict[str, object]] = []
        while not any(line.get("id") == 2 for line in lines):
            lines.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.stdout.read() == ""
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert process.returncode == 0
    assert '"rows":[[42]]' in json.dumps(lines[-1], separators=(",", ":"))


@pytest.mark.parametrize("more", [[], ["--http", "--port", "0"]], ids=["stdio", "http"])
def test_ctrl_c_stops_it_at_once(config: Path, more: list[str]) -> None:
    with subprocess.Popen(
        [POLICYWIRE, "mcp", *more, "--config", str(config)],
        env={**clean_environment(config.parent), "POLICYWIRE_MCP_TOKEN": TOKEN},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        # Either answers once it serves.
        if more:
            assert process.stderr.readline().startswith("MCP at http://127.0.0.1:")
        else:
            process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
            assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 130
        assert process.stdout.read() == ""
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        ("x" * 40, 0o644, "other users can read it; chmod 600"),
        ("short", 0o600, "not a token; write 24"),
        ("with a space in it 0123456789", 0o600, "not a token; write 24"),
        ("", 0o600, "not a token; write 24"),
        ("x" * 1000, 0o600, "not a token; write 24"),
        (None, 0, "cannot be read as a token"),
    ],
)
def test_a_bad_token_file_is_refused_without_showing_it(
    config: Path, tmp_path: Path, content: str | None, mode: int, message: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content, "utf-8")
        path.chmod(mode)
    done = subprocess.run(
        [POLICYWIRE, "mcp", "--http", "--config", str(config), "--token-file", str(path)],
        env={**clean_environment(tmp_path), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not content or content not in done.stderr


def test_a_port_in_use_is_told_in_one_line(config: Path, url: str) -> None:
    port = url.split(":")[2].split("/")[0]
    done = subprocess.run(
        [POLICYWIRE, "mcp", "--http", "--config", str(config), "--port", port],
        env={**clean_environment(config.parent), "POLICYWIRE_MCP_TOKEN": TOKEN, "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"port {port} on 127.0.0.1" in done.stderr
    assert os.linesep not in done.stderr.strip()

"""One warehouse for all tests of the MCP server that do not change it."""

from pathlib import Path

import pytest

from tests.flows.mcp_server.world import make_world


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("mcp"))

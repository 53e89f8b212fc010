"""`make audit`: the SBOM holds what is locked; what could not be looked up is no good answer."""

import json
import sys
from pathlib import Path

import pytest

from tests.audit import (
    EXIT_CLEAN,
    EXIT_FAULTS,
    EXIT_UNKNOWN,
    LOCK,
    environment_bom,
    invalid,
    locked,
    shipped,
    verdict,
)

PROGRAM = Path(sys.executable).with_name("cyclonedx-py")
CLEAN = {"name": "a", "version": "1", "vulns": []}
FAULTY = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.skipif(not PROGRAM.exists(), reason="needs cyclonedx-bom: make .venv/.tools")
def test_the_sbom_is_valid_and_holds_what_is_locked() -> None:
    lock = locked(LOCK.read_text("utf-8"))
    bom = shipped(environment_bom(), lock)
    few = [c for c in bom["components"] if c["name"] in {"duckdb", "lxml", "spacy"}]
    assert invalid({**bom, "components": few, "dependencies": []}) is None
    assert invalid({**bom, "components": [{"name": "duckdb"}], "dependencies": []})
    assert len(bom["components"]) == len(lock) > 100
    assert "pytest" not in {c["name"] for c in bom["components"]}
    (root,) = [e for e in bom["dependencies"] if e["ref"] == "root-component"]
    assert "duckdb" in {ref.split("==")[0] for ref in root["dependsOn"]}
    assert str(Path(__file__).parents[1]) not in json.dumps(bom), "no path of this machine"


def test_an_environment_that_differs_from_the_lock_is_refused() -> None:
    part = {"name": "Duck_DB", "version": "1.0", "bom-ref": "d"}
    bom = {"metadata": {"component": {"bom-ref": "r"}}, "components": [part], "dependencies": []}
    assert shipped(bom, {"duck-db": "1.0"})["components"] == [part]
    with pytest.raises(ValueError, match="duck-db; run make install"):
        shipped(bom, {"duck-db": "1.1"})


@pytest.mark.parametrize(
    ("found", "asked", "code", "said"),
    [
        ([CLEAN], 1, EXIT_CLEAN, "1 of 1 packages looked up, 0 known faults"),
        ([CLEAN, FAULTY], 2, EXIT_FAULTS, "b 2: PYSEC-1, mended in 3"),
        ([CLEAN, SKIPPED], 2, EXIT_UNKNOWN, "1 could not be looked up"),
        ([FAULTY, SKIPPED], 2, EXIT_FAULTS, "1 could not be looked up"),
        (None, 2, EXIT_UNKNOWN, "0 of 2 packages looked up"),
    ],
)
def test_the_verdict(found: list[object] | None, asked: int, code: int, said: str) -> None:
    answer = "" if found is None else json.dumps({"dependencies": found})
    got, lines = verdict(answer, asked)
    assert got == code
    assert said in "\n".join(lines)

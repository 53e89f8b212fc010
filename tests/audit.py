"""`make audit`: write the list of what is shipped (an SBOM), and look it up among known faults.

`python -m tests.audit` writes dist/policywire.cdx.json (CycloneDX 1.6), which needs no network,
then asks pip-audit. Exit code 0: no known fault; 1: there is one; 3: not everything could be
looked up, which is never taken for a good answer.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
SBOM = ROOT / "dist" / "policywire.cdx.json"
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
EXIT_CLEAN, EXIT_FAULTS, EXIT_UNKNOWN = 0, 1, 3
TIMEOUT_S = 900


def locked(text: str) -> dict[str, str]:
    """Return the versions of a lock by name."""
    return {canonicalize_name(name): version for name, version in PINNED.findall(text)}


def environment_bom() -> dict[str, Any]:
    """Return the SBOM of all that is installed beside this interpreter, tools included."""
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "all.json"
        told = ["--pyproject", str(ROOT / "pyproject.toml"), "--sv", "1.6", "--output-reproducible"]
        # Not validated: that takes 20 s of all that is installed. `make audit` validates its part.
        told += ["--no-validate", "-o", str(file), sys.executable]
        subprocess.run([program, "environment", *told], check=True, stderr=subprocess.PIPE)
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def shipped(bom: dict[str, Any], lock: dict[str, str]) -> dict[str, Any]:
    """Return the SBOM with the packages of the lock alone.

    Raises ValueError if one is not installed in the version of the lock.
    """
    kept = [c for c in bom["components"] if canonicalize_name(c["name"]) in lock]
    found: dict[str, str] = {canonicalize_name(c["name"]): c["version"] for c in kept}
    if wrong := sorted(name for name in lock if found.get(name) != lock[name]):
        raise ValueError(f"not installed as locked: {', '.join(wrong)}; run make install")
    refs = {c["bom-ref"] for c in kept} | {bom["metadata"]["component"]["bom-ref"]}
    edges = [edge for edge in bom["dependencies"] if edge["ref"] in refs]
    for edge in edges:
        if "dependsOn" in edge:
            edge["dependsOn"] = [ref for ref in edge["dependsOn"] if ref in refs]
    return {**bom, "components": kept, "dependencies": edges}


def invalid(bom: dict[str, Any]) -> str | None:
    """Return what in an SBOM is against the schema of CycloneDX 1.6; None for a valid one."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bom))
    return None if fault is None else str(fault)


def verdict(answer: str, asked: int) -> tuple[int, list[str]]:
    """Return exit code and lines for what pip-audit answered, JSON or nothing, on `asked` packages.

    A package that the service does not know counts as not looked up.
    """
    try:
        found = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        found = []
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no release'}"
        for each in found
        for fault in each.get("vulns", ())
    ]
    known = sum("vulns" in each for each in found)
    lines = [*faults, f"{known} of {asked} packages looked up, {len(faults)} known faults"]
    if known < asked:
        lines.append(
            f"{asked - known} could not be looked up: the service was not reached, or does not "
            "know them. This is no good answer; run it where it is reached (--service osv asks "
            "another one)"
        )
    return EXIT_FAULTS if faults else EXIT_UNKNOWN if known < asked else EXIT_CLEAN, lines


def ask(lock: Path, service: str) -> str:
    """Return what pip-audit says as JSON; empty if the service cannot be reached."""
    program = str(Path(sys.executable).with_name("pip-audit"))
    told = ["-s", service, "--format", "json", "--progress-spinner", "off", "--disable-pip"]
    done = subprocess.run(
        [program, *told, "--require-hashes", "--no-deps", "-r", str(lock)],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    if not done.stdout:
        print(f"pip-audit: {(done.stderr.strip().splitlines() or ['no answer'])[-1][:300]}")
    return done.stdout


def main(words: Sequence[str] | None = None) -> int:
    """Write the SBOM, print what is known, return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit")
    parser.add_argument("--service", default="pypi", choices=("pypi", "osv"))
    asked = parser.parse_args(words)
    lock = locked(LOCK.read_text("utf-8"))
    bom = shipped(environment_bom(), lock)
    if fault := invalid(bom):
        raise ValueError(f"the SBOM is not valid: {fault}")
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{SBOM.relative_to(ROOT)}: {len(bom['components'])} packages, CycloneDX 1.6")
    code, lines = verdict(ask(LOCK, asked.service), len(lock))
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())

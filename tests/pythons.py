"""`make check-pythons`: install the wheel and run it on every Python that it is meant for.

`python -m tests.pythons` looks for Python 3.11 to 3.13 (PATH, pyenv, uv), and for each one found
makes an environment in build/pythons, installs the wheel there, runs `policywire demo` from an
empty folder and tests that need no server. Those not found are named. Exit code 1 if one failed.
"""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11", "3.12", "3.13")
BUILD = ROOT / "build" / "pythons"
UV = str(Path(sys.executable).with_name("uv"))
# Versions are those of the lock wherever a package has them for this Python.
CONSTRAINTS = ("requirements.lock", "requirements-dev.lock")
TOOLS = ("pytest", "hypothesis", "pytest-httpserver", "cyclonedx-bom")
TESTS = ("tests/models", "tests/extractors/text", "tests/extractors/feeds", "tests/flows/base")
ASK = "import sys; print('.'.join(map(str, sys.version_info[:2])))"


def interpreter(version: str) -> str | None:
    """Return a Python of this version, or None: on PATH, of pyenv, or one that uv manages."""
    for candidate in candidates(version):
        try:
            asked = subprocess.run([candidate, "-I", "-c", ASK], capture_output=True, text=True)
        except OSError:
            continue
        if asked.returncode == 0 and asked.stdout.strip() == version:
            return candidate
    return None


def candidates(version: str) -> Iterator[str]:
    """Yield where a Python of this version may be."""
    if found := shutil.which(f"python{version}"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(pyenv.glob(f"{version}*/bin/python"), reverse=True))
    asked = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", "--managed-python", version],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == 0:
        yield asked.stdout.strip()


def check(version: str, python: str, wheel: Path) -> str | None:
    """Install and run on this Python; return what failed, None if nothing did."""
    home = BUILD / version
    shutil.rmtree(home, ignore_errors=True)
    empty = home / "empty"
    empty.mkdir(parents=True)
    own = home / "venv"
    inside = own / "bin"
    constraints = [word for name in CONSTRAINTS for word in ("--constraint", name)]
    wanted = [str(wheel), *TOOLS, *constraints]
    clean = {"HOME": str(empty), "PATH": f"{inside}:/usr/bin:/bin"}
    steps: dict[str, tuple[list[str], Path, dict[str, str] | None]] = {
        "venv": ([python, "-m", "venv", str(own)], ROOT, None),
        "install": ([*installer(inside), *wanted], ROOT, None),
        "version": ([str(inside / "policywire"), "--version"], empty, clean),
        "demo": ([str(inside / "policywire"), "demo"], empty, clean),
        "tests": ([str(inside / "python"), "-m", "pytest", "-q", "-x", *TESTS], ROOT, None),
    }
    for step, (command, folder, environment) in steps.items():
        began = time.monotonic()
        with (home / f"{step}.log").open("w") as log:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        print(f"  {step}: {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode:
            said = (home / f"{step}.log").read_text("utf-8", "replace").strip().splitlines()
            return "\n".join([f"{step} failed with {done.returncode}:", *said[-15:]])
    return None


def installer(inside: Path) -> list[str]:
    """Return the command that installs into an environment: uv, or pip where uv has no index."""
    if shutil.which(UV):
        return [UV, "pip", "install", "--system-certs", "--python", str(inside / "python")]
    return [str(inside / "python"), "-m", "pip", "install", "--quiet"]


def main(versions: Sequence[str]) -> int:
    """Check the Pythons named, all by default; return the exit code."""
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    print(f"policywire {needs['version']}, Python {needs['requires-python']}")
    shutil.rmtree(BUILD / "dist", ignore_errors=True)
    build = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, *build, "-w", str(BUILD / "dist"), "."], cwd=ROOT, check=True)
    (wheel,) = (BUILD / "dist").glob("*.whl")
    failed, skipped = [], []
    for version in versions or VERSIONS:
        python = interpreter(version)
        if python is None:
            print(f"Python {version}: not found here, skipped")
            skipped.append(version)
            continue
        print(f"Python {version}:", flush=True)
        if fault := check(version, python, wheel):
            failed.append(version)
            print(fault)
    passed = len(versions or VERSIONS) - len(failed) - len(skipped)
    print(f"{passed} good, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The built wheel works where nothing but it and its dependencies are installed."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from extractors.version import EXTRACTOR_VERSION

ROOT = Path(__file__).parents[1]
PACKAGES = ("extractors", "flows", "models", "warehouse")
SOURCES = (*PACKAGES, "pyproject.toml", "README.md", "LICENSE")
LINE = '{"id": 1, "kind": "headline", "text": "China bans gallium exports"}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    program: Path
    packages: Path
    home: Path
    folder: Path

    def run(self, *words: str, typed: str = "") -> str:
        """Return what `policywire WORDS` prints with no environment but HOME and PATH."""
        done = subprocess.run(
            [self.program, *words],
            cwd=self.folder,
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin"},
            input=typed,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def files(self) -> dict[str, tuple[int, int]]:
        """Return size and time of every file of ours that is installed, bytecode left out."""
        return {
            str(path.relative_to(self.packages)): (path.stat().st_size, path.stat().st_mtime_ns)
            for name in PACKAGES
            for path in (self.packages / name).rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }


def in_git(*under: str) -> set[str]:
    """Return the files below `under` that are in git or are about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *under]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a clean copy, without an index."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in in_git(*SOURCES):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(built), str(source))
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel in a new environment; its dependencies are those of this one, linked."""
    base = tmp_path_factory.mktemp("installed")
    venv.create(base / "venv", with_pip=False, symlinks=True)
    python = base / "venv" / "bin" / "python"
    pip("--python", str(python), "install", "--no-deps", str(wheel))
    (packages,) = (base / "venv" / "lib").glob("python*/site-packages")
    # A plain path: the .pth files there, among them the one of this checkout, are not read.
    paths = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (packages / "locked.pth").write_text("\n".join(sorted(paths)) + "\n")
    for name in ("home", "folder"):
        (base / name).mkdir()
    return Installed(
        program=base / "venv" / "bin" / "policywire",
        packages=packages,
        home=base / "home",
        folder=base / "folder",
    )


def pip(*words: str) -> None:
    """Run this environment's pip; no index is asked."""
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([sys.executable, "-m", "pip", "-q", *words], check=True, env=environment)


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == in_git(*PACKAGES)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert wheel.stat().st_size < 40 * 2**20, "package indexes take files of up to 100 MB"


def test_no_dependency_has_a_package_of_our_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ())) - {"policywire"} for name in PACKAGES} == {
        name: set() for name in PACKAGES
    }


def test_it_says_its_versions(installed: Installed) -> None:
    said = installed.run("--version")
    assert said == f"policywire {version('policywire')}, extractor {EXTRACTOR_VERSION}\n"
    assert installed.files().keys() == in_git(*PACKAGES)


def test_it_extracts(installed: Installed) -> None:
    answer = json.loads(installed.run("extract", typed=LINE))
    assert [(e["type"], e["status"]) for e in answer["events"]] == [("export_ban", "adopted")]


def test_the_demo_runs_and_writes_only_below_var(installed: Installed) -> None:
    before = installed.files()
    said = installed.run("demo")
    assert "results in var/demo/" in said
    assert os.listdir(installed.folder) == ["var"]
    assert (installed.folder / "var/demo/demo.snapshot.duckdb").is_file()
    assert installed.files() == before
    assert os.listdir(installed.home) == []
    settings = (installed.folder / "var/demo/policywire.toml").read_text("utf-8")
    assert str(installed.packages) not in settings
    config = ("--config", "var/demo/policywire.toml")
    assert "gallium" in installed.run("events", "--commodity", "gallium", *config)

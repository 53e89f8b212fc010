"""A built package holds the data files that running needs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEIGHTS = Path("extractors/reading/weights")


def test_the_readers_weights_and_card_are_packaged(tmp_path: Path) -> None:
    command = ("egg_info", "-e", str(tmp_path), "build_py", "-d", str(tmp_path / "lib"))
    build = "import setuptools; setuptools.setup()"
    subprocess.run([sys.executable, "-c", build, "-q", *command], cwd=ROOT, check=True)
    built = {p.name: p.read_bytes() for p in (tmp_path / "lib" / WEIGHTS).iterdir()}
    wanted = {p.name: p.read_bytes() for p in (ROOT / WEIGHTS).iterdir() if p.is_file()}
    assert built == wanted
    assert {Path(name).suffix for name in wanted} == {".json", ".npz", ".onnx", ".md"}
    assert sum(map(len, wanted.values())) < 25 * 2**20, "weights stay small enough to ship"


def test_the_reports_templates_and_looks_are_packaged(tmp_path: Path) -> None:
    report = Path("flows/reporting")
    command = ("egg_info", "-e", str(tmp_path), "build_py", "-d", str(tmp_path / "lib"))
    build = "import setuptools; setuptools.setup()"
    subprocess.run([sys.executable, "-c", build, "-q", *command], cwd=ROOT, check=True)
    for folder in ("templates", "static"):
        built = {p.name: p.read_bytes() for p in (tmp_path / "lib" / report / folder).iterdir()}
        wanted = {p.name: p.read_bytes() for p in (ROOT / report / folder).iterdir()}
        assert built == wanted
        assert len(wanted) > 2

"""Dockerfile, compose.yaml and docs/kubernetes.yaml: linted, and they fit together.

No image is built here: that needs a registry of base images.
"""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from flows.base.settings import Settings
from flows.commands.cli import app

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")
UID, HELD, SCRATCH, SETTINGS = 10001, "/data/var", "/tmp", "/data/policywire.toml"


def instructions(name: str) -> list[str]:
    """Return what follows an instruction of the Dockerfile, once for each time it is there."""
    text = DOCKERFILE.read_text("utf-8").replace("\\\n", " ")
    return re.findall(rf"^{name} (.+)$", text, re.MULTILINE)


def kubernetes() -> dict[str, Any]:
    """Return the manifests by kind."""
    text = (ROOT / "docs" / "kubernetes.yaml").read_text("utf-8")
    return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(text)}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return found


def pod() -> dict[str, Any]:
    found: dict[str, Any] = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    return found


@pytest.mark.skipif(not HADOLINT.exists(), reason="needs hadolint, which is built for few machines")
@pytest.mark.parametrize(("change", "rule"), [("", ""), ("\nUSER root\nRUN cd /tmp", "DL3003")])
def test_hadolint_finds_nothing_but_real_faults(change: str, rule: str) -> None:
    told = subprocess.run(
        [HADOLINT, "--no-color", "-"],
        input=DOCKERFILE.read_text("utf-8") + change,
        capture_output=True,
        text=True,
        check=False,
    )
    assert rule in told.stdout
    assert bool(told.stdout) == bool(rule), told.stdout


def test_the_image_gets_all_that_the_dockerfile_copies() -> None:
    context = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [shlex.split(line)[:-1] for line in instructions("COPY") if "--from" not in line]
    names = {name for words in copied for name in words}
    assert names == {line[1:] for line in context if line.startswith("!")}
    assert all((ROOT / name).exists() for name in names)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert {pattern.rstrip("*") for pattern in packages["packages"]["find"]["include"]} <= names


def test_the_image_installs_the_lock_and_runs_without_rights() -> None:
    runs = " ".join(instructions("RUN"))
    assert "--require-hashes -r requirements.lock" in re.sub(r"\s+", " ", runs)
    assert instructions("USER") == [f"{UID}:{UID}"]
    assert f"--uid {UID}" in runs
    assert instructions("VOLUME") == [HELD]
    assert instructions("STOPSIGNAL") == ["SIGINT"]


def test_warehouse_and_settings_are_where_the_image_looks() -> None:
    (folder,) = set(instructions("WORKDIR")) - {"/source"}
    assert str(Path(folder) / Settings.model_fields["warehouse"].default.parent) == HELD
    service = compose()["services"]["policywire"]
    assert service["volumes"] == [f"var:{HELD}"]
    assert [each["target"] for each in service["configs"]] == [SETTINGS]
    (container,) = pod()["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"var": HELD, "tmp": SCRATCH, "settings": SETTINGS}
    assert {volume["name"] for volume in pod()["volumes"]} == set(mounts)


def test_settings_in_the_files_are_settings() -> None:
    for text in (
        compose()["configs"]["settings"]["content"],
        kubernetes()["ConfigMap"]["data"]["policywire.toml"],
    ):
        assert Settings(**tomllib.loads(text)).schedule.news == "*/15 * * * *"


def test_commands_in_the_files_exist() -> None:
    (container,) = pod()["containers"]
    probes = [container[name]["exec"]["command"] for name in ("startupProbe", "livenessProbe")]
    (check,) = (shlex.split(line.partition("CMD ")[2]) for line in instructions("HEALTHCHECK"))
    checks = [[word.strip("[],") for word in check], *probes]
    assert {tuple(words) for words in checks} == {("policywire", "status")}
    for words in [checks[0][1:], container["args"]]:
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0


def test_manifests_name_each_other_and_one_pod_writes() -> None:
    found = kubernetes()
    assert set(found) == {
        "Namespace",
        "ConfigMap",
        "PersistentVolumeClaim",
        "Deployment",
        "NetworkPolicy",
    }
    names = {kind: each["metadata"]["name"] for kind, each in found.items()}
    spaces = {each["metadata"].get("namespace", names["Namespace"]) for each in found.values()}
    assert spaces == {names["Namespace"]}
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    assert volumes["var"]["persistentVolumeClaim"]["claimName"] == names["PersistentVolumeClaim"]
    assert volumes["settings"]["configMap"]["name"] == names["ConfigMap"]
    spec = found["Deployment"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_pods_and_containers_have_no_rights() -> None:
    service, (container,) = compose()["services"]["policywire"], pod()["containers"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert pod()["securityContext"]["runAsUser"] == UID
    assert pod()["securityContext"]["runAsNonRoot"] is True
    assert pod()["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }

"""The trained head: small linear models over the rules' own features, run with numpy alone.

Weights are shipped in extractors/lexicon/head.npz; extractors/training.py makes them.
"""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "head.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """One linear model: a row of weights a feature, a column a class."""

    classes: tuple[str, ...]
    index: Mapping[str, int]
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def probabilities(self, features: Mapping[str, float]) -> NDArray[np.float32]:
        """Probability of each class; features never seen in training count nothing."""
        z = self.intercept.copy()
        for name, value in features.items():
            row = self.index.get(name)
            if row is not None:
                z += value * self.weights[row]
        if len(self.classes) == 2 and z.shape == (1,):
            p = 1.0 / (1.0 + np.exp(-z[0]))
            return np.array([1.0 - p, p], dtype=np.float32)
        e = np.exp(z - z.max())
        return np.asarray(e / e.sum(), dtype=np.float32)

    def best(self, features: Mapping[str, float], allowed: Iterable[str] | None = None) -> str:
        """The likeliest class, among `allowed` if given."""
        p = self.probabilities(features)
        wanted = set(allowed) if allowed is not None else set(self.classes)
        return max(((float(p[i]), c) for i, c in enumerate(self.classes) if c in wanted))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The models by what they decide, and the settings found with them."""

    models: Mapping[str, LinearModel]
    settings: Mapping[str, float]

    def event(self, features: Mapping[str, float]) -> float:
        """How likely a candidate is an event, 0 to 1, calibrated on held-out articles."""
        raw = float(self.models["event"].probabilities(features)[1])
        raw = min(max(raw, 1e-6), 1 - 1e-6)
        logit = float(np.log(raw / (1 - raw)))
        return float(
            1
            / (
                1
                + np.exp(
                    -(self.settings.get("scale", 1.0) * logit + self.settings.get("shift", 0.0))
                )
            )
        )

    def role(self, features: Mapping[str, float]) -> str:
        """actor, target or none for a jurisdiction near an event."""
        return self.models["role"].best(features)

    def role_probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """How likely a jurisdiction is actor, target or none of an event."""
        model = self.models["role"]
        return dict(zip(model.classes, map(float, model.probabilities(features)), strict=True))


def dump_head(head: Head) -> bytes:
    """The head as the bytes of an .npz file: half-precision weights, names as JSON."""
    arrays: dict[str, NDArray[np.generic]] = {}
    described: dict[str, object] = {}
    for key, model in head.models.items():
        names = sorted(model.index, key=model.index.__getitem__)
        arrays[f"{key}.weights"] = model.weights.astype(np.float16)
        arrays[f"{key}.intercept"] = model.intercept.astype(np.float32)
        described[key] = {"classes": list(model.classes), "features": names}
    meta = {"settings": dict(head.settings), "models": described}
    arrays["meta"] = np.frombuffer(
        json.dumps(meta, ensure_ascii=False).encode("utf-8"), dtype=np.uint8
    )
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def read_head(data: bytes) -> Head:
    """A head from the bytes `dump_head` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        meta = json.loads(arrays["meta"].tobytes().decode("utf-8"))
        models = {
            key: LinearModel(
                classes=tuple(m["classes"]),
                index={name: i for i, name in enumerate(m["features"])},
                weights=arrays[f"{key}.weights"].astype(np.float32),
                intercept=arrays[f"{key}.intercept"].astype(np.float32),
            )
            for key, m in meta["models"].items()
        }
    return Head(models=models, settings=meta["settings"])


_override: list[Head | None] = []


def use_head(head: Head | None) -> None:
    """Use this head from now on (training and its cross-validation); None goes by rules alone."""
    _override[:] = [head]


def load_head() -> Head | None:
    """The head in use: the one set by `use_head`, else the shipped one, else None."""
    return _override[0] if _override else _shipped()


@cache
def _shipped() -> Head | None:
    source = resources.files("extractors.lexicon").joinpath(WEIGHTS)
    return read_head(source.read_bytes()) if source.is_file() else None

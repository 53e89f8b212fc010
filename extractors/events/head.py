"""The trained head: small kernel models over the rules' own features, run with numpy alone.

Each is a kernel ridge regression with a Gaussian kernel (Rasmussen and Williams 2006, chapter 2.7):
what counts is how like a candidate is to labelled ones in all its features together, which a
linear model cannot say. Weights are shipped in extractors/events/lexicon/head.npz;
extractors/training/train.py makes them.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "head.npz"
_ARRAYS = ("starts", "columns", "values", "weights", "intercept")


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelModel:
    """One model: labelled rows of sparse features, and a weight of each row for each class.

    Row r has `columns[starts[r]:starts[r + 1]]` with `values` beside them. A class's score is the
    weighted sum of exp(-gamma * squared distance) over the rows; probabilities are the softmax of
    `scale * score + shift`, fitted on left-out rows. The rows by column, in which one candidate's
    few features are looked up, are worked out once.
    """

    classes: tuple[str, ...]
    index: Mapping[str, int]
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    gamma: float
    scale: float
    shift: float
    squares: NDArray[np.float32] = field(init=False)
    _column_starts: Sequence[int] = field(init=False)
    _rows: NDArray[np.intp] = field(init=False)
    _row_values: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))[order]
        ends = np.cumsum(np.bincount(self.columns, minlength=len(self.index)))
        object.__setattr__(self, "_column_starts", (0, *ends.tolist()))
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_row_values", self.values[order])
        object.__setattr__(self, "squares", squares_of(self.starts, self.values))

    def probabilities(self, features: Mapping[str, float]) -> NDArray[np.float32]:
        """Probability of each class; features never seen in training count nothing."""
        known = [(self.index[name], v) for name, v in features.items() if name in self.index]
        shared: NDArray[np.float64] = np.zeros(len(self.squares))
        if known:
            starts = self._column_starts
            within = [slice(starts[column], starts[column + 1]) for column, _ in known]
            rows = np.concatenate([self._rows[part] for part in within])
            values = np.concatenate([self._row_values[part] for part in within])
            given = np.repeat([v for _, v in known], [part.stop - part.start for part in within])
            shared = np.bincount(rows, given * values, len(shared)).astype(np.float64, copy=False)
        square = sum(v * v for _, v in known)
        near = np.exp(-self.gamma * np.maximum(self.squares + square - 2.0 * shared, 0.0))
        z = self.scale * (near @ self.weights + self.intercept) + self.shift
        if len(z) == 1:
            p = 1.0 / (1.0 + np.exp(-z[0]))
            return np.array([1.0 - p, p], dtype=np.float32)
        e = np.exp(z - z.max())
        return np.asarray(e / e.sum(), dtype=np.float32)

    def probability_of(self, features: Mapping[str, float]) -> dict[str, float]:
        """The probability of each class by its name."""
        return dict(zip(self.classes, map(float, self.probabilities(features)), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The models by what they decide: event, type, status, factuality and time_frame."""

    models: Mapping[str, KernelModel]

    def event(self, features: Mapping[str, float]) -> float:
        """How likely a candidate is an event, 0 to 1, calibrated on left-out candidates."""
        return float(self.models["event"].probabilities(features)[1])

    def label(self, name: str, features: Mapping[str, float]) -> dict[str, float]:
        """The probability of each class of a label: type, status, factuality or time frame."""
        return self.models[name].probability_of(features)


def squares_of(starts: NDArray[np.int32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The squared length of each row."""
    return np.asarray(np.add.reduceat(values * values, starts[:-1]), dtype=np.float32)


def dump_head(head: Head) -> bytes:
    """The head as the bytes of an .npz file: half-precision weights, names as JSON."""
    arrays: dict[str, NDArray[np.generic]] = {}
    described: dict[str, object] = {}
    for key, model in head.models.items():
        names = sorted(model.index, key=model.index.__getitem__)
        for name in _ARRAYS:
            whole = getattr(model, name)
            arrays[f"{key}.{name}"] = (
                whole.astype(np.float16) if name in ("values", "weights") else whole
            )
        described[key] = {
            "classes": list(model.classes),
            "features": names,
            "gamma": model.gamma,
            "scale": model.scale,
            "shift": model.shift,
        }
    meta = {"models": described}
    arrays["meta"] = np.frombuffer(
        json.dumps(meta, ensure_ascii=False).encode("utf-8"), dtype=np.uint8
    )
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def read_head(data: bytes) -> Head:
    """A head from the bytes `dump_head` wrote."""
    models = {}
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        meta = json.loads(arrays["meta"].tobytes().decode("utf-8"))
        for key, m in meta["models"].items():
            kept = {name: arrays[f"{key}.{name}"] for name in _ARRAYS}
            values = kept["values"].astype(np.float32)
            models[key] = KernelModel(
                classes=tuple(m["classes"]),
                index={name: i for i, name in enumerate(m["features"])},
                starts=kept["starts"],
                columns=kept["columns"],
                values=values,
                weights=kept["weights"].astype(np.float32),
                intercept=kept["intercept"],
                gamma=m["gamma"],
                scale=m["scale"],
                shift=m["shift"],
            )
    return Head(models=models)


_override: list[Head] = []


def use_head(head: Head) -> None:
    """Use this head from now on (training and its cross-validation)."""
    _override[:] = [head]


def load_head() -> Head:
    """The head in use: the one set by `use_head`, else the shipped one."""
    return _override[0] if _override else _shipped()


@cache
def _shipped() -> Head:
    source = resources.files("extractors.events.lexicon").joinpath(WEIGHTS)
    return read_head(source.read_bytes())

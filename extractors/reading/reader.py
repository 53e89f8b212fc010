"""The encoder, run by onnxruntime: some sentences in, a Reading for each out.

The weights and their model card lie in extractors/reading/weights; extractors/training makes them.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
import onnxruntime

from extractors.events.context import SentenceContext
from extractors.reading.inputs import padded, row_of
from extractors.reading.readings import Reading, decode
from models.errors import ConfigError

WEIGHTS = "reader.onnx"
# Rows read at once: what fits the caches of one core.
BATCH = 16


class Reader:
    """Reads sentences with the shipped encoder, on one core."""

    def __init__(self, weights: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            weights, options, providers=["CPUExecutionProvider"]
        )

    def read(self, contexts: Sequence[SentenceContext]) -> list[Reading]:
        """One Reading for each sentence, in order. Sentences of like lengths are read together."""
        rows = [row_of(context) for context in contexts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found: list[Reading | None] = [None] * len(rows)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            arrays = padded([rows[i] for i in batch])
            outputs = self.session.run(
                None, dict(zip(("ids", "kinds", "mask"), arrays, strict=True))
            )
            for at, i in enumerate(batch):
                found[i] = decode(rows[i], [np.asarray(o[at]) for o in outputs])
        return [reading for reading in found if reading is not None]


@cache
def load_reader() -> Reader:
    """The shipped encoder, loaded once. Raises ConfigError where its weights are missing."""
    source = resources.files("extractors").joinpath("reading", "weights", WEIGHTS)
    if not source.is_file():
        raise ConfigError(
            f"extractors/reading/weights/{WEIGHTS}: not there; install the package whole"
        )
    return Reader(source.read_bytes())

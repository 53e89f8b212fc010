"""The encoder, run by onnxruntime: some sentences in, a Reading for each out.

The weights and their model card lie in extractors/reading/weights; extractors/training makes them.
"""

import math
import os
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

# Else onnxruntime keeps an id of the machine in the user's cache to report its use with.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

from extractors.events.context import SentenceContext
from extractors.reading.inputs import EXITS, Row, padded, row_of
from extractors.reading.readings import Reading, decode, glanced
from models.errors import ConfigError

WEIGHTS = "reader.onnx"
# Log-odds of each glance with which every sentence is read to the end.
THROUGH = (-math.inf,) * len(EXITS)


class Reader:
    """Reads sentences with the shipped encoder, on one core."""

    def __init__(self, weights: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            weights, options, providers=["CPUExecutionProvider"]
        )

    def read(
        self, contexts: Sequence[SentenceContext], least: Sequence[float] = THROUGH
    ) -> list[Reading]:
        """One Reading for each sentence, in order.

        After some layers a glance (inputs.EXITS) tells how likely an event is; below its `least`
        log-odds the reading ends there, which saves the time of the other layers.

        Each is read alone: int8 scales the activations of a batch together, so that in a batch a
        sentence's log-odds would change, by 1.3 at most, with those it is read with.
        """
        limits = np.array(least, np.float32)
        return [self._read(row_of(context), limits) for context in contexts]

    def _read(self, row: Row, least: NDArray[np.float32]) -> Reading:
        arrays = dict(zip(("ids", "kinds", "mask"), padded([row]), strict=True))
        found = self.session.run(None, {**arrays, "least": least})
        outputs, reached = found[: -len(EXITS)], found[-len(EXITS) :]
        glances = [float(glance[0]) for glance in reached if glance.size]
        if not outputs[0].size:
            return glanced(row, glances)
        return decode(row, [np.asarray(output[0]) for output in outputs], glances)


@cache
def load_reader() -> Reader:
    """The shipped encoder, loaded once. Raises ConfigError where its weights are missing."""
    source = resources.files("extractors").joinpath("reading", "weights", WEIGHTS)
    if not source.is_file():
        raise ConfigError(
            f"extractors/reading/weights/{WEIGHTS}: not there; install the package whole"
        )
    return Reader(source.read_bytes())

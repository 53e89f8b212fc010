"""From the torch module to the file that ships: ONNX, its weights whole numbers of eight bits."""

import json
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from extractors.training.exits import GLANCES, OUTPUTS, with_exits
from extractors.training.network import ReaderNetwork, WithGlances

INPUTS = ("ids", "kinds", "mask")
OPSET = 17


def exported(net: ReaderNetwork) -> bytes:
    """The network as ONNX, its matrices quantised by channel (Jacob et al. 2018).

    Rows and pieces are free dimensions; activations are quantised as they come.
    """
    net.eval()
    ids = torch.randint(5, 1000, (3, 20), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    mask[1, 15:] = 0
    axes = {name: {0: "rows", 1: "pieces"} for name in (*INPUTS, *OUTPUTS)}
    axes |= {name: {0: "rows"} for name in ("sentence", *GLANCES)}
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder, "exact.onnx"), Path(folder, "small.onnx")
        with warnings.catch_warnings():
            # It warns of shapes that it takes for fixed; scores are of the file, so all are tried.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                WithGlances(net),
                (ids, torch.zeros_like(ids), mask),
                str(exact),
                input_names=list(INPUTS),
                output_names=[*OUTPUTS, *GLANCES],
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )
        quantize_dynamic(
            exact,
            small,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather", "Gemm"],
            per_channel=True,
        )
        return bytes(with_exits(onnx.load(str(small))).SerializeToString(deterministic=True))


def with_metadata(model: bytes, metadata: Mapping[str, object]) -> bytes:
    """The model with what is to be known of it, each value as JSON."""
    loaded = onnx.load_model_from_string(model)
    onnx.helper.set_model_props(loaded, {k: json.dumps(v) for k, v in metadata.items()})
    return bytes(loaded.SerializeToString(deterministic=True))


def metadata_of(path: Path) -> dict[str, object]:
    """What a file says of itself; nothing if training did not write it."""
    return {p.key: json.loads(p.value) for p in onnx.load(str(path)).metadata_props}

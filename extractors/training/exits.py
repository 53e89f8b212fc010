"""Let the encoder stop after a glance: what follows stands in the branch of an ONNX `If`.

So it is not computed for a sentence whose glance says that nothing is told (early exit,
Teerapittayanon et al. 2016), and there is still one file and one call.
"""

from collections.abc import Iterable, Mapping, Sequence

import onnx
from onnx import GraphProto, NodeProto, TensorProto, helper

from extractors.reading.inputs import EXITS

OUTPUTS = ("sentence", "trigger", "step", "query", "key", "bias")
GLANCES = tuple(f"glance{layer}" for layer in EXITS)
# The least logit of each glance with which reading goes on.
LEAST = "least"


def with_exits(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with a further input, `least`, and all that follows a glance in a branch.

    Where a glance of every row is below its `least`, the outputs that follow it are empty.
    """
    graph = model.graph
    shapes = {value.name: value for value in graph.output}
    rest = list(graph.node)
    parts: list[list[NodeProto]] = []
    for name in GLANCES:
        above = _leading_to([name], rest)
        parts.append([node for node in rest if id(node) in above])
        rest = [node for node in rest if id(node) not in above]
    inner = helper.make_graph(rest, "reading", [], [shapes[name] for name in OUTPUTS])
    for at, name in reversed(list(enumerate(GLANCES))):
        later = [*OUTPUTS, *GLANCES[at + 1 :]]
        inner = _behind(at, name, inner, later, shapes, parts[at])
    inputs = [*graph.input, helper.make_tensor_value_info(LEAST, TensorProto.FLOAT, [len(EXITS)])]
    whole = helper.make_graph(
        list(inner.node), graph.name, inputs, list(inner.output), list(graph.initializer)
    )
    _settle(whole)
    done = helper.make_model(whole, opset_imports=model.opset_import)
    done.ir_version = model.ir_version
    onnx.checker.check_model(done)
    return done


def _leading_to(names: Iterable[str], nodes: Sequence[NodeProto]) -> set[int]:
    """The ids of the nodes on which some values hang."""
    wanted = set(names)
    found = set()
    for node in reversed(nodes):
        if wanted & set(node.output):
            found.add(id(node))
            wanted |= set(node.input)
    return found


def _behind(
    at: int,
    glance: str,
    inner: GraphProto,
    later: Sequence[str],
    shapes: Mapping[str, onnx.ValueInfoProto],
    before: Sequence[NodeProto],
) -> GraphProto:
    """The nodes up to a glance, then `inner` if it is high enough, else empty outputs."""
    nothing = {name: [0] * len(shapes[name].type.tensor_type.shape.dim) for name in later}
    empty = helper.make_graph(
        [
            helper.make_node(
                "Constant",
                [],
                [f"no_{name}_{at}"],
                value=helper.make_tensor(name, TensorProto.FLOAT, shape, []),
            )
            for name, shape in nothing.items()
        ],
        f"stopped_{at}",
        [],
        [
            helper.make_tensor_value_info(f"no_{name}_{at}", TensorProto.FLOAT, shape)
            for name, shape in nothing.items()
        ],
    )
    then = GraphProto()
    then.CopyFrom(inner)
    # A branch names its outputs for itself.
    _rename(then, {name: f"{name}_{at}" for name in later})
    nodes = [
        *before,
        helper.make_node("Constant", [], [f"place_{at}"], value_ints=[at]),
        helper.make_node("Gather", [LEAST, f"place_{at}"], [f"least_{at}"]),
        helper.make_node("ReduceMax", [glance], [f"best_{at}"], keepdims=0),
        helper.make_node("GreaterOrEqual", [f"best_{at}", f"least_{at}"], [f"goes_on_{at}"]),
        helper.make_node("If", [f"goes_on_{at}"], list(later), then_branch=then, else_branch=empty),
    ]
    outputs = [*(shapes[name] for name in OUTPUTS), shapes[glance]]
    outputs += [shapes[name] for name in later if name not in OUTPUTS]
    return helper.make_graph(nodes, f"from_{at}", [], outputs)


def _rename(graph: GraphProto, names: Mapping[str, str]) -> None:
    """Give values of a graph other names, where they are made, used and given out."""
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in graph.output:
        value.name = names.get(value.name, value.name)


def _settle(graph: GraphProto) -> None:
    """Move each weight into the branch that alone uses it, where runtimes fuse it with its node."""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name == "then_branch":
                here = {name for n in graph.node for name in n.input}
                moved = [w for w in graph.initializer if w.name not in here]
                kept = [w for w in graph.initializer if w.name in here]
                attribute.g.initializer.extend(moved)
                del graph.initializer[:]
                graph.initializer.extend(kept)
                _settle(attribute.g)

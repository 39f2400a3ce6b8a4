"""Graphs of one node a weight: every way in which a graph may hold one. Values by the operators' formulas in float32, each held
against onnxruntime's CPU kernels on the identity matrix where there is one; run from `onnx_exports.py`.
"""

import hashlib
import json
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HIDDEN = 32
RNG = np.random.default_rng(16)
DOMAIN = "com.microsoft"
OPSETS = [helper.make_opsetid("", 21), helper.make_opsetid(DOMAIN, 1)]


class Graph:
    def __init__(self) -> None:
        self.nodes, self.tensors, self.expected, self.checked = [], [], {}, []

    def tensor(self, name: str, values: np.ndarray) -> str:
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def packed(self, name: str, kind: int, codes: np.ndarray) -> str:
        """Four bits, two codes a byte over the whole tensor, the low one first."""
        flat = np.append(codes.reshape(-1), np.zeros(codes.size % 2, codes.dtype)).astype(np.uint8) & 15
        raw = (flat[0::2] | (flat[1::2] << 4)).tobytes()
        self.tensors.append(helper.make_tensor(name, kind, codes.shape, raw, raw=True))
        return name

    def node(self, op: str, inputs: list, outputs: list, name: str, domain: str = "", **attributes):
        node = helper.make_node(op, inputs, outputs, name=name, domain=domain, **attributes)
        self.nodes.append(node)
        return node

    def weight(self, name: str, values: np.ndarray) -> None:
        values = np.ascontiguousarray(values, dtype=np.float32)
        self.expected[name] = {"shape": list(values.shape), "sha256": hashlib.sha256(values.tobytes()).hexdigest()}

    def check(self, values: np.ndarray, until: str, scale_type=np.float32, source: str = "x") -> None:
        """Against onnxruntime: the identity gives the matrix, turned round."""
        k = values.shape[1]
        kind = TensorProto.FLOAT if scale_type == np.float32 else TensorProto.FLOAT16
        needed, wanted = [], {until}
        for node in reversed(self.nodes):
            if wanted & set(node.output):
                needed.insert(0, node)
                wanted |= set(node.input)
        graph = helper.make_graph(
            needed, "g", [helper.make_tensor_value_info(source, kind, [k, k])],
            [helper.make_tensor_value_info(until, kind, None)], [t for t in self.tensors if t.name in wanted],
        )
        model = helper.make_model(graph, opset_imports=OPSETS, ir_version=10)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        result = session.run(None, {source: np.eye(k, dtype=scale_type)})[0]
        assert np.array_equal(result.T, values.astype(scale_type)), (until, np.abs(result.T.astype(np.float32) - values).max())
        self.checked.append(until)


def nibbles(codes: np.ndarray, bits: int) -> np.ndarray:
    """Codes of the last axis into bytes, padded, from the low bits."""
    each = 8 // bits
    padded = np.pad(codes, [(0, 0)] * (codes.ndim - 1) + [(0, -codes.shape[-1] % each)])
    parts = padded.reshape(*padded.shape[:-1], -1, each).astype(np.uint8)
    return np.bitwise_or.reduce(parts << (np.arange(each, dtype=np.uint8) * bits), axis=-1).astype(np.uint8)


def nbits(g: Graph, module: str, stem: str, n: int, k: int, bits: int, block: int, zeros: bool, scale_type=np.float32, run: bool = True):
    blocks = -(-k // block)
    codes = RNG.integers(0, 2**bits, (n, blocks, block))
    scales = (RNG.standard_normal((n, blocks)) * 0.1).astype(scale_type)
    zero = RNG.integers(0, 2**bits, (n, blocks)) if zeros else np.full((n, blocks), 2 ** (bits - 1))
    inputs = ["x", g.tensor(f"{stem}.weight_Q{bits}", nibbles(codes, bits)), g.tensor(f"{stem}.weight_scales", scales.reshape(-1) if block == 16 else scales)]
    if zeros:
        inputs.append(g.tensor(f"{stem}.weight_zp", nibbles(zero, bits).reshape(-1) if block == 16 else nibbles(zero, bits)))
    name = f"/{stem.replace('.', '/').replace('layers/', 'layers.')}_Q{bits}"
    out = f"{stem}.out"
    g.node("MatMulNBits", inputs, [out], name, DOMAIN, K=k, N=n, bits=bits, block_size=block)
    values = ((codes - zero[..., None]).astype(np.float32) * scales.astype(np.float32)[..., None]).reshape(n, -1)[:, :k]
    if run:
        g.check(values, out, scale_type)
    if module:
        g.weight(f"{module}.weight", values)
    return values, inputs


def dequantize(g: Graph, name: str, codes, scale, zero, kind: int, **attributes) -> str:
    codes_name = g.packed(f"{name}_q", kind, codes) if kind in (TensorProto.UINT4, TensorProto.INT4) else g.tensor(f"{name}_q", codes)
    inputs = [codes_name, g.tensor(f"{name}_s", scale)]
    if zero is not None:
        inputs.append(g.packed(f"{name}_z", kind, zero) if kind in (TensorProto.UINT4, TensorProto.INT4) else g.tensor(f"{name}_z", zero))
    g.node("DequantizeLinear", inputs, [f"{name}_dq"], "", **attributes)
    return f"{name}_dq"


def language_model() -> Graph:
    g = Graph()
    mlp = lambda layer, part: (f"model.layers.{layer}.mlp.{part}_proj", f"model.layers.{layer}.mlp.{part}_proj.MatMul")
    path = lambda layer, part: f"/model/layers.{layer}/mlp/{part}_proj/MatMul"
    # MatMulNBits: blocks with tails, with and without zero points, every width.
    nbits(g, *mlp(0, "gate"), 5, 40, 4, 16, True)
    nbits(g, *mlp(0, "up"), 5, 64, 4, 32, False, np.float16)
    nbits(g, *mlp(0, "down"), 7, 96, 8, 32, True)
    nbits(g, *mlp(1, "gate"), 5, 72, 2, 32, True)
    nbits(g, *mlp(1, "up"), 3, 300, 4, 256, True)
    nbits(g, *mlp(1, "down"), 3, 70, 8, 64, False)
    # DequantizeLinear: blocks of either axis, one scale a channel of either axis, one in all.
    k, n = 40, 7
    for layer, part, kind, low, high, zeros in ((2, "gate", TensorProto.INT4, -8, 8, True), (2, "up", TensorProto.UINT4, 0, 16, True)):
        codes = RNG.integers(low, high, (k, n))
        scale = RNG.standard_normal((3, n)).astype(np.float32)
        zero = RNG.integers(low, high, (3, n))
        dq = dequantize(g, f"w{layer}{part}", codes, scale, zero if zeros else None, kind, axis=0, block_size=16)
        g.node("MatMul", ["x", dq], [f"o{layer}{part}"], path(layer, part))
        values = (codes - np.repeat(zero, 16, 0)[:k]).astype(np.float32) * np.repeat(scale, 16, 0)[:k]
        g.check(values.T, f"o{layer}{part}")
        g.weight(f"{mlp(layer, part)[0]}.weight", values.T)
    codes, scale = RNG.integers(0, 16, (n, k)), RNG.standard_normal((n, 3)).astype(np.float32)
    dq = dequantize(g, "w2down", codes, scale, None, TensorProto.UINT4, axis=-1, block_size=16)
    g.node("Transpose", [dq], ["w2down_t"], "/model/layers.2/mlp/down_proj/Transpose", perm=[1, 0])
    g.node("MatMul", ["x", "w2down_t"], ["o2down"], path(2, "down"))
    values = codes.astype(np.float32) * np.repeat(scale, 16, 1)[:, :k]
    g.check(values, "o2down")
    g.weight(f"{mlp(2, 'down')[0]}.weight", values)
    codes, scale, zero = RNG.integers(-128, 128, (k, n)).astype(np.int8), RNG.standard_normal(n).astype(np.float32), RNG.integers(-9, 9, n).astype(np.int8)
    dq = dequantize(g, "w3gate", codes, scale, zero, TensorProto.INT8, axis=1)
    g.node("MatMul", ["x", dq], ["o3gate"], path(3, "gate"))
    values = ((codes.astype(np.float32) - zero) * scale).T
    g.check(values, "o3gate")
    g.weight(f"{mlp(3, 'gate')[0]}.weight", values)
    codes = RNG.integers(0, 256, (k, n)).astype(np.uint8)
    dq = dequantize(g, "w3up", codes, np.float32(0.013), np.uint8(117), TensorProto.UINT8)
    g.node("MatMul", ["x", dq], ["o3up"], path(3, "up"))
    values = ((codes.astype(np.float32) - 117) * np.float32(0.013)).T
    g.check(values, "o3up")
    g.weight(f"{mlp(3, 'up')[0]}.weight", values)
    codes, scale = RNG.integers(-128, 128, (n, k)).astype(np.int8), RNG.standard_normal(n).astype(np.float32)
    dq = dequantize(g, "w3down", codes, scale, None, TensorProto.INT8, axis=0)
    g.node("Gemm", ["x", dq], ["o3down"], path(3, "down").replace("MatMul", "Gemm"), transB=1)
    values = codes.astype(np.float32) * scale[:, None]
    g.check(values, "o3down")
    g.weight(f"{mlp(3, 'down')[0]}.weight", values)
    # Plain numbers, either way round, and widened as the graph runs.
    half = RNG.standard_normal((k, n)).astype(np.float16)
    g.node("MatMul", ["x", g.tensor("onnx::MatMul_1", half)], ["o4gate"], path(4, "gate"))
    g.weight(f"{mlp(4, 'gate')[0]}.weight", half.T)
    single = RNG.standard_normal((k, n)).astype(np.float32)
    g.node("Gemm", ["x", g.tensor("onnx::Gemm_2", single), g.tensor("b4", np.arange(n, dtype=np.float32))], ["o4up"], path(4, "up"))
    g.weight(f"{mlp(4, 'up')[0]}.weight", single.T)
    g.weight(f"{mlp(4, 'up')[0]}.bias", np.arange(n))
    brain = RNG.standard_normal((k, n)).astype(ml_dtypes.bfloat16)
    g.node("Cast", [g.tensor("onnx::MatMul_3", brain)], ["cast3"], "/Cast_3", to=TensorProto.FLOAT)
    g.node("MatMul", ["x", "cast3"], ["o4down"], path(4, "down"))
    g.weight(f"{mlp(4, 'down')[0]}.weight", brain.astype(np.float32).T)
    # Queries, keys and values in one product: 32, 16 and 16 rows.
    values, _ = nbits(g, "", "model.layers.5.attn.qkv_proj.MatMul", 64, 40, 4, 32, True)
    bias = RNG.standard_normal(64).astype(np.float32)
    g.node("Add", ["model.layers.5.attn.qkv_proj.MatMul.out", g.tensor("model.layers.5.attn.qkv_proj.Add.bias", bias)], ["o5"], "/model/layers.5/attn/qkv_proj/Add")
    plain = RNG.standard_normal((k, 64)).astype(np.float32)
    g.node("MatMul", ["x", g.tensor("model.layers.6.attn.qkv_proj.MatMul.weight", plain)], ["o6"], "/model/layers.6/attn/qkv_proj/MatMul")
    for part, rows in (("q", slice(0, 32)), ("k", slice(32, 48)), ("v", slice(48, 64))):
        g.weight(f"model.layers.5.self_attn.{part}_proj.weight", values[rows])
        g.weight(f"model.layers.5.self_attn.{part}_proj.bias", bias[rows])
        g.weight(f"model.layers.6.self_attn.{part}_proj.weight", plain.T[rows])
    # Integers that are scaled by the node itself.
    codes, scale, zero = RNG.integers(-128, 128, (k, n)).astype(np.int8), RNG.random(n).astype(np.float32), RNG.integers(-9, 9, n).astype(np.int8)
    names = [g.tensor("dq_w", codes), g.tensor("dq_s", scale), g.tensor("dq_z", zero)]
    g.node("DynamicQuantizeMatMul", ["x", *names], ["o7gate"], path(7, "gate"), DOMAIN)
    g.weight(f"{mlp(7, 'gate')[0]}.weight", ((codes.astype(np.float32) - zero) * scale).T)
    g.node("MatMulIntegerToFloat", ["xq", "dq_w", "xs", "dq_s", "xz", "dq_z"], ["o7up"], path(7, "up"), DOMAIN)
    g.weight(f"{mlp(7, 'up')[0]}.weight", ((codes.astype(np.float32) - zero) * scale).T)
    # In both branches of a choice, and named by the scopes of torch's newer exporter.
    weight = g.tensor("onnx::MatMul_4", single + 1)
    branch = lambda out: helper.make_graph([helper.make_node("MatMul", ["x", weight], [out], name=path(7, "down"))], out, [], [helper.make_tensor_value_info(out, 1, None)])
    g.node("If", ["use_cache"], ["o7down"], "If_0", then_branch=branch("then"), else_branch=branch("else"))
    g.weight(f"{mlp(7, 'down')[0]}.weight", (single + 1).T)
    scoped = g.node("MatMul", ["x", g.tensor("val_9", single + 2)], ["o8"], "node_linear_3")
    scoped.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=repr(["", "model", "model.layers.8", "model.layers.8.mlp.gate_proj", "linear_3"]))
    g.weight("model.layers.8.mlp.gate_proj.weight", (single + 2).T)
    # Norms, as onnxruntime-genai names them.
    for layer, module, stem in ((0, "model.layers.0.input_layernorm", "input_layernorm"), (9, "model.norm", "final_norm_layernorm")):
        norm = RNG.standard_normal(HIDDEN).astype(np.float16)
        name = g.tensor(f"model.layers.{layer}.{stem}.weight", norm)
        op, inputs = ("SimplifiedLayerNormalization", ["x", name]) if layer == 0 else ("SkipSimplifiedLayerNormalization", ["x", "skip", name])
        g.node(op, inputs, [f"n{layer}"], f"/model/layers.{layer}/{stem}/LayerNorm", "" if layer == 0 else DOMAIN)
        g.weight(f"{module}.weight", norm)
    # A head, of whose codes the embedding is read, too.
    values, inputs = nbits(g, "lm_head", "lm_head.MatMul", 24, 64, 4, 32, True)
    shape = g.tensor("/model/constants/INT64/[24, 32]", np.array([24, 32], np.int64))
    g.node("Reshape", [inputs[1], shape], ["embed"], "/model/embed_tokens/Reshape")
    g.node("GatherBlockQuantized", ["embed", "ids", *inputs[2:]], ["e"], "/model/embed_tokens/GatherBlockQuantized", DOMAIN, bits=4, block_size=32, gather_axis=0, quantize_axis=1)
    g.weight("model.embed_tokens.weight", values)
    return g


def embeddings() -> dict[str, Graph]:
    """The kinds of block-wise look-up; each is a graph of its own. All against onnxruntime."""
    graphs = {}
    for name, kind, bits, zeros in (("uint8", TensorProto.UINT8, 4, False), ("uint8-wide", TensorProto.UINT8, 8, False), ("int4", TensorProto.INT4, 4, True), ("uint4", TensorProto.UINT4, 4, False)):
        g, v, h, block = Graph(), 9, 64, 16
        low, high = (-8, 8) if kind == TensorProto.INT4 else (0, 2**bits)
        codes, scale = RNG.integers(low, high, (v, h)), RNG.standard_normal((v, h // block)).astype(np.float32)
        zero = RNG.integers(low, high, scale.shape)
        packed = kind == TensorProto.UINT8
        data = g.tensor("data", nibbles(codes, bits)) if packed else g.packed("data", kind, codes)
        inputs = [data, "ids", g.tensor("scales", scale)]
        if zeros:
            inputs.append(g.packed("zeros", kind, zero))
        attributes = {"bits": bits} if packed else {}
        g.node("GatherBlockQuantized", inputs, ["inputs_embeds"], "/model/embed_tokens/GatherBlockQuantized", DOMAIN, block_size=block, gather_axis=0, quantize_axis=1, **attributes)
        graph = helper.make_graph(g.nodes, "g", [helper.make_tensor_value_info("ids", TensorProto.INT64, [v])], [helper.make_tensor_value_info("inputs_embeds", TensorProto.FLOAT, None)], g.tensors)
        model = helper.make_model(graph, opset_imports=OPSETS, ir_version=10)
        result = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"ids": np.arange(v)})[0]
        default = 2 ** (bits - 1) if packed else 0
        values = (codes - (np.repeat(zero, block, 1) if zeros else default)).astype(np.float32) * np.repeat(scale, block, 1)
        assert np.array_equal(result, values), name
        g.weight("model.embed_tokens.weight", values)
        graphs[name] = g
    return graphs


def write(out: Path) -> None:
    out.mkdir(parents=True)
    expected = {}
    for name, g in {"language-model": language_model(), **embeddings()}.items():
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)]
        graph = helper.make_graph(g.nodes, "g", inputs, [helper.make_tensor_value_info("e", TensorProto.FLOAT, None)], g.tensors)
        onnx.save_model(helper.make_model(graph, opset_imports=OPSETS, ir_version=10), str(out / f"{name}.onnx"))
        expected[name] = g.expected
    (out / "expected.json").write_text(json.dumps(expected))

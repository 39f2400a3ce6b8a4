"""ONNX exports of a tiny Qwen2.5-VL as hub folders hold them, and what transformers makes of their weights.

The graphs are torch.onnx's own (the exporter that names nodes by module path), the quantizers those of
onnxruntime; `operators.onnx` is written node by node and holds what those do not. Run it where this file lies:
    python onnx_exports.py
"""

import copy
import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import convert_model_to_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
import onnx_operators
from transformers import AutoConfig, Qwen2_5_VLForConditionalGeneration, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
OUT = HERE / "data" / "onnx"
BASE = HERE.parent / "goldens" / "data" / "checkpoints" / "untied-gqa2-f16"
sys.path.insert(0, str(HERE.parent / "goldens"))
from prompts import prepare  # noqa: E402

CASES = ("text", "square")
NEW_TOKENS = 16
# Two logits nearer to each other may change places with the order of the sums.
CLEAR = 1e-3


def tiny_config() -> dict:
    config = json.loads((BASE / "config.json").read_text())
    # A file of its own says what follows; the language model's fields stand once.
    text = {**config["text_config"]}
    sizes = {"hidden_size": 32, "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 1}
    for level in (config, text):
        level.update({**sizes, "max_window_layers": 1})
    text["layer_types"] = ["full_attention"]
    config["text_config"] = text
    config["vision_config"].update({"depth": 1, "fullatt_block_indexes": [0], "out_hidden_size": 32})
    return config


def tiny_model(config: dict) -> Qwen2_5_VLForConditionalGeneration:
    torch.manual_seed(16)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config))
        parsed = AutoConfig.from_pretrained(folder)
    parsed._attn_implementation = "eager"
    model = Qwen2_5_VLForConditionalGeneration(parsed).eval().float()
    for name, parameter in model.named_parameters():
        # Norms and biases of their own, else the exporter keeps one tensor for all that are equal.
        spread = 0.3 if parameter.ndim < 2 else 0.12
        parameter.data = (torch.randn_like(parameter) * spread + (1.0 if "norm" in name or "ln_q" in name else 0.0)).half().float()
    return model


def export(model: Qwen2_5_VLForConditionalGeneration, folder: Path) -> None:
    class Decoder(Qwen2_5_VLForConditionalGeneration):
        def forward(self, inputs_embeds, position_ids):
            hidden = self.model(inputs_embeds=inputs_embeds, position_ids=position_ids, use_cache=False)[0]
            return self.lm_head(hidden)

    vision = model.config.vision_config
    patch = vision.in_channels * vision.temporal_patch_size * vision.patch_size**2
    hidden = model.config.text_config.hidden_size
    embed = model.model.language_model.embed_tokens
    torch.onnx.export(embed, (torch.ones(1, 4, dtype=torch.long),), str(folder / "embed_tokens.onnx"), dynamo=False, input_names=["input_ids"], output_names=["inputs_embeds"])
    grid = torch.tensor([[1, 4, 4]])
    torch.onnx.export(model.model.visual, (torch.randn(16, patch), grid), str(folder / "vision_encoder.onnx"), dynamo=False, input_names=["pixel_values", "grid_thw"])
    decoder = copy.deepcopy(model)
    decoder.__class__ = Decoder
    arguments = (torch.randn(1, 4, hidden), torch.arange(4).expand(3, 1, 4))
    torch.onnx.export(decoder, arguments, str(folder / "decoder_model_merged.onnx"), dynamo=False, input_names=["inputs_embeds", "position_ids"], opset_version=17)


def save(graph: onnx.ModelProto, file: str, external: bool) -> None:
    """With the weights in `file_data` beside it, as the hub has them, or inside."""
    for node in graph.graph.node:
        node.ClearField("doc_string")
    del graph.graph.value_info[:]
    if external:
        convert_model_to_external_data(graph, location=f"{file}_data", size_threshold=256, convert_attribute=False)
    (OUT / "onnx").mkdir(parents=True, exist_ok=True)
    onnx.save_model(graph, str(OUT / "onnx" / file))
    if external:
        (OUT / "onnx" / f"{file}_data").chmod(0o644)


def four_bits(source: Path, block: int, symmetric: bool, qdq: bool = False) -> onnx.ModelProto:
    from onnxruntime.quantization.quant_utils import QuantFormat

    form = QuantFormat.QDQ if qdq else QuantFormat.QOperator
    config = DefaultWeightOnlyQuantConfig(block_size=block, is_symmetric=symmetric, accuracy_level=4, quant_format=form)
    quantizer = MatMulNBitsQuantizer(onnx.load(source), algo_config=config)
    quantizer.process()
    return quantizer.model.model


def half(graph: onnx.ModelProto) -> onnx.ModelProto:
    """Every float32 initializer as float16: what converters leave of the weights (the graph is not run)."""
    for tensor in graph.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))
    return graph


def eight_bits(source: Path, folder: Path) -> onnx.ModelProto:
    target = folder / "quantized.onnx"
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel="decoder" in source.name, extra_options={"EnableSubgraph": True})
    return onnx.load(target)


def unpack(codes: np.ndarray, bits: int) -> np.ndarray:
    """Along the last axis, from the low bits."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    return ((codes[..., None] >> shifts) & (2**bits - 1)).reshape(*codes.shape[:-1], -1)


def nbits_values(node, tensors) -> np.ndarray:
    attributes = {a.name: a.i for a in node.attribute}
    n, k, bits, block = (attributes[key] for key in ("N", "K", "bits", "block_size"))
    blocks = -(-k // block)
    codes = unpack(tensors[node.input[1]].reshape(n, blocks, -1), bits).astype(np.float32)
    scales = tensors[node.input[2]].reshape(n, blocks, 1).astype(np.float32)
    zeros = np.full((n, blocks, 1), 2 ** (bits - 1), np.float32)
    if len(node.input) > 3 and node.input[3]:
        zeros = unpack(tensors[node.input[3]].reshape(n, -1), bits)[:, :blocks, None].astype(np.float32)
    return ((codes - zeros) * scales).reshape(n, -1)[:, :k]


def dynamic_values(node, graph, tensors) -> np.ndarray:
    weight = node.input[1] if node.op_type != "Gather" else node.input[0]
    stem = weight.removesuffix("_quantized")
    codes = tensors[weight].astype(np.float32)
    scale, zero = tensors[f"{stem}_scale"].astype(np.float32), tensors[f"{stem}_zero_point"].astype(np.float32)
    if node.op_type == "ConvInteger":
        scale, zero = (v.reshape(-1, *[1] * (codes.ndim - 1)) for v in (scale, zero))
    values = (codes - zero) * scale
    return values.T if node.op_type == "MatMulInteger" else values


def parameters(file: str, prefix: str) -> dict[str, np.ndarray]:
    """Independent of the reader: by the names that the exporter gave the nodes."""
    model = onnx.load(OUT / "onnx" / file)
    graph = model.graph
    tensors = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    found = {}
    for node in graph.node:
        module = ".".join(node.name.split("/")[1:-1]).replace("mlp.mlp.", "mlp.").removeprefix("model.language_model.").removeprefix("model.")
        if file.startswith("embed"):
            module = "embed_tokens"
        name = f"{'' if module == 'lm_head' else prefix}{module}"
        values = None
        if node.op_type == "MatMulNBits":
            values = nbits_values(node, tensors)
        elif node.op_type in ("MatMulInteger", "ConvInteger") or (node.op_type == "Gather" and node.input[0].endswith("_quantized")):
            values = dynamic_values(node, graph, tensors)
        elif node.op_type == "MatMul" and node.input[1] in tensors:
            values = tensors[node.input[1]].T
        elif node.op_type in ("Gemm", "Conv") and node.input[1] in tensors:
            values = tensors[node.input[1]]
        elif node.op_type == "Gather" and file.startswith("embed"):
            values = tensors[node.input[0]]
        if values is not None:
            found[f"{name}.weight"] = values
        bias = node.input[2] if node.op_type in ("Gemm", "Conv") and len(node.input) > 2 else None
        for value in [bias, *node.input]:
            if value in tensors and tensors[value].ndim == 1 and value.endswith((".weight", ".bias")):
                found[f"{name}.{value.rsplit('.')[-1]}"] = tensors[value]
    return {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in found.items()}


def expected(config: dict, files: list[str]) -> dict:
    model = tiny_model(config)
    weights = {}
    for file in files:
        weights.update(parameters(file, "visual." if file.startswith("vision") else "model."))
    renamed = {n.replace("visual.", "model.visual.") if n.startswith("visual.") else n.replace("model.", "model.language_model.", 1): torch.from_numpy(v) for n, v in weights.items()}
    missing, unexpected = model.load_state_dict(renamed, strict=False)
    assert not missing and not unexpected, (missing, unexpected)
    hashes_of = lambda v: hashlib.sha256(v.tobytes()).hexdigest()
    tokenizer = Qwen2Tokenizer.from_pretrained(BASE)
    processor = Qwen2VLImageProcessorPil.from_pretrained(BASE)
    cases = json.loads((BASE.parents[1] / "expected" / f"{BASE.name}.json").read_text())["cases"]
    answers = {}
    for name in CASES:
        inputs = prepare(model, tokenizer, processor, cases[name]["messages"], cases[name]["images"])
        ids, tokens, compared = inputs.input_ids, [], None
        for step in range(NEW_TOKENS):
            with torch.no_grad():
                kinds = (ids == config["image_token_id"]).int()
                logits = model(input_ids=ids, mm_token_type_ids=kinds, pixel_values=inputs.pixel_values, image_grid_thw=inputs.image_grid_thw).logits[0, -1]
            best = torch.topk(logits, 2).values
            tokens.append(int(logits.argmax()))
            ids = torch.cat([ids, torch.tensor([[tokens[-1]]])], dim=1)
            # A special token ends an answer, or stands for a picture.
            if compared is None and (best[0] - best[1] < CLEAR or tokens[-1] >= 362):
                compared = step
        answers[name] = {"messages": cases[name]["messages"], "images": cases[name]["images"], "tokens": tokens[:compared]}
    hashes = {n: {"shape": list(v.shape), "sha256": hashes_of(v)} for n, v in sorted(weights.items())}
    return {"files": files, "tensors": hashes, "answers": answers}


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    config = tiny_config()
    (OUT / "config.json").write_text(json.dumps(config, indent=1))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        export(tiny_model(config), folder)
        decoder, embed, vision = (folder / f"{n}.onnx" for n in ("decoder_model_merged", "embed_tokens", "vision_encoder"))
        save(half(four_bits(decoder, 32, True)), "decoder_model_merged_q4f16.onnx", True)
        save(four_bits(decoder, 16, False), "decoder_model_merged_q4.onnx", True)
        save(eight_bits(decoder, folder), "decoder_model_merged_quantized.onnx", False)
        save(half(onnx.load(embed)), "embed_tokens_fp16.onnx", True)
        save(eight_bits(embed, folder), "embed_tokens_quantized.onnx", False)
        save(eight_bits(vision, folder), "vision_encoder_quantized.onnx", True)
    onnx_operators.write(OUT / "operators")
    sets = {
        "q4f16": ["decoder_model_merged_q4f16.onnx", "embed_tokens_fp16.onnx", "vision_encoder_quantized.onnx"],
        "q4": ["decoder_model_merged_q4.onnx", "embed_tokens_quantized.onnx", "vision_encoder_quantized.onnx"],
        "quantized": ["decoder_model_merged_quantized.onnx", "embed_tokens_quantized.onnx", "vision_encoder_quantized.onnx"],
    }
    results = {name: expected(config, files) for name, files in sets.items()}
    versions = {m.__name__: m.__version__ for m in (onnx, onnxruntime, torch)}
    (OUT / "expected.json").write_text(json.dumps({"versions": versions, "sets": results}))


if __name__ == "__main__":
    main()

"""Weights in floats of 8 and 4 bits and in bitsandbytes' codes, and what they stand for: `python tools/quantized/floats.py`.

Writes `data/floats/`: `units.safetensors`, small weights of every layout, named "case|stored name", with `units.json` (what config.json
declares of each case); `values.safetensors`, their values in float32, "case|plain name"; and `models/`, the quantized tensors of tiny
models made from those of `tools/goldens`, with the tokens and logits of transformers on the dequantized weights. Values are those of the
libraries, asked for float32; where none has a route on a CPU, of the published formula, which is written out here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bitsandbytes.functional as bnb
import torch
from bitsandbytes.backends.default.ops import _dequantize_4bit_compute
from compressed_tensors.compressors.mx_utils import decompress_mx_scale
from compressed_tensors.compressors.nvfp4.helpers import pack_fp4_to_uint8, unpack_fp4_from_uint8
from compressed_tensors.quantization import QuantizationArgs
from compressed_tensors.quantization.lifecycle.forward import dequantize, quantize
from safetensors.torch import load_file, save_file
from transformers import AutoModelForImageTextToText
from transformers.integrations.finegrained_fp8 import Fp8Dequantize
from transformers.integrations.mxfp4 import _convert_moe_packed_tensors

HERE = Path(__file__).parent
OUT = HERE / "data" / "floats"
GOLDENS = HERE.parent / "goldens" / "data"
E4M3, E5M2 = torch.float8_e4m3fn, torch.float8_e5m2
NEW_TOKENS = 16

Tensors = dict[str, torch.Tensor]


class Case:
    """Stored tensors, the values they stand for, and what the folder says of itself."""

    def __init__(self, declared: dict[str, Any]):
        self.declared, self.stored, self.values = declared, {}, {}

    def add(self, name: str, values: torch.Tensor, stored: Tensors) -> None:
        assert values.dtype == torch.float32
        self.values[name] = values.contiguous().clone()
        self.stored.update({key: tensor.contiguous().clone() for key, tensor in stored.items()})


def compressed(fmt: str, **weights: Any) -> dict[str, Any]:
    group = {"targets": ["Linear"], "weights": weights, "input_activations": None}
    return {
        "quant_method": "compressed-tensors",
        "format": fmt,
        "quantization_status": "compressed",
        "ignore": ["lm_head", "re:.*visual.*"],
        "config_groups": {"group_0": group},
    }


def all_codes(rows: int, columns: int, dtype: torch.dtype) -> torch.Tensor:
    """Every code of an 8-bit float but those of infinity and NaN, in a random order."""
    finite = torch.arange(256, dtype=torch.uint8)
    finite = finite[torch.isfinite(finite.view(dtype).float())]
    codes = finite.repeat(-(-rows * columns // len(finite)))[: rows * columns]
    return codes[torch.randperm(rows * columns)].reshape(rows, columns).view(dtype)


def name(module: str) -> str:
    return f"model.language_model.layers.0.{module}.weight"


# --- FP8 ---


def fp8_library(codes: torch.Tensor, scale: torch.Tensor, **weights: Any) -> torch.Tensor:
    """compressed-tensors' own, with its scales in float32: in their own dtype it rounds the product to that."""
    args = QuantizationArgs(num_bits=8, type="float", **weights)
    return dequantize(codes, scale.float(), args=args, dtype=torch.float32)


def fp8_units() -> dict[str, Case]:
    cases = {}
    for case, strategy, shape, grid, dtype, more in (
        ("fp8-tensor", "tensor", (7, 45), (1,), torch.float32, {}),
        ("fp8-channel", "channel", (9, 40), (9, 1), torch.bfloat16, {}),
        ("fp8-group", "group", (5, 96), (5, 3), torch.float16, {"group_size": 32}),
        ("fp8-block", "block", (19, 70), (2, 3), torch.bfloat16, {"block_structure": [16, 32]}),
    ):
        said = {"num_bits": 8, "type": "float", "strategy": strategy, "symmetric": True, "dynamic": False, **more}
        cases[case] = Case(compressed("float-quantized", **said))
        codes, scale = all_codes(*shape, E4M3), (torch.rand(grid) * 0.01).to(dtype)
        if strategy == "block":
            # The library wants whole blocks: the tails are filled up and cut off again.
            padded = torch.zeros(32, 96).to(E4M3)
            padded[: shape[0], : shape[1]] = codes
            values = fp8_library(padded, scale, strategy=strategy, **more)[: shape[0], : shape[1]]
        else:
            values = fp8_library(codes, scale, strategy=strategy, **more)
        weight = name("mlp.up_proj")
        cases[case].add(weight, values, {weight: codes, f"{weight}_scale": scale})
    # Of modules with static activations, as FP8 with a cache of FP8 has them.
    cases["fp8-tensor"].stored[name("mlp.up_proj").replace("weight", "input_scale")] = torch.tensor([0.5])
    cases["fp8-tensor"].stored["model.language_model.layers.0.mlp.k_scale"] = torch.tensor([0.25])

    modelopt = Case({"quant_method": "modelopt", "quant_algo": "FP8"})
    weight, codes, scale = name("self_attn.q_proj"), all_codes(6, 44, E5M2), torch.tensor(0.003)
    stored = {weight: codes, f"{weight}_scale": scale, weight.replace("weight", "input_scale"): torch.tensor(0.02)}
    modelopt.add(weight, fp8_library(codes, scale, strategy="tensor"), stored)
    cases["fp8-modelopt-e5m2"] = modelopt

    mxfp8 = Case(compressed("mxfp8-quantized", num_bits=8, type="float", strategy="group", group_size=32))
    weight, codes = name("self_attn.k_proj"), all_codes(4, 64, E4M3)
    scale = torch.randint(0, 255, (4, 2), dtype=torch.uint8)
    values = fp8_library(codes, decompress_mx_scale(scale), strategy="group", group_size=32)
    mxfp8.add(weight, values, {weight: codes, f"{weight}_scale": scale})
    cases["mxfp8"] = mxfp8
    exponents = Case(mxfp8.declared)
    exponents.add(weight, values, {weight: codes, f"{weight}_scale": scale.view(torch.float8_e8m0fnu)})
    cases["mxfp8-e8m0"] = exponents

    blocks = Case({"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128], "fmt": "e4m3"})
    one = Fp8Dequantize(None)._dequantize_one
    # Transformers takes whole blocks only; odd tails as DeepSeek's kernel reads them: the last blocks are cut.
    for module, shape in (("self_attn.q_proj", (2, 256)), ("self_attn.v_proj", (3, 130)), ("self_attn.o_proj", (131, 3))):
        weight, codes = name(module), all_codes(*shape, E4M3)
        scale = torch.rand(-(-shape[0] // 128), -(-shape[1] // 128)) * 0.01
        padded = torch.zeros(scale.shape[0] * 128, scale.shape[1] * 128).to(E4M3)
        padded[: shape[0], : shape[1]] = codes
        values = one(padded, scale, torch.float32)[: shape[0], : shape[1]]
        blocks.add(weight, values, {weight: codes, f"{weight}_scale_inv": scale})
    weight, codes, scale = name("mlp.gate_proj"), all_codes(2, 130, E4M3), torch.tensor(0.004)
    stored = {weight: codes, f"{weight}_scale_inv": scale, weight.replace("weight", "activation_scale"): torch.tensor(0.1)}
    blocks.add(weight, codes.float() * scale, stored)
    cases["fp8-weight-scale-inv"] = blocks
    return cases


# --- bitsandbytes ---


def four_bits(values: torch.Tensor, weight: str, kind: str, double: bool, blocksize: int) -> tuple[torch.Tensor, Tensors]:
    codes, state = bnb.quantize_4bit(values, blocksize=blocksize, quant_type=kind, compress_statistics=double)
    parts = {f"{weight}.{key}": tensor for key, tensor in state.as_dict(packed=True).items()}
    # The library's kernel for AVX-512 takes wrong blocks for some columns that are no multiple of blocksize (0.50.2: an error of 0.24 in
    # place of 0.09); its own fallback in PyTorch, which odd columns reach, does not, and equals the kernel wherever blocks end with rows.
    absmax = state.absmax if not double else bnb.dequantize_blockwise(state.absmax, state.state2) + state.offset
    table = bnb.get_4bit_type(kind, device="cpu")
    decoded = _dequantize_4bit_compute(codes.reshape(-1), absmax, table, blocksize, values.shape, torch.float32)
    if values.shape[1] % blocksize == 0:
        state.dtype = torch.float32
        assert torch.equal(bnb.dequantize_4bit(codes, state), decoded)
    return decoded, {weight: codes, **parts}


def bitsandbytes_units() -> dict[str, Case]:
    cases = {}
    for kind in ("nf4", "fp4"):
        for double in (False, True):
            declared = {
                "quant_method": "bitsandbytes",
                "load_in_4bit": True,
                "bnb_4bit_quant_type": kind,
                "bnb_4bit_use_double_quant": double,
                "llm_int8_skip_modules": ["visual", "lm_head"],
            }
            case = cases[f"{kind}-double" if double else kind] = Case(declared)
            # Odd columns: rows begin in the middle of a byte and of a block; odd values: half a byte is idle.
            for module, shape, blocksize in (("mlp.up_proj", (7, 65), 64), ("mlp.down_proj", (4, 48), 32), ("mlp.gate_proj", (3, 128), 64)):
                weight, plain = name(module), torch.randn(shape).bfloat16()
                case.add(weight, *four_bits(plain, weight, kind, double, blocksize))
    # Two nested blocks, of which the second is cut.
    weight = name("self_attn.q_proj")
    cases["nf4-double"].add(weight, *four_bits(torch.randn(9, 920).bfloat16(), weight, "nf4", True, 32))
    # Codes in the dtype of the other weights, as FSDP wants them stored.
    weight = name("self_attn.k_proj")
    values, stored = four_bits(torch.randn(6, 32).bfloat16(), weight, "nf4", False, 64)
    cases["nf4"].add(weight, values, {**stored, weight: stored[weight].reshape(-1, 2).view(torch.bfloat16)})

    int8 = cases["int8"] = Case({"quant_method": "bitsandbytes", "load_in_8bit": True, "llm_int8_skip_modules": ["visual"]})
    weight = name("mlp.up_proj")
    int8.add(weight, *row_int8(torch.randn(9, 33), weight))
    return cases


def row_int8(plain: torch.Tensor, weight: str) -> tuple[torch.Tensor, Tensors]:
    codes, scale, _ = bnb.int8_vectorwise_quant(plain.half())
    module = weight.removesuffix("weight")
    stored = {weight: codes, f"{module}SCB": scale, f"{module}weight_format": torch.tensor(0, dtype=torch.uint8)}
    return bnb.int8_vectorwise_dequant(codes, scale), stored


# --- floats of 4 bits ---


def unpacked(codes: torch.Tensor) -> torch.Tensor:
    rows, half = codes.shape
    return unpack_fp4_from_uint8(codes, rows, 2 * half, torch.float32)


def nvfp4(codes: torch.Tensor, scale: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    """compressed-tensors' own in float32; by itself it rounds to bfloat16."""
    args = QuantizationArgs(num_bits=4, type="float", strategy="tensor_group", group_size=16)
    return dequantize(unpacked(codes), scale.float(), args=args, global_scale=whole, dtype=torch.float32)


def fp4_units() -> dict[str, Case]:
    cases = {}
    said = {"num_bits": 4, "type": "float", "strategy": "tensor_group", "group_size": 16}
    case = cases["nvfp4"] = Case(compressed("nvfp4-pack-quantized", **said))
    module = name("mlp.up_proj").removesuffix("weight")
    codes = torch.randint(0, 256, (5, 24), dtype=torch.uint8)
    scale, whole = (torch.rand(5, 3) * 400).to(E4M3), torch.tensor([3000.7])
    stored = {"weight_packed": codes, "weight_scale": scale, "weight_global_scale": whole, "input_global_scale": torch.tensor([9.0])}
    case.add(f"{module}weight", nvfp4(codes, scale, whole), {module + key: part for key, part in stored.items()})

    # ModelOpt has no wheel for this: its formula, value · (scale · scale_2), each product in float32.
    case = cases["nvfp4-modelopt"] = Case({"quant_method": "modelopt", "quant_algo": "NVFP4", "group_size": 16})
    whole = torch.tensor(0.000123)
    stored = {"weight": codes, "weight_scale": scale, "weight_scale_2": whole, "input_scale": torch.tensor(0.01)}
    values = unpacked(codes) * (scale.float() * whole).repeat_interleave(16, 1)
    case.add(f"{module}weight", values, {module + key: part for key, part in stored.items()})

    said = {"num_bits": 4, "type": "float", "strategy": "group", "group_size": 32, "scale_dtype": "torch.uint8"}
    scale = torch.randint(0, 253, (5, 2), dtype=torch.uint8)
    codes = torch.randint(0, 256, (5, 32), dtype=torch.uint8)
    args = QuantizationArgs(num_bits=4, type="float", strategy="group", group_size=32)
    values = dequantize(unpacked(codes), decompress_mx_scale(scale).float(), args=args, dtype=torch.float32)
    for kind, stored_scale in (("mxfp4", scale), ("mxfp4-e8m0", scale.view(torch.float8_e8m0fnu))):
        case = cases[kind] = Case(compressed("mxfp4-pack-quantized", **said))
        case.add(f"{module}weight", values, {f"{module}weight_packed": codes, f"{module}weight_scale": stored_scale})

    case = cases["mxfp4-experts"] = Case({"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]})
    blocks = torch.randint(0, 256, (2, 5, 3, 16), dtype=torch.uint8)
    scales = torch.randint(0, 253, (2, 5, 3), dtype=torch.uint8)
    expert = "model.language_model.layers.0.mlp.experts.gate_up_proj"
    values = _convert_moe_packed_tensors(blocks, scales, dtype=torch.float32)
    case.add(expert, values, {f"{expert}_blocks": blocks, f"{expert}_scales": scales})
    return cases


# --- models ---


def quantized_like(kind: str, weight: str, plain: torch.Tensor) -> tuple[torch.Tensor, Tensors]:
    """A weight of a model, rounded to nearest, and its values in float32."""
    module = weight.removesuffix("weight")
    if kind == "nf4-double":
        return four_bits(plain.bfloat16(), weight, "nf4", True, 64)
    if kind == "int8":
        return row_int8(plain, weight)
    if kind == "nvfp4":
        whole = (6 * 448 / plain.abs().max()).reshape(1)
        scale = (plain.reshape(plain.shape[0], -1, 16).abs().amax(2) * whole / 6).to(E4M3)
        args = QuantizationArgs(num_bits=4, type="float", strategy="tensor_group", group_size=16)
        codes = pack_fp4_to_uint8(quantize(plain, scale.float(), None, args, global_scale=whole))
        stored = {"weight_packed": codes, "weight_scale": scale, "weight_global_scale": whole}
        return nvfp4(codes, scale, whole), {module + key: part for key, part in stored.items()}
    if kind == "fp8-channel":
        scale = (plain.abs().amax(1, keepdim=True) / 448).bfloat16()
        codes = (plain / scale.float()).to(E4M3)
        return fp8_library(codes, scale, strategy="channel"), {weight: codes, f"{weight}_scale": scale}
    assert kind == "fp8-weight-scale-inv"
    scale = (plain.abs().max() / 448).reshape(1, 1)
    codes = (plain / scale).to(E4M3)
    return Fp8Dequantize(None)._dequantize_one(codes, scale, torch.float32), {weight: codes, f"{weight}_scale_inv": scale}


MODELS = {
    # case: checkpoint of tools/goldens, which of its layers
    "fp8-channel": ("untied-gqa2-f16", [0]),
    "int8": ("untied-gqa2-f16", [1]),
    "nf4-double": ("untied-gqa2-f16", [2]),
    "nvfp4": ("untied-gqa2-f16", [0, 1]),
    "fp8-weight-scale-inv": ("qwen3-tied-f16", [0, 3]),
}


def tiny_model(case: str) -> dict[str, Any]:
    checkpoint, layers = MODELS[case]
    folder = GOLDENS / "checkpoints" / checkpoint
    stored: Tensors = {}
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    parameters = dict(model.named_parameters())
    for weight, plain in load_file(folder / "model.safetensors").items():
        place = weight.replace("model.language_model.", "model.").split(".")
        if place[:2] != ["model", "layers"] or int(place[2]) not in layers or not weight.endswith("proj.weight"):
            continue
        if case == "nvfp4" and plain.shape[1] % 16:
            continue
        values, parts = quantized_like(case, weight, plain.float())
        stored.update({key: part.contiguous() for key, part in parts.items()})
        loaded = "model.language_model." + weight.removeprefix("model.").removeprefix("language_model.")
        assert torch.equal(parameters[loaded], plain.float())
        parameters[loaded].data = values
    save_file(stored, OUT / "models" / f"{case}.safetensors")
    asked = json.loads((GOLDENS / "expected" / f"{checkpoint}.json").read_text())["cases"]["text"]
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    ids, tokens, first = list(asked["inputIds"]), [], None
    with torch.no_grad():
        while len(tokens) < NEW_TOKENS and (not tokens or tokens[-1] not in ends):
            logits = model(input_ids=torch.tensor([ids])).logits[0, -1]
            first = logits if first is None else first
            tokens.append(int(logits.argmax()))
            ids.append(tokens[-1])
    return {"checkpoint": checkpoint, "tokens": tokens, "logits": [float(f"{value:.5g}") for value in first.tolist()]}


def main() -> None:
    torch.manual_seed(16)
    (OUT / "models").mkdir(parents=True, exist_ok=True)
    cases = {**fp8_units(), **bitsandbytes_units(), **fp4_units()}
    for kind in ("stored", "values"):
        file = "units" if kind == "stored" else "values"
        flat = {f"{case}|{key}": tensor for case, made in cases.items() for key, tensor in getattr(made, kind).items()}
        save_file(flat, OUT / f"{file}.safetensors")
    declared = {case: made.declared for case, made in cases.items()}
    (OUT / "units.json").write_text(json.dumps(declared, indent=1) + "\n")
    models = {case: tiny_model(case) for case in MODELS}
    (OUT / "models" / "expected.json").write_text(json.dumps(models) + "\n")


if __name__ == "__main__":
    main()

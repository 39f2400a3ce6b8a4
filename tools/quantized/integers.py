"""Integer-quantized weights as GPTQ, AWQ, AutoRound and compressed-tensors store them, and the values they stand for.

    python tools/quantized/integers.py [--older FOLDER]

GPTQ and AWQ are packed here, by the layouts of AutoGPTQ, GPTQModel and AutoAWQ, and their values are the published formula,
(code - zero) * scale, in float32. compressed-tensors compresses and decompresses by itself, with its scales widened to float32,
so that its last product is not rounded to theirs. FOLDER is where compressed-tensors 0.17.1 lies: it packed 3, 5, 6 and 7 bits
otherwise, and kept the order of activations; what it writes is left as it is where the folder is not given.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
DATA = HERE / "data" / "integers"
GOLDENS = HERE.parent / "goldens"
sys.path.insert(0, str(GOLDENS))

from storage import write_json, write_tensors  # noqa: E402

Tensors = dict[str, torch.Tensor]


def words(codes: np.ndarray, bits: int) -> np.ndarray:
    """Packs along the first axis, the lowest bits first, a code going on in the next word where it has to: [n, m] -> [n * bits / 32, m]."""
    stream = (codes[:, None, :] >> np.arange(bits)[None, :, None]) & 1
    stream = stream.reshape(-1, codes.shape[1])
    stream = np.pad(stream, ((0, -len(stream) % 32), (0, 0))).reshape(-1, 32, codes.shape[1])
    return (stream.astype(np.uint64) << np.arange(32, dtype=np.uint64)[None, :, None]).sum(1).astype(np.uint32)


def interleaved(codes: np.ndarray) -> np.ndarray:
    """AutoAWQ: eight neighbours of a row in a word, those of places 0, 2, 4, 6, 1, 3, 5, 7 from the lowest bits."""
    packed = np.zeros((codes.shape[0], codes.shape[1] // 8), np.uint32)
    for place, column in enumerate([0, 2, 4, 6, 1, 3, 5, 7]):
        packed |= codes[:, column::8].astype(np.uint32) << np.uint32(4 * place)
    return packed


def int32(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array).view(np.int32).copy())


def product(codes: np.ndarray, zeros: np.ndarray, scales: np.ndarray, groups: np.ndarray) -> torch.Tensor:
    """[outputs, inputs] of codes [inputs, outputs] and zeros and scales [groups, outputs]."""
    differences = (codes.astype(np.int32) - zeros.astype(np.int32)[groups]).astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray((differences * scales.astype(np.float32)[groups]).T))


ONES = {2: 0x55555555, 4: 0x11111111, 8: 0x01010101}


def pack_gptq(codes: np.ndarray, zeros: np.ndarray, scales: np.ndarray, bits: int, v1: bool, groups: np.ndarray | None) -> Tensors:
    """GPTQModel: zeros of v1 are those of v2 less 1 in each code, taken off the whole word."""
    qzeros = words(zeros.T, bits).T
    if v1:
        qzeros = qzeros - np.uint32(ONES[bits])
    tensors = {"qweight": int32(words(codes, bits)), "qzeros": int32(qzeros), "scales": torch.from_numpy(scales)}
    return tensors if groups is None else {**tensors, "g_idx": torch.from_numpy(groups.astype(np.int32))}


def packed_cases() -> Iterator[tuple[str, dict, Tensors, torch.Tensor]]:
    """Name, declaration, stored tensors, values."""
    random = np.random.default_rng(16)

    def drawn(inputs: int, outputs: int, group: int, bits: int, sym: bool):
        count = -(-inputs // group)
        codes = random.integers(0, 2**bits, (inputs, outputs), dtype=np.int64)
        zeros = np.full((count, outputs), 2 ** (bits - 1)) if sym else random.integers(0, 2**bits, (count, outputs))
        scales = random.normal(0, 0.02, (count, outputs)).astype(np.float16)
        scales[0, 0] = np.float16(6e-8)
        return codes, zeros, scales

    layouts = [
        ("4 bits, symmetric, v1", 4, True, True, 64, 8, 32, False),
        ("4 bits, v1", 4, False, True, 64, 8, 32, False),
        ("4 bits, v2", 4, False, False, 64, 8, 32, False),
        ("4 bits, symmetric, a group of all inputs", 4, True, True, 96, 8, -1, False),
        ("4 bits, groups that do not divide the inputs", 4, False, True, 72, 8, 32, False),
        ("4 bits, groups of 128", 4, False, True, 256, 8, 128, False),
        ("4 bits, in order of activations", 4, False, True, 64, 8, 16, True),
        ("8 bits, symmetric, v1", 8, True, True, 64, 4, 32, False),
        ("8 bits, v2", 8, False, False, 64, 4, 64, False),
        ("8 bits, v1, in order of activations", 8, False, True, 64, 4, 32, True),
        ("2 bits, v1", 2, False, True, 64, 16, 32, False),
        ("3 bits, v2", 3, False, False, 32, 32, 16, False),
    ]
    for name, bits, sym, v1, inputs, outputs, group, ordered in layouts:
        size = inputs if group == -1 else group
        codes, zeros, scales = drawn(inputs, outputs, size, bits, sym)
        groups = np.arange(inputs) // size
        if ordered:
            groups = random.permutation(groups)
        said = {
            "quant_method": "gptq", "bits": bits, "group_size": group, "sym": sym, "desc_act": ordered,
            "checkpoint_format": "gptq" if v1 else "gptq_v2",
        }  # fmt: skip
        tensors = pack_gptq(codes, zeros, scales, bits, v1, groups)
        yield f"gptq, {name}", said, tensors, product(codes, zeros, scales, groups)
    for packing, v1 in (("auto_round:auto_gptq", True), ("auto_round", False), ("auto_round:auto_awq", None)):
        codes, zeros, scales = drawn(64, 8, 32, 4, False)
        groups = np.arange(64) // 32
        said = {
            "quant_method": "auto-round", "packing_format": packing, "bits": 4, "group_size": 32, "sym": False,
            "data_type": "int",
        }  # fmt: skip
        if v1 is None:
            tensors = pack_awq(codes, zeros, scales)
        else:
            tensors = pack_gptq(codes, zeros, scales, 4, v1, None)
        yield f"{packing}", said, tensors, product(codes, zeros, scales, groups)
    for name, group, sym, stored, inputs in (
        ("zeros", 32, False, True, 64),
        ("no zero points, stored", 32, True, True, 64),
        ("no zero points", 32, True, False, 64),
        ("a group of all inputs", -1, False, True, 40),
        ("groups of 8", 8, False, True, 24),
    ):
        size = inputs if group == -1 else group
        codes, zeros, scales = drawn(inputs, 16, size, 4, sym)
        said = {
            "quant_method": "awq", "bits": 4, "group_size": group, "zero_point": not sym, "version": "gemm",
            "modules_to_not_convert": ["visual"],
        }  # fmt: skip
        tensors = pack_awq(codes, zeros, scales)
        if not stored:
            del tensors["qzeros"]
        yield f"awq, {name}", said, tensors, product(codes, zeros, scales, np.arange(inputs) // size)


def pack_awq(codes: np.ndarray, zeros: np.ndarray, scales: np.ndarray) -> Tensors:
    return {"qweight": int32(interleaved(codes)), "qzeros": int32(interleaved(zeros)), "scales": torch.from_numpy(scales)}


def compressed_cases() -> Iterator[tuple[str, dict, Tensors, torch.Tensor]]:
    """By the library that is imported."""
    import compressed_tensors

    older = compressed_tensors.__version__.startswith("0.17")
    generator = torch.Generator().manual_seed(16)
    kinds = [("group", 16), ("channel", None)]
    packed = [(bits, kind, sym) for bits in range(2, 9) for kind in kinds for sym in (True, False)]
    if older:
        packed = [(bits, kind, sym) for bits in (3, 5, 6, 7) for kind in kinds for sym in (True, False)]
    for bits, (strategy, group), sym in packed:
        columns = 48 if strategy == "group" else 45
        yield compressed(generator, "pack-quantized", bits, strategy, group, sym, (9, columns))
    if older:
        for sym in (True, False):
            yield compressed(generator, "pack-quantized", 4, "group", 16, sym, (9, 48), ordered=True)
        return
    for strategy in ("tensor", "block"):
        for sym in (True, False):
            yield compressed(generator, "pack-quantized", 4, strategy, None, sym, (6, 40))
    yield compressed(generator, "pack-quantized", 4, "group", 32, True, (5, 64), dtype=torch.float16)
    for strategy, group in (("tensor", None), ("channel", None), ("group", 32), ("block", None)):
        for sym in (True, False):
            yield compressed(generator, "int-quantized", 8, strategy, group, sym, (6, 64))
    yield compressed(generator, "naive-quantized", 4, "channel", None, True, (6, 40))


def compressed(
    generator: torch.Generator, format: str, bits: int, strategy: str, group: int | None, sym: bool,
    shape: tuple[int, int], ordered: bool = False, dtype: torch.dtype = torch.bfloat16,
) -> tuple[str, dict, Tensors, torch.Tensor]:  # fmt: skip
    import compressed_tensors
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme

    rows, columns = shape
    block = [4, 16] if strategy == "block" else None
    args = QuantizationArgs(
        num_bits=bits, type="int", symmetric=sym, strategy=strategy, group_size=group, block_structure=block,
        **({"actorder": "group"} if ordered else {}),
    )  # fmt: skip
    scheme = QuantizationScheme(targets=["Linear"], weights=args, format=format)
    weight = torch.randn(shape, generator=generator) * 0.1
    scale_shape = {
        "tensor": (1,), "channel": (rows, 1), "group": (rows, columns // (group or 1)),
        "block": (-(-rows // 4), -(-columns // 16)),
    }[strategy]  # fmt: skip
    low = -(2 ** (bits - 1))
    scale = ((torch.rand(scale_shape, generator=generator) + 0.5) * 0.2 / 2**bits).to(dtype)
    zeros = torch.zeros(scale_shape, dtype=torch.int8)
    if not sym:
        zeros = torch.randint(low, -low, scale_shape, generator=generator).to(torch.int8)
    state = {"weight": weight.to(dtype), "weight_scale": scale, "weight_zero_point": zeros}
    if ordered:
        state["weight_g_idx"] = (torch.arange(columns) // group)[torch.randperm(columns, generator=generator)].int()
    compressor = BaseCompressor.get_value_from_registry(format)
    stored = compressor.compress(state, scheme)
    widened = {**stored, "weight_scale": stored["weight_scale"].float()}
    values = compressor.decompress(widened, scheme)["weight"]
    assert values.dtype == torch.float32 and values.shape == weight.shape
    weights = {
        "num_bits": bits, "type": "int", "symmetric": sym, "strategy": strategy, "group_size": group,
        "block_structure": block,
    }  # fmt: skip
    said = {
        "quant_method": "compressed-tensors", "format": format, "version": compressed_tensors.__version__,
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights}},
    }  # fmt: skip
    signs = "symmetric" if sym else "zero points"
    order = ", in order of activations" if ordered else ""
    name = f"{format}, {bits} bits, {strategy}, {signs}, {str(dtype)[6:]}{order}"
    return name, said, stored, values


def write_cases(name: str, cases: Iterator[tuple[str, dict, Tensors, torch.Tensor]]) -> None:
    """The declarations, and the SHA-256 of the values' float32 bytes, as JSON; tensors are called by the place of the case: `0/qweight`."""
    records, tensors = {}, {}
    for index, (case, said, stored, values) in enumerate(cases):
        digest = sha256(values.contiguous().numpy().tobytes()).hexdigest()
        records[case] = {"shape": list(values.shape), "values": digest, "said": said}
        tensors.update({f"{index}/{part}": tensor for part, tensor in stored.items()})
    write_json(DATA / f"{name}.json", records)
    write_tensors(DATA / f"{name}.safetensors", tensors)


def grid(weight: torch.Tensor, group: int, bits: int, sym: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Round to nearest: codes [inputs, outputs], zeros and float16 scales [groups, outputs]."""
    values = weight.float().numpy().T
    count = -(-len(values) // group)
    codes = np.zeros(values.shape, np.int64)
    zeros, scales = np.zeros((count, values.shape[1]), np.int64), np.zeros((count, values.shape[1]), np.float16)
    top = 2**bits - 1
    for index in range(count):
        part = values[index * group : (index + 1) * group]
        low, high = np.minimum(part.min(0), 0), np.maximum(part.max(0), 0)
        if sym:
            high = np.maximum(-low, high)
            low = -high
        scale = ((high - low) / top).astype(np.float16)
        zero = np.full(scale.shape, 2 ** (bits - 1)) if sym else np.clip(np.rint(-low / scale.astype(np.float32)), 0, top)
        scales[index], zeros[index] = scale, zero
        codes[index * group : (index + 1) * group] = np.clip(np.rint(part / scale.astype(np.float32)) + zero, 0, top)
    return codes, zeros, scales


LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def gptq_model(weights: Tensors) -> tuple[dict, Tensors, Tensors]:
    """As published with `sym: true`, in groups of 32: down_proj has 72 inputs, and 8 of them in its last group."""
    stored, values = {}, {}
    for name, weight in weights.items():
        codes, zeros, scales = grid(weight, 32, 4, True)
        groups = np.arange(len(codes)) // 32
        module = name.removesuffix(".weight")
        packed = pack_gptq(codes, zeros, scales, 4, True, groups)
        stored.update({f"{module}.{part}": tensor for part, tensor in packed.items()})
        values[name] = product(codes, zeros, scales, groups)
    said = {
        "bits": 4, "checkpoint_format": "gptq", "damp_percent": 0.1, "desc_act": False, "group_size": 32,
        "modules_in_block_to_quantize": None, "quant_method": "gptq", "static_groups": False, "sym": True,
        "true_sequential": True,
    }  # fmt: skip
    return said, stored, values


def awq_model(weights: Tensors) -> tuple[dict, Tensors, Tensors]:
    """As Qwen's own, but in groups of 8, which divide 64 and 72."""
    stored, values = {}, {}
    for name, weight in weights.items():
        codes, zeros, scales = grid(weight, 8, 4, False)
        module = name.removesuffix(".weight")
        stored.update({f"{module}.{part}": tensor for part, tensor in pack_awq(codes, zeros, scales).items()})
        values[name] = product(codes, zeros, scales, np.arange(len(codes)) // 8)
    said = {
        "quant_method": "awq", "bits": 4, "group_size": 8, "modules_to_not_convert": ["visual"], "version": "gemm",
        "zero_point": True,
    }  # fmt: skip
    return said, stored, values


def compressed_model(weights: Tensors) -> tuple[dict, Tensors, Tensors]:
    """Mixed: 4 bits in groups, o_proj int8 a channel, down_proj 5 bits a channel with zero points, layer 1 left as it was."""
    import compressed_tensors
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
    from compressed_tensors.quantization.utils import calculate_qparams

    def scheme(targets: list[str], format: str, **args) -> QuantizationScheme:
        return QuantizationScheme(targets=targets, format=format, weights=QuantizationArgs(type="int", **args))

    schemes = {
        "group_0": scheme(["Linear"], "pack-quantized", num_bits=4, strategy="group", group_size=16),
        "group_1": scheme([r"re:.*down_proj$"], "pack-quantized", num_bits=5, strategy="channel", symmetric=False),
        "group_2": scheme([r"re:.*self_attn\.o_proj"], "int-quantized", num_bits=8, strategy="channel"),
    }
    stored, values = {}, {}
    for name, weight in weights.items():
        if ".layers.1." in name:
            continue
        chosen = schemes["group_1" if "down_proj" in name else "group_2" if "o_proj" in name else "group_0"]
        args = chosen.weights
        parts = weight.float().reshape(len(weight), -1, args.group_size or weight.shape[1])
        scale, zeros = calculate_qparams(parts.amin(-1), parts.amax(-1), args)
        state = {"weight": weight, "weight_scale": scale.to(weight.dtype), "weight_zero_point": zeros.to(torch.int8)}
        compressor = BaseCompressor.get_value_from_registry(chosen.format)
        packed = compressor.compress(state, chosen)
        widened = {**packed, "weight_scale": packed["weight_scale"].float()}
        values[name] = compressor.decompress(widened, chosen)["weight"]
        module = name.removesuffix(".weight")
        stored.update({f"{module}.{part}": tensor for part, tensor in packed.items()})
    said = {
        "quant_method": "compressed-tensors", "format": "mixed-precision", "version": compressed_tensors.__version__,
        "quantization_status": "compressed", "ignore": ["lm_head", "re:.*visual.*", r"re:.*layers\.1\..*"],
        "config_groups": {name: scheme.model_dump(mode="json") for name, scheme in schemes.items()},
    }  # fmt: skip
    return said, stored, values


def write_model(name: str, base: str, quantized) -> None:
    """What a folder has in place of the base's matrices, and what transformers answers with the values they stand for."""
    from cases import CASES
    from checkpoints import load_model
    from expected import image_processor
    from generation import greedy
    from prompts import prepare
    from safetensors.torch import load_file
    from vocabulary import load_tokenizer

    folder = GOLDENS / "data" / "checkpoints" / base
    weights = {key: tensor for file in sorted(folder.glob("*.safetensors")) for key, tensor in load_file(file).items()}
    linear = {key: weights[key] for key in sorted(weights) if ".layers." in key and key.split(".")[-2] in LINEAR
              and key.endswith(".weight")}  # fmt: skip
    said, stored, values = quantized(linear)
    model = load_model(folder)
    parameters = dict(model.named_parameters())
    for key, value in values.items():
        current = re.sub(r"^model\.(language_model\.)?layers\.", "model.language_model.layers.", key)
        parameters[current].data.copy_(value)
    case = next(case for case in CASES if case.name == "square")
    inputs = prepare(model, load_tokenizer(folder), image_processor(folder), case.messages, list(case.images))
    answer = greedy(model, inputs)
    record = {"base": base, "case": case.name, "quantization_config": said, "greedy": answer.to_json()}
    write_json(DATA / f"model-{name}.json", record)
    write_tensors(DATA / f"model-{name}.safetensors", {**stored, "expected/logits": answer.logits})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--older", type=Path)
    parser.add_argument("--only-older", action="store_true")
    asked = parser.parse_args()
    if asked.only_older:
        write_cases("compressed-tensors-0.17", compressed_cases())
        return
    if asked.older:
        place = {**os.environ, "PYTHONPATH": str(asked.older)}
        subprocess.run([sys.executable, __file__, "--only-older"], env=place, check=True)
    write_cases("packed", packed_cases())
    write_cases("compressed-tensors", compressed_cases())
    write_model("gptq", "untied-gqa2-f16", gptq_model)
    write_model("awq", "untied-gqa2-f16", awq_model)
    write_model("compressed-tensors", "untied-gqa7-bf16-new", compressed_model)


main()

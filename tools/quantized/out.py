"""What other libraries make of the folders that `quantize` writes: `python tools/quantized/out.py [LABEL…]`.

Runs the shell command on checkpoints of the demo family, and writes to `data/out/exports.json`: a digest of each file that a reader
of the folder reads; of each rounded weight a digest of its float32 values, by `PackedQuantizationCompressor.decompress` of
compressed-tensors with its scales widened to float32 (as it comes, it rounds products to bfloat16; that this is all it does is
checked), for AWQ by the formula of AutoAWQ's `WQLinear_GEMM`, and for GGUF by gguf-py; and transformers' greedy answers with those
values. Folders of compressed-tensors are also loaded by transformers itself, `CompressedTensorsConfig(run_compressed=False)`; of
GGUF files every name is held against gguf-py's `TensorNameMap`, and what was not rounded against the original.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from compressed_tensors.compressors.pack_quantized import PackedQuantizationCompressor
from compressed_tensors.quantization import QuantizationConfig
from safetensors.torch import load_file, save_file
from transformers import AutoModelForImageTextToText, AutoTokenizer, CompressedTensorsConfig

from gguf_files import pieces_of

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data" / "out"
BASE = ROOT / "public" / "demo" / "rl"
MODEL = ["--model", "demo:rl"]
STITCH = ["--in", "demo:in", "--rl", "demo:rl", "--blocks", "IN:RL:RL"]
CASES = {
    "compressed-tensors, 4 bits in groups of 128": [*MODEL, "--format", "compressed-tensors"],
    "compressed-tensors, 4 bits in groups of 32": [*MODEL, "--format", "compressed-tensors", "--group", "32"],
    "compressed-tensors, 4 bits a channel": [*MODEL, "--format", "compressed-tensors", "--group", "channel"],
    "compressed-tensors, 8 bits a channel": [*MODEL, "--format", "compressed-tensors", "--bits", "8", "--group", "channel"],
    "compressed-tensors, 8 bits in groups of 64": [*MODEL, "--format", "compressed-tensors", "--bits", "8", "--group", "64"],
    "AWQ in groups of 128": [*MODEL, "--format", "awq"],
    "AWQ in groups of 32": [*MODEL, "--format", "awq", "--group", "32"],
    "GGUF, Q8_0": [*MODEL, "--format", "gguf-q8_0"],
    "GGUF, Q4_0": [*MODEL, "--format", "gguf-q4_0"],
    "a stitch, compressed-tensors": [*STITCH, "--format", "compressed-tensors", "--group", "64"],
}
QUESTIONS = [
    "What is 20 - 4? Think step by step.",
    "Tom has 9 apples and gets 10 more, then 11 more. How many apples has he now?",
    "What is 17 × 3?",
]
NEW_TOKENS = 32
CLEAR_MARGIN = 1e-3
OWN = {"README.md", "frankenscope-recipe.json", "quantization_report.json"}
"""Not read by whoever loads the folder."""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def unpacked(tensors: dict[str, torch.Tensor], folder: Path) -> dict[str, torch.Tensor]:
    """The folder's weights under the names of a plain checkpoint; the rounded ones in float32."""
    config = json.loads((folder / "config.json").read_text())["quantization_config"]
    if config["quant_method"] == "awq":
        return from_awq(tensors, config["group_size"])
    scheme = QuantizationConfig(**{k: v for k, v in config.items() if k in QuantizationConfig.model_fields}).config_groups["group_0"]
    weights = {}
    for module in [name.removesuffix(".weight_packed") for name in tensors if name.endswith(".weight_packed")]:
        parts = {part: tensors.pop(f"{module}.{part}") for part in ["weight_packed", "weight_scale", "weight_shape"]}
        as_it_comes = PackedQuantizationCompressor.decompress(parts, scheme)["weight"]
        parts["weight_scale"] = parts["weight_scale"].float()
        weight = PackedQuantizationCompressor.decompress(parts, scheme)["weight"]
        assert weight.dtype == torch.float32 and torch.equal(weight.bfloat16(), as_it_comes)
        weights[f"{module}.weight"] = weight
    return {**tensors, **weights}


def from_awq(tensors: dict[str, torch.Tensor], group: int) -> dict[str, torch.Tensor]:
    """AutoAWQ's layout by its formula, (code − zero) · scale, in float32."""
    order = [0, 2, 4, 6, 1, 3, 5, 7]

    def codes(packed: torch.Tensor) -> torch.Tensor:
        nibbles = torch.stack([(packed >> (4 * i)) & 15 for i in range(8)], dim=-1)
        unordered = torch.empty_like(nibbles)
        for place, column in enumerate(order):
            unordered[..., column] = nibbles[..., place]
        return unordered.flatten(1)

    weights = {}
    for module in [name.removesuffix(".qweight") for name in tensors if name.endswith(".qweight")]:
        qweight, qzeros, scales = (tensors.pop(f"{module}.{part}") for part in ["qweight", "qzeros", "scales"])
        zeros, scale = (part.repeat_interleave(group, dim=0) for part in (codes(qzeros), scales.float()))
        weights[f"{module}.weight"] = ((codes(qweight) - zeros).float() * scale).T.contiguous()
    return {**tensors, **weights}


def from_gguf(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of both files under the names of the original; the rounded ones in float32."""
    tensors = {}
    for file in sorted(folder.glob("*.gguf")):
        for tensor in gguf.GGUFReader(file).tensors:
            values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(tensor.shape[::-1])
            tensors[tensor.name] = (torch.from_numpy(values.astype(np.float32)), tensor.tensor_type.name.startswith("Q"))
    original = load_file(BASE / "model.safetensors")
    config = json.loads((BASE / "config.json").read_text())
    weights = {}
    for name, stored in original.items():
        pieces = pieces_of(name, config)
        found = [tensors.pop(piece) for piece, _ in pieces]
        values, rounded = [value for value, _ in found], found[0][1]
        how = pieces[0][1]
        weight = torch.stack(values, dim=2) if how.startswith("time") else torch.cat(values) if how else values[0]
        assert weight.shape == stored.shape and (rounded or torch.equal(weight, stored.float())), name
        weights[name] = weight if rounded else stored
    assert not tensors, list(tensors)
    return weights


def load(folder: Path, **options) -> torch.nn.Module:
    model, report = AutoModelForImageTextToText.from_pretrained(
        folder, attn_implementation="eager", output_loading_info=True, **options
    )
    problems = {kind: names for kind, names in report.items() if names}
    assert not problems, problems
    return model.eval()


def plain_model(folder: Path, weights: dict[str, torch.Tensor]) -> torch.nn.Module:
    """transformers' model with these weights in float32."""
    with tempfile.TemporaryDirectory() as name:
        plain = Path(name)
        config = json.loads((folder / "config.json").read_text())
        config.pop("quantization_config", None)
        (plain / "config.json").write_text(json.dumps(config))
        save_file(weights, plain / "model.safetensors", metadata={"format": "pt"})
        return load(plain, dtype=torch.float32)


@torch.no_grad()
def answers(model: torch.nn.Module, folder: Path) -> list[dict]:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    found = []
    for question in QUESTIONS:
        messages = [{"role": "user", "content": question}]
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)["input_ids"]
        out = model.generate(
            ids, do_sample=False, repetition_penalty=1.0, max_new_tokens=NEW_TOKENS, output_logits=True, return_dict_in_generate=True
        )
        margins = []
        for logits in out.logits:
            first, second = logits[0].topk(2).values.tolist()
            margins.append((first - second) / logits.abs().max().item())
        compared = next((i for i, margin in enumerate(margins) if margin <= CLEAR_MARGIN), len(margins))
        found.append({"question": question, "tokens": out.sequences[0, ids.shape[1] :].tolist(), "compared": compared})
    return found


def checked_by_transformers(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    """transformers reads the folder by its own config: every weight is there, and is ours rounded to bfloat16."""
    model = load(folder, quantization_config=CompressedTensorsConfig(run_compressed=False), dtype=torch.bfloat16)
    own = model.state_dict()
    rounded = {name: weight for name, weight in weights.items() if weight.dtype == torch.float32}
    spelled = {re.sub(r"^model\.language_model\.", "model.", name): weight for name, weight in own.items()}
    for name, weight in rounded.items():
        assert torch.equal(spelled[re.sub(r"^model\.language_model\.", "model.", name)], weight.bfloat16()), name


def exported(flags: list[str], folder: Path) -> dict:
    words = ["npm", "run", "-s", "headless", "--", "quantize", *flags, "--device", "wasm", "--out", str(folder), "--quiet"]
    subprocess.run(words, cwd=ROOT, check=True)
    files = sorted(file for file in folder.iterdir() if file.name not in OWN)
    if flags[flags.index("--format") + 1].startswith("gguf"):
        weights, small = from_gguf(folder), BASE
    else:
        weights, small = unpacked(load_file(folder / "model.safetensors"), folder), folder
    if "compressed-tensors" in flags:
        checked_by_transformers(folder, weights)
    rounded = {name: weight for name, weight in sorted(weights.items()) if weight.dtype == torch.float32}
    return {
        "flags": flags,
        "files": {file.name: digest(file.read_bytes()) for file in files},
        "weights": {name: digest(weight.numpy().tobytes()) for name, weight in rounded.items()},
        "answers": answers(plain_model(small, weights), small),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    path = DATA / "exports.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    for label in sys.argv[1:] or CASES:
        with tempfile.TemporaryDirectory() as name:
            known[label] = exported(CASES[label], Path(name))
        print(label, [answer["compared"] for answer in known[label]["answers"]], flush=True)
        listed = {one: known[one] for one in CASES if one in known}
        path.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n")

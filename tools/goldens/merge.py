"""Merges by recipe, done with PyTorch: the oracle of src/merge. `python tools/goldens/merge.py`.

Arithmetic is float32 on the stored values, rounded once to the frame's dtype. Noise is Philox4x32-10 by its definition
(Salmon et al., SC11) in NumPy, independent of the one in TypeScript.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from cases import CASES
from checkpoints import load_model
from expected import image_processor
from generation import greedy
from prompts import prepare
from storage import write_json, write_tensors
from vocabulary import load_tokenizer

DATA = Path(__file__).parent / "data"
DONORS = {"A": "untied-gqa2-f16", "B": "untied-gqa2-f16-b"}
SPAN = {"first": 1, "last": 2}
RECIPES = {
    "stitch": {"blocks": "A:B:B"},
    "parts": {
        "layers": ["A", "A", "B"],
        "rest": {"frame": "A", "head": "B"},
        "edits": [{"kind": "replace", "layers": SPAN, "part": "attention", "donor": "B"}],
    },
    "mix": {
        "layers": ["A", "A", "B"],
        "edits": [
            {"kind": "interpolate", "layers": SPAN, "part": "all", "donor": "B", "alpha": 0.3},
            {"kind": "interpolate-rest", "pieces": ["visionTower", "projector"], "donor": "B", "alpha": 0.25},
        ],
    },
    "noise": {
        "layers": ["A", "A", "A"],
        "edits": [
            {"kind": "interpolate", "layers": {"first": 2, "last": 3}, "part": "mlp", "donor": "B", "alpha": 0.5},
            {"kind": "noise", "layers": {"first": 2, "last": 3}, "part": "mlp", "ratio": 0.1, "seed": 7},
            {"kind": "noise", "layers": {"first": 1, "last": 1}, "part": "all", "ratio": 0.05, "seed": 8},
        ],
    },
}
ALPHAS = [0.1, 0.3, 0.5, 0.9]
DTYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


def philox(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Philox4x32-10 of counters [n, 4] (uint64 holding 32 bits each)."""
    mask = np.uint64(0xFFFFFFFF)
    c = [counter[:, i].astype(np.uint64) for i in range(4)]
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [
            (p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), p1 & mask,
            (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), p0 & mask,
        ]  # fmt: skip
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(c, axis=1)


def fnv(text: str, basis: int) -> int:
    """FNV-1a, 32 bits."""
    for byte in text.encode():
        basis = ((basis ^ byte) * 0x01000193) & 0xFFFFFFFF
    return basis


def normals(seed: int, tensor: str, first: int, count: int) -> np.ndarray:
    """Elements first … first + count of the stream, float64."""
    key = (seed ^ fnv(tensor, 0x811C9DC5), fnv(tensor, 0x9DC5811C))
    blocks = np.arange(first // 4, (first + count + 3) // 4, dtype=np.uint64)
    zero = np.zeros_like(blocks)
    low, high = blocks & np.uint64(0xFFFFFFFF), blocks >> np.uint64(32)
    words = philox(np.stack([low, high, zero, zero], axis=1), key).astype(np.float64)
    radius = np.sqrt(-2 * np.log((words[:, 0::2] + 0.5) / 2**32))
    angle = 2 * np.pi * words[:, 1::2] / 2**32
    values = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2).reshape(-1)
    return values[first - 4 * (first // 4) :][:count]


def mix(a: torch.Tensor, b: torch.Tensor, alpha: float) -> torch.Tensor:
    """float32 in, float32 out."""
    return (1 - alpha) * a.float() + alpha * b.float()


def noised(values: torch.Tensor, ratio: float, seed: int, tensor: str) -> torch.Tensor:
    """In float64, rounded once to float32; the deviation is torch's own."""
    wide = values.double()
    z = torch.from_numpy(normals(seed, tensor, 0, values.numel())).reshape(values.shape)
    return ((1 - ratio) * wide + ratio * wide.std() * z).float()


PIECES = {"projector": "visual.merger.", "visionTower": "visual.", "head": ("model.norm.", "lm_head.")}


def piece_of(name: str) -> str:
    return next((piece for piece, prefix in PIECES.items() if name.startswith(prefix)), "frame")


def merged(recipe: dict, donors: dict[str, dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Every tensor of the frame as the recipe makes it. Donors are stored in the older spelling."""
    layers = recipe.get("layers") or recipe["blocks"].split(":")
    rest = recipe.get("rest", {})
    frame = rest.get("frame", layers[0])
    tensors = {}
    for name, own in donors[frame].items():
        match = re.match(r"model\.layers\.(\d+)\.(.*)", name)
        piece = piece_of(name)
        donor = layers[int(match[1])] if match else rest.get(piece, frame)
        values, changed = None, False
        for edit in recipe.get("edits", []):
            if edit["kind"] == "interpolate-rest":
                hit = match is None and piece in edit["pieces"]
            else:
                part = {"attention": "self_attn.", "mlp": "mlp.", "all": ""}[edit["part"]]
                inside = match and edit["layers"]["first"] <= int(match[1]) + 1 <= edit["layers"]["last"]
                hit = bool(inside) and match[2].startswith(part)
            if not hit:
                continue
            if edit["kind"] == "replace":
                donor = edit["donor"]
                continue
            values = donors[donor][name].float() if values is None else values
            changed = True
            if edit["kind"] == "noise":
                values = noised(values, edit["ratio"], edit["seed"], name)
            else:
                values = mix(values, donors[edit["donor"]][name], edit["alpha"])
        tensors[name] = values.to(own.dtype) if changed else donors[donor][name]
    return tensors


def digest(tensor: torch.Tensor) -> str:
    return hashlib.sha256(tensor.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def write_merges(folder: Path, donors: dict[str, Path]) -> None:
    """`merge.json`: recipes, a digest per tensor, and transformers' greedy answers."""
    weights = {letter: load_file(path / "model.safetensors") for letter, path in donors.items()}
    tokenizer, processor = load_tokenizer(donors["A"]), image_processor(donors["A"])
    merges = {}
    for label, recipe in RECIPES.items():
        tensors = merged(recipe, weights)
        model = load_model(donors["A"])
        spelled = {
            re.sub(r"^visual\.", "model.visual.", re.sub(r"^model\.", "model.language_model.", name)): tensor
            for name, tensor in tensors.items()
        }
        model.load_state_dict({name: tensor.float() for name, tensor in spelled.items()})
        answers = []
        for case in CASES:
            answer = greedy(model, prepare(model, tokenizer, processor, case.messages, list(case.images)))
            answers.append({"case": case.name, **answer.to_json()})
        merges[label] = {
            "recipe": {"format": "frankenscope-recipe", "version": 1, **recipe},
            "tensors": {name: digest(tensor) for name, tensor in tensors.items()},
            "answers": answers,
        }
    write_json(folder / "merge.json", {"donors": DONORS, "merges": merges})


def special_values() -> torch.Tensor:
    """Ties of the rounding to bfloat16 and half, subnormals, signed zeros, the largest."""
    bits = [0x3F808000, 0x3F818000, 0x3F807FFF, 0x3F808001, 0x00000001, 0x80000001, 0x80000000, 0x7F7FFFFF, 0x33000000]
    return torch.from_numpy(np.array(bits, dtype=np.uint32).view(np.float32).copy())


def write_arithmetic(folder: Path) -> None:
    """`merge-arithmetic.safetensors`: interpolation in each dtype, noise and its deviation."""
    generator = torch.Generator().manual_seed(4)
    wide = {name: 0.05 * torch.randn(1027, generator=generator) for name in "ab"}
    tensors = {"special": special_values(), "special.BF16": special_values().bfloat16()}
    for name, dtype in DTYPES.items():
        a, b = wide["a"].to(dtype), wide["b"].to(dtype)
        tensors |= {f"{name}.a": a, f"{name}.b": b}
        for alpha in ALPHAS:
            tensors[f"{name}.mix.{alpha}"] = mix(a, b, alpha).to(dtype)
        tensors[f"{name}.noise"] = noised(a.float(), 0.3, 11, f"{name}.a").to(dtype)
        tensors[f"{name}.std"] = a.double().std().reshape(1)
    # A bfloat16 frame with a float32 donor.
    tensors["mixed"] = mix(wide["a"].bfloat16(), wide["b"], 0.3).bfloat16()
    tensors["normals"] = torch.from_numpy(normals(11, "BF16.a", 0, 1027).copy())
    far = 4 * (2**32 + 5) + 3
    tensors["normals.far"] = torch.from_numpy(normals(11, "BF16.a", far, 21).copy())
    write_tensors(folder / "merge-arithmetic.safetensors", tensors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write_arithmetic(DATA / "expected")
    write_merges(DATA / "expected", {letter: DATA / "checkpoints" / name for letter, name in DONORS.items()})

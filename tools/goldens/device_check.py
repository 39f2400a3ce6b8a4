"""What the device check holds a device to: `python tools/goldens/device_check.py`, after `make.py`.

One small checkpoint, whose stored weights are float16, so that f32 and f16 in memory are the same numbers; and the same with
its matrices rounded to blocks of 8 and 4 bits as `src/engine/weights/quantize.ts` rounds them, written here once more from
its rules. transformers computes with the rounded values in float32. Half a minute; the same bytes each time.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import numpy as np
import torch
from transformers import DynamicCache, PreTrainedModel

from capture import attention_on_image, record_hidden_states, record_vision
from cases import CASES
from checkpoints import load_model
from expected import image_processor
from generation import greedy, prefill
from interventions import SwapCache, ablated, image_key_values
from prompts import Inputs, prepare
from storage import write_json, write_tensors
from vocabulary import load_tokenizer

DATA = Path(__file__).parent / "data"
CHECKPOINT = "untied-gqa2-f16"
CASE = replace(next(case for case in CASES if case.name == "square"), inside="")
SOURCE = "square-source"
BLOCK = 32


def rounded(weights: torch.Tensor, bits: int) -> torch.Tensor:
    """A matrix [out, in] as its blocks of 32 input columns stand for it, in float32.

    4 bits: scale = weight of largest magnitude (the first of them) / -8; 8 bits: largest magnitude / 127. Codes are
    floor(w / scale + zero + 1/2) in float64, clamped.
    """
    zero, top = {4: (8, 15), 8: (128, 255)}[bits]
    matrix = weights.numpy().astype(np.float32)
    out = np.empty_like(matrix)
    for begin in range(0, matrix.shape[1], BLOCK):
        block = matrix[:, begin : begin + BLOCK]
        extreme = np.take_along_axis(block, np.abs(block).argmax(axis=1)[:, None], axis=1)
        scale = (extreme / np.float32(-8) if bits == 4 else np.abs(extreme) / np.float32(127)).astype(np.float32)
        inverse = np.divide(1, scale, out=np.zeros(scale.shape), where=scale != 0, dtype=np.float64)
        codes = np.clip(np.floor(block * inverse + zero + 0.5), 0, top).astype(np.float32)
        out[:, begin : begin + BLOCK] = (codes - np.float32(zero)) * scale
    return torch.from_numpy(out)


def round_matrices(model: PreTrainedModel, bits: int) -> None:
    """Linear layers of decoder and head in `bits`; of the vision tower and projector always in 8. Patch embedding and embeddings stay."""
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):
            module.weight.data = rounded(module.weight.data, 8 if "visual" in name else bits)


def main() -> None:
    # One thread: the order of every sum, and so every bit, is then the same on each run.
    torch.set_num_threads(1)
    folder = DATA / "checkpoints" / CHECKPOINT
    tokenizer, processor = load_tokenizer(folder), image_processor(folder)
    tensors: dict[str, torch.Tensor] = {}
    formats = {}
    for name, bits in {"f32": None, "q8": 8, "q4": 4}.items():
        model = load_model(folder)
        if bits:
            round_matrices(model, bits)
        inputs = prepare(model, tokenizer, processor, CASE.messages, list(CASE.images))
        found = {**record_vision(model, inputs, CASE), **record_hidden_states(model, inputs, CASE)}
        answer = greedy(model, inputs)
        kept = {key: value for key, value in found.items() if not key.endswith("normed")} | {f"{CASE.name}.logits": answer.logits}
        tensors |= {key.replace(CASE.name, name, 1): value for key, value in kept.items()}
        formats[name] = {"tokens": answer.tokens, "compared": answer.compared}
        if not bits:
            attention = attention_on_image(model, inputs, answer, name, tensors)
            source = prepare(model, tokenizer, processor, CASE.messages, [SOURCE])
            interventions = intervened(model, inputs, source, tensors)
    document = {
        "checkpoint": CHECKPOINT,
        "messages": CASE.messages,
        "image": CASE.images[0],
        "source": SOURCE,
        "inputIds": inputs.input_ids[0].tolist(),
        "imagePositions": inputs.image_positions,
        "queries": attention["queries"],
        "formats": formats,
        "interventions": interventions,
    }
    write_json(DATA / "device-check" / "expected.json", document)
    write_tensors(DATA / "device-check" / "expected.safetensors", tensors)


def intervened(model: PreTrainedModel, inputs: Inputs, source: Inputs, tensors: dict[str, torch.Tensor]) -> list[dict]:
    """The middle layer off, its attention off, its MLP off; the picture's keys and values another's, there and from there on."""
    layers = model.config.text_config.num_hidden_layers
    layer = layers // 2
    found: list[dict] = []

    def record(what: dict, logits: torch.Tensor) -> None:
        tensors[f"row.{len(found)}.logits"] = logits
        found.append(what)

    for part in ("layer", "attention", "mlp"):
        with ablated(model, layer, part):
            record({"ablate": [{"layer": layer, "part": part}]}, greedy(model, inputs).logits)
    cache = DynamicCache()
    prefill(model, source, cache)
    replacement = image_key_values(cache, source.image_positions)
    for chosen in ([layer], list(range(layer, layers))):
        swapped = SwapCache(inputs.image_positions, {index: replacement[index] for index in chosen})
        record({"swap": chosen}, greedy(model, inputs, swapped).logits)
    return found


if __name__ == "__main__":
    main()

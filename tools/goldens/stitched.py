"""Models whose layers come from two checkpoints of one shape."""

from __future__ import annotations

from pathlib import Path

from cases import CASES
from checkpoints import load_model
from expected import image_processor
from generation import greedy
from interventions import stitched
from prompts import prepare
from storage import write_json, write_tensors
from vocabulary import load_tokenizer

DONORS = ("aab", "abb", "aba", "baa", "bbb")
"""Donor of each layer. Embeddings, vision tower, projector, final norm and head are always a's."""
QWEN3_VL_DONORS = ("aabb", "abab", "baab")
"""Of four layers; what DeepStack adds comes from a's vision tower and projectors, too."""


def write_stitched(
    folder: Path, first: Path, second: Path, patterns: tuple[str, ...] = DONORS, name: str = "stitched"
) -> None:
    """Every case on every pattern of donors: `<name>.json`, `<name>.safetensors`."""
    a, b, tokenizer, processor = load_model(first), load_model(second), load_tokenizer(first), image_processor(first)
    answers, tensors = [], {}
    for donors in patterns:
        model = stitched(a, b, donors)
        for case in CASES:
            answer = greedy(model, prepare(model, tokenizer, processor, case.messages, list(case.images)))
            logits = f"{donors}.{case.name}.logits"
            tensors[logits] = answer.logits
            answers.append({"donors": donors, "case": case.name, "logits": logits, **answer.to_json()})
    write_json(folder / f"{name}.json", {"a": first.name, "b": second.name, "answers": answers})
    write_tensors(folder / f"{name}.safetensors", tensors)

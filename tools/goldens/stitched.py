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

DONORS = ["aab", "abb", "aba", "baa", "bbb"]
"""Donor of each layer. Embeddings, vision tower, projector, final norm and head are always a's."""


def write_stitched(folder: Path, first: Path, second: Path) -> None:
    """Every case on every pattern of donors: `stitched.json`, `stitched.safetensors`."""
    a, b, tokenizer, processor = load_model(first), load_model(second), load_tokenizer(first), image_processor()
    answers, tensors = [], {}
    for donors in DONORS:
        model = stitched(a, b, donors)
        for case in CASES:
            answer = greedy(model, prepare(model, tokenizer, processor, case.messages, list(case.images)))
            name = f"{donors}.{case.name}.logits"
            tensors[name] = answer.logits
            answers.append({"donors": donors, "case": case.name, "logits": name, **answer.to_json()})
    write_json(folder / "stitched.json", {"a": first.name, "b": second.name, "answers": answers})
    write_tensors(folder / "stitched.safetensors", tensors)

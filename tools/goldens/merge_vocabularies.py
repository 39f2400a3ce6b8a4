"""What mergekit makes of donors with other vocabularies: `python tools/goldens/merge_vocabularies.py`.

Needs mergekit 0.1.5 besides the other requirements. The second donor of the golden merges gets tokens that the first does not
have, and more or fewer rows of embeddings (`VARIANTS`; the tests make the same folders by the same rule). The digests of a
merge of layers alone, as our export writes it, go to `data/expected/mergekit/vocabularies.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from safetensors.torch import load_file, save_file

from merge_mergekit import DATA, digest

FRAME, DONOR = "untied-gqa2-f16", "untied-gqa2-f16-b"
TOKENS = ["<think>", "</think>"]
VARIANTS = {"added": (400, TOKENS), "grown": (464, TOKENS), "cut": (384, [])}
"""Rows of embeddings and head, and further tokens. New rows are the first ones once more."""
OPTIONS = MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True, device="cpu", allow_crimes=True)


def variant(folder: Path, rows: int, tokens: list[str]) -> None:
    shutil.copytree(DATA / "checkpoints" / DONOR, folder)
    tensors = load_file(folder / "model.safetensors")
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        tensors[name] = torch.cat([tensors[name], tensors[name]])[:rows].clone()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config["vocab_size"] = config["text_config"]["vocab_size"] = rows
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    first = 1 + max(token["id"] for token in tokenizer["added_tokens"])
    like = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    tokenizer["added_tokens"] += [{"id": first + i, "content": token, **like} for i, token in enumerate(tokens)]
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


def merged(configuration: dict) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        run_merge(MergeConfiguration.model_validate(configuration), folder, OPTIONS)
        tensors: dict[str, str] = {}
        for file in sorted(Path(folder).glob("*.safetensors")):
            tensors |= {name: digest(tensor) for name, tensor in load_file(file).items()}
        return dict(sorted(tensors.items()))


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.chdir(DATA)
    text = Path("expected/mergekit/stitch.yml").read_text()
    made = {}
    with tempfile.TemporaryDirectory() as place:
        for name, (rows, tokens) in VARIANTS.items():
            folder = Path(place) / name
            variant(folder, rows, tokens)
            made[name] = merged(yaml.safe_load(text.replace(f"checkpoints/{DONOR}", str(folder))))
    Path("expected/mergekit/vocabularies.json").write_text(json.dumps(made, indent=1) + "\n")

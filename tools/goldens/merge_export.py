"""What transformers makes of the folders that `merge` writes: `python tools/goldens/merge_export.py`.

Runs the shell command on two golden checkpoints of each of two models, loads what it wrote with `from_pretrained` (nothing may
be missing, unexpected or of another shape) and the folder's own tokenizer, and writes a digest of each file that transformers
read, and the greedy answers, to `data/expected/merge-export.json` and `merge-export-qwen3.json`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch

from cases import CASES
from checkpoints import load_model
from expected import image_processor
from generation import greedy
from merge import DATA, DONORS, RECIPES
from prompts import prepare
from shapes_qwen3_vl import QWEN3_VL_SHAPES, QWEN3_VL_SIBLING
from storage import write_json
from vocabulary import load_tokenizer

ROOT = Path(__file__).parents[2]
NAMES = {"A": "IN", "B": "RL"}
"""As the command calls its donors."""
QWEN3_DONORS = {"A": QWEN3_VL_SHAPES[0].name, "B": QWEN3_VL_SIBLING.name}
QWEN3_RECIPES = {
    "stitch": {"blocks": "A:B:B"},
    "projector": {"layers": ["A", "A", "B", "B"], "rest": {"frame": "A", "projector": "B"}, "edits": []},
    "tower": {
        "layers": ["A", "B", "B", "B"],
        "rest": {"frame": "A", "visionTower": "B"},
        "edits": [{"kind": "interpolate-rest", "pieces": ["projector"], "donor": "B", "alpha": 0.375}],
    },
}
"""DeepStack mergers as the projector goes: of either donor, or between them."""
EXPORTS = {
    "merge-export": (DONORS, {label: RECIPES[label] for label in ["stitch", "noise"]}),
    "merge-export-qwen3": (QWEN3_DONORS, QWEN3_RECIPES),
}
SHARD_BYTES = 100_000
OWN = {"README.md", "frankenscope-recipe.json"}
"""Not read by transformers."""


def renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: renamed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item) for item in value]
    if isinstance(value, str):
        return ":".join(NAMES.get(part, part) for part in value.split(":"))
    return value


def export(recipe: dict, donors: dict[str, str], folder: Path) -> None:
    """Write the merge of `donors`, by letter, into the empty `folder`."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(recipe, file)
        file.flush()
        sources = [DATA / "checkpoints" / donors[letter] for letter in NAMES]
        words = ["npm", "run", "-s", "headless", "--", "merge", "--recipe", file.name, "--in", sources[0], "--rl", sources[1]]
        subprocess.run([*words, "--shard-bytes", str(SHARD_BYTES), "--out", folder, "--quiet"], cwd=ROOT, check=True)


def loaded(folder: Path) -> dict[str, Any]:
    """Digests of the files, and the answers of the model in them."""
    files = sorted(file for file in folder.iterdir() if file.name not in OWN)
    model, tokenizer, processor = load_model(folder), load_tokenizer(folder), image_processor(folder)
    answers = []
    for case in CASES:
        answer = greedy(model, prepare(model, tokenizer, processor, case.messages, list(case.images)))
        answers.append({"case": case.name, **answer.to_json()})
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    return {"files": digests, "answers": answers}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for file, (donors, recipes) in EXPORTS.items():
        exports = {}
        for label, lettered in recipes.items():
            recipe = {"format": "frankenscope-recipe", "version": 1, **renamed(lettered)}
            with tempfile.TemporaryDirectory() as folder:
                export(recipe, donors, Path(folder))
                exports[label] = {"recipe": recipe, **loaded(Path(folder))}
        named = {name: donors[letter] for letter, name in NAMES.items()}
        write_json(DATA / "expected" / f"{file}.json", {"donors": named, "shardBytes": SHARD_BYTES, "exports": exports})

"""A run's weights as an ordinary Hugging Face folder with a model card.

    python export.py runs/base public/demo/base [--eval runs/eval/base.json]

Evaluate the folder, then export again with `--eval`: the card gets its numbers, the weights stay the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch

from card import card
from checkpoint_folder import write_folder
from model import new_model, parameter_count

MOST_LOG_LINES = 500
"""In the folder's training.jsonl; longer logs are thinned evenly."""


def export(run: Path, folder: Path, evaluation: Path | None) -> None:
    """Write the folder.

    Throws ValueError where the evaluation is of other weights.
    """
    state = torch.load(run / "state.pt", map_location="cpu", weights_only=True)
    model = new_model(state["settings"]["seed"])
    model.load_state_dict(state["model"])
    parameters = parameter_count(model)
    write_folder(folder, model)
    found = json.loads(evaluation.read_text(encoding="utf-8")) if evaluation else None
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found and found["sha256"] != digest:
        raise ValueError(f"{evaluation} is of other weights: evaluate {folder} again")
    (folder / "README.md").write_text(card(folder.name, run, found, parameters, state["progress"].get("phases", [])), encoding="utf-8")
    lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    stride = -(-len(lines) // MOST_LOG_LINES)
    kept = lines[stride - 1 :: stride]
    (folder / "training.jsonl").write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    if evaluation:
        (folder / "evaluation.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--eval", type=Path)
    flags = parser.parse_args()
    export(flags.run, flags.folder, flags.eval)


if __name__ == "__main__":
    main()

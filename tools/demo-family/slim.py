"""Keep a run's checkpoint small enough to be committed: weights in bf16, no optimizer's moments (6 MB of 36).

    python slim.py runs/base kept/base

`train.py … --out kept-copy --resume` goes on from it with new moments, on the items after those it has seen. A run from
there is seeded like any other, but no longer bit for bit the run that was never put away.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch


def slim(run: Path, kept: Path) -> None:
    """Write `kept/state.pt`, with the run's log and settings beside it."""
    state = torch.load(run / "state.pt", map_location="cpu", weights_only=True)
    weights = {name: weight.to(torch.bfloat16) for name, weight in state["model"].items()}
    kept.mkdir(parents=True, exist_ok=True)
    torch.save(state | {"model": weights, "optimizer": None}, kept / "state.pt")
    for name in ("log.jsonl", "settings.json"):
        shutil.copy(run / name, kept / name)


if __name__ == "__main__":
    slim(Path(sys.argv[1]), Path(sys.argv[2]))

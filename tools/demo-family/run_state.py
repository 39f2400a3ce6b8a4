"""What a run keeps on disk: checkpoint, log, and the wish to stop."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import torch


class Saved(Protocol):
    """What has a state."""

    def state_dict(self) -> object: ...


@dataclass
class Progress:
    """All that decides how a run goes on, beside weights and optimizer."""

    step: int = 0
    turn: int = 0
    """Draw of the mixer that is being used up."""
    used: dict[str, int] = field(default_factory=dict)
    """Items of each task used before that draw."""
    batch: int = 0
    """Batches of that draw already used."""
    seconds: float = 0.0
    """Training time so far, over all sittings."""
    samples: int = 0
    decay_from: int | None = None
    """Step at which the rate began to fall."""
    finished: bool = False
    phases: list[dict] = field(default_factory=list)
    """Where settings were changed on the way (`--retune`): the step, and by setting what it was before."""


class RunFolder:
    """`state.pt`, `log.jsonl` and `settings.json` of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.state = folder / "state.pt"
        self.log_file = folder / "log.jsonl"

    def save(self, model: torch.nn.Module, optimizer: Saved, progress: Progress, settings: dict) -> None:
        """Replace the checkpoint as a whole: who is interrupted here keeps the one before."""
        partial = self.state.with_suffix(".partial")
        state = {
            "model": model.state_dict(), "optimizer": optimizer.state_dict(), "progress": asdict(progress),
            "settings": settings, "random": torch.get_rng_state(),
        }  # fmt: skip
        with open(partial, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, self.state)

    def load(self, device: str) -> dict | None:
        """The checkpoint, or None where there is none."""
        if not self.state.exists():
            return None
        return torch.load(self.state, map_location=device, weights_only=True)

    def forget_after(self, step: int) -> None:
        """Drop the log lines of steps that an interruption lost and that will be done again."""
        if not self.log_file.exists():
            return
        lines = self.log_file.read_text(encoding="utf-8").splitlines()
        # The last line may have been cut off in the middle.
        kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
        self.log_file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def log(self, row: dict) -> None:
        with open(self.log_file, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


class Stop:
    """Set by SIGINT and SIGTERM; the run looks at it after each step. A second signal ends at once."""

    def __init__(self) -> None:
        self.wished = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.wish)

    def wish(self, number: int, _frame: object) -> None:
        if self.wished:
            raise KeyboardInterrupt
        self.wished = True


def load_weights(model: torch.nn.Module, run: Path) -> None:
    """Weights (f32) of another run.

    Throws ValueError where that run has not finished.
    """
    state = torch.load(run / "state.pt", map_location="cpu", weights_only=True)
    if not state["progress"]["finished"]:
        raise ValueError(f"{run} has not finished: resume it first")
    model.load_state_dict(state["model"])

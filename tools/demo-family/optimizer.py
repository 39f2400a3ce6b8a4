"""AdamW or Muon, and a rate that rises, stays, and falls to nothing at the end (so that a run may be lengthened)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from run_state import Progress

FALLING_SHARE = 0.2
"""Share of a run in which the rate falls."""


@dataclass(frozen=True)
class Length:
    """How long a run goes: steps, or hours of training, whichever is given."""

    steps: int | None
    hours: float | None

    def rate(self, progress: Progress, peak: float, warmup: int) -> float:
        """The step's rate; marks in `progress` where the fall begins. From there on all follows from the step alone."""
        step = progress.step
        if progress.decay_from is None and self.time_to_fall(progress):
            progress.decay_from = step
        rising = min(1.0, (step + 1) / max(1, warmup))
        if progress.decay_from is None:
            return peak * rising
        return peak * rising * max(0.0, 1 - (step - progress.decay_from) / self.fall(progress))

    def time_to_fall(self, progress: Progress) -> bool:
        if self.steps is not None:
            return progress.step >= round(self.steps * (1 - FALLING_SHARE))
        return self.hours is not None and progress.seconds >= self.hours * 3600 * (1 - FALLING_SHARE)

    def fall(self, progress: Progress) -> int:
        """Steps of the fall."""
        begun = progress.decay_from or 0
        if self.steps is not None:
            return max(1, self.steps - begun)
        return max(1, round(begun * FALLING_SHARE / (1 - FALLING_SHARE)))

    def over(self, progress: Progress) -> bool:
        """Whether all steps are done."""
        if self.steps is not None:
            return progress.step >= self.steps
        return progress.decay_from is not None and progress.step >= progress.decay_from + self.fall(progress)


def adamw(model: torch.nn.Module, weight_decay: float) -> torch.optim.AdamW:
    """Over the parameters that are trained; matrices decay, norms and biases do not."""
    return adamw_of([weight for weight in model.parameters() if weight.requires_grad], weight_decay)


def adamw_of(trained: list[torch.nn.Parameter], weight_decay: float) -> torch.optim.AdamW:
    groups = [
        {"params": [weight for weight in trained if weight.ndim >= 2], "weight_decay": weight_decay},
        {"params": [weight for weight in trained if weight.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), eps=1e-8, fused=True)


class Muon:
    """Muon for the matrices of the blocks, AdamW for embeddings, norms, biases and what maps pictures to patches.

    Muon's steps have orthonormal directions (Jordan et al., 2024); scaled to AdamW's usual size, one rate serves both
    (Liu et al., arXiv 2502.16982). For Base only: what IN and RL change is measured, and there the paper's optimizer counts.
    """

    def __init__(self, model: torch.nn.Module, weight_decay: float) -> None:
        trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
        matrices = [weight for name, weight in trained if weight.ndim == 2 and (".layers." in name or ".blocks." in name)]
        chosen = set(map(id, matrices))
        others = [weight for _, weight in trained if id(weight) not in chosen]
        self.parts = (
            torch.optim.Muon(matrices, lr=0.0, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
            adamw_of(others, weight_decay),
        )

    @property
    def param_groups(self) -> list[dict]:
        return [group for part in self.parts for group in part.param_groups]

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none: bool = True) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> list[dict]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict]) -> None:
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


Optimizer = torch.optim.Optimizer | Muon


def update(model: torch.nn.Module, optimizer: Optimizer, rate: float, most: float = 1.0) -> float:
    """One step at `rate` from the gradients there are, clipped to the norm `most`; returns the norm before."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    norm = torch.nn.utils.clip_grad_norm_(trained, most)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(norm)

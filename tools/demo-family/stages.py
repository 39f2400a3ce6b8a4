"""The stages of a family: what each is fed, and how fast it learns."""

from __future__ import annotations

from dataclasses import dataclass

from batches import Mixture

THINKING: Mixture = {
    ("general-vqa", "think"): 3, ("math-targeted-vqa", "think"): 3, ("problems", "think"): 2,
    ("clock", "think"): 1.5, ("maze", "think"): 1.5, ("move_box", "think"): 1.5, ("n_queens", "think"): 1.5,
    ("math-targeted-vqa", "text"): 1, ("general-vqa", "text"): 0.5,
    ("clock", "text"): 0.5, ("maze", "text"): 0.5, ("move_box", "text"): 0.5, ("n_queens", "text"): 0.5,
}  # fmt: skip

SEEING: Mixture = {
    ("caption", "direct"): 1, ("counting", "direct"): 1, ("ocr", "direct"): 2, ("grounding", "direct"): 3,
    ("recognition", "direct"): 4, ("attributes", "direct"): 2, ("arithmetic", "direct"): 4,
}  # fmt: skip

READING: Mixture = {
    ("general-vqa", "direct"): 2, ("math-targeted-vqa", "state"): 0.5,
    ("clock", "state"): 0.5, ("maze", "state"): 0.25, ("move_box", "state"): 0.25, ("n_queens", "state"): 0.25,
}  # fmt: skip
"""Charts, clocks and boards, put into words: what IN is to reason about."""

REWARDED: Mixture = {
    ("math-targeted-vqa", "think"): 3, ("general-vqa", "think"): 1, ("problems", "think"): 1,
    ("clock", "think"): 1, ("maze", "think"): 1, ("move_box", "think"): 1, ("n_queens", "think"): 1,
    ("math-targeted-vqa", "text"): 0.5, ("clock", "text"): 0.25, ("maze", "text"): 0.25,
    ("move_box", "text"): 0.25, ("n_queens", "text"): 0.25,
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A stage's mixture and its defaults; `train.py` has a flag for each number."""

    mixture: Mixture
    rate: float
    rows: int
    warmup: int
    weight_decay: float
    floor: float
    """Placement where the curriculum ends: 0 anywhere, 1 on the grid."""
    hold: int
    loosen: int


def scaled(mixture: Mixture, factor: float) -> Mixture:
    return {kind: weight * factor for kind, weight in mixture.items()}


STAGES = {
    "base": Stage(SEEING | READING, 2e-3, 96, 200, 0.05, 0.2, 8192, 32768),
    # A quarter of IN repeats Base, so that perception is not forgotten.
    "in": Stage(THINKING | scaled(SEEING, 0.5), 1e-3, 96, 100, 0.05, 0.2, 0, 1),
    "rl": Stage(REWARDED, 1e-4, 16, 10, 0.0, 0.2, 0, 1),
}
"""`rows` of rl are prompts; each is answered `--group` times."""

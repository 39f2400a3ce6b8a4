"""Teach the vision tower to see before the language model learns to speak of it, as Qwen's tower was taught.

    python sight.py --out runs/sight --steps 4000 [--threads 2]

The generator tells what stands in each merge cell (`sights.npy`): letters and digits, shape, colour, place and size. Linear
heads on the image tokens learn to say so; clocks are read from all tokens at once. The heads are thrown away; Base begins
with the tower (`train.py base --tower runs/sight`).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from fast import make_fast, precision
from forward import see
from model import new_model
from optimizer import Length, adamw, update
from pixels import IMAGE_TOKENS
from run_state import Progress
from streams import Curriculum, Stream

TASKS = {"counting": 2, "caption": 2, "ocr": 4, "grounding": 1, "general-vqa": 2, "math-targeted-vqa": 1, "clock": 1.5}
GLYPHS, SHAPES, COLOURS = 37, 7, 7
WIDTH = 128
CLASSES = [GLYPHS] * 3 + [SHAPES, COLOURS]
NAMES = ["glyph left", "glyph centre", "glyph right", "shape", "colour"]


class Heads(nn.Module):
    """What each token shows; and what time it is, from all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.classes = nn.Linear(WIDTH, sum(CLASSES))
        self.box = nn.Linear(WIDTH, 4)
        self.hour, self.minute = nn.Linear(WIDTH * IMAGE_TOKENS, 12), nn.Linear(WIDTH * IMAGE_TOKENS, 60)


class Sights(Stream):
    """A task's pictures with what stands in them; items give the clock's time."""

    def cells(self, index: int) -> np.ndarray:
        number, row = divmod(index, self.shard)
        if number != self.number:
            self.open(number)
        return np.load(self.folder(number) / "sights.npy", mmap_mode="r")[row]


def time_of(item: dict) -> int:
    """Minutes since twelve, or −1 where no clock is shown."""
    return item["meta"]["state"]["time"] if item["task"] == "clock" else -1


def loss_of(heads: Heads, tokens: torch.Tensor, cells: torch.Tensor, times: torch.Tensor) -> tuple[torch.Tensor, dict]:
    """Cross-entropy of each field, squared error of places and sizes; and the share right where something stands."""
    tokens = tokens.float()
    facts, total = {}, torch.zeros(())
    parts = heads.classes(tokens).split(CLASSES, -1)
    for column, (name, logits) in enumerate(zip(NAMES, parts, strict=True)):
        target = cells[..., column]
        there = target > 0
        # Most cells are empty: what is there weighs as much as all that is not.
        weights = torch.where(there, 1.0, 0.1)
        total = total + (F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none") * weights.flatten()).sum() / weights.sum()
        facts[name] = float((logits.argmax(-1) == target)[there].float().mean())
    thing = cells[..., 3] > 0
    if thing.any():
        error = (heads.box(tokens)[thing] - cells[..., 5:][thing] / 255).abs().mean()
        total = total + 2 * error
        facts["box error"] = float(error)
    shown = times >= 0
    if shown.any():
        whole = tokens[shown].flatten(1)
        hour, minute = heads.hour(whole), heads.minute(whole)
        total = total + 0.3 * (F.cross_entropy(hour, times[shown] // 60) + F.cross_entropy(minute, times[shown] % 60))
        facts["hour"] = float((hour.argmax(-1) == times[shown] // 60).float().mean())
        facts["minute"] = float((minute.argmax(-1) == times[shown] % 60).float().mean())
    return total, facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fast", action="store_true")
    flags = parser.parse_args()
    torch.set_num_threads(flags.threads)
    model = new_model(flags.seed)
    if flags.fast:
        make_fast(model)
    tower, heads = model.model.visual.train(), Heads()
    learner = nn.ModuleList([tower, heads])
    optimizer, length, progress = adamw(learner, 0.05), Length(flags.steps, None), Progress()
    # Items of Base's own streams, but never the same: sights begin where no run of Base comes to.
    share = np.array(list(TASKS.values())) / sum(TASKS.values())
    streams = [Sights(flags.out / "cache", task, Curriculum(4096, 16384, 0.2), 2048) for task in TASKS]
    used = [0] * len(streams)
    random = np.random.default_rng(flags.seed)
    window: list[dict] = []
    begun = time.monotonic()
    flags.out.mkdir(parents=True, exist_ok=True)
    try:
        with open(flags.out / "log.jsonl", "w", encoding="utf-8") as log:
            while not length.over(progress):
                pictures, cells, times = [], [], []
                for index in random.choice(len(streams), flags.rows, p=share):
                    item, picture = streams[index].item(used[index])
                    if picture is not None:
                        pictures.append(np.asarray(picture))
                        cells.append(streams[index].cells(used[index]))
                        times.append(time_of(item))
                    used[index] += 1
                for stream in streams:
                    stream.look_ahead(stream.number + 1)
                with precision(flags.fast):
                    tokens = see(model, torch.from_numpy(np.stack(pictures))).view(len(pictures), IMAGE_TOKENS, WIDTH)
                loss, facts = loss_of(heads, tokens, torch.from_numpy(np.stack(cells)).long(), torch.tensor(times))
                loss.backward()
                update(learner, optimizer, length.rate(progress, flags.rate, 200))
                progress.step += 1
                window.append({"loss": float(loss.detach()), **facts})
                if progress.step % 100 == 0:
                    means = {
                        key: round(float(np.nanmean([row[key] for row in window if key in row])), 4)
                        for key in sorted({key for row in window for key in row})
                    }
                    row = {"step": progress.step, "seconds": round(time.monotonic() - begun), **means}
                    log.write(json.dumps(row) + "\n")
                    log.flush()
                    print(row, flush=True)
                    window = []
    finally:
        for stream in streams:
            stream.close()
    torch.save(tower.state_dict(), flags.out / "tower.pt")


if __name__ == "__main__":
    main()

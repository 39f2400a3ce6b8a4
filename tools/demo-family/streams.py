"""Training items from the dataset generator, a shard at a time, the next one written while this one is used.

Item i of a task is always the same item at the same placement, whenever and however often it is asked for: so a run
that was interrupted goes on with what it would have seen.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
CANVAS_EVERY = 4
"""One shard in so many is drawn at 384 pixels and scaled down, as the processor does with a user's picture."""


@dataclass(frozen=True)
class Curriculum:
    """Placement by item: on the grid for the first `hold` items of a task, loosened over the next `loosen`."""

    hold: int = 8192
    loosen: int = 32768
    floor: float = 0.2

    def alignment(self, item: int) -> str:
        share = min(1.0, max(0.0, (item - self.hold) / max(1, self.loosen)))
        return f"{1 - share * (1 - self.floor):.3f}..1"


def write_stream(out: Path, task: str, split: str, first: int, count: int, alignment: str, through: str) -> subprocess.Popen:
    """Start the generator. It writes beside `out`; `finish` moves the whole into place."""
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    flags = {
        "task": task, "split": split, "count": count, "seed": first, "size": 112,
        "alignment": alignment, "through": through, "out": partial,
    }  # fmt: skip
    words = [word for flag, value in flags.items() for word in (f"--{flag}", str(value))]
    partial.parent.mkdir(parents=True, exist_ok=True)
    command = ["node", "dataset/generate.mjs", *words]
    # In a process group of its own: Ctrl-C is for the training, which ends its generators itself.
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def finish(process: subprocess.Popen, out: Path) -> None:
    """Wait for the generator and move its folder into place.

    Throws RuntimeError with what it printed where it failed.
    """
    _, errors = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"npm run dataset for {out.name} ended with {process.returncode}: {errors.decode()}")
    os.replace(out.with_name(out.name + ".partial"), out)


def read_stream(folder: Path) -> tuple[list[dict], np.ndarray | None]:
    """Items, and pictures uint8 [count, 112, 112, 3] or None for tasks without."""
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    file = folder / "images.npy"
    return [json.loads(line) for line in lines], np.load(file, mmap_mode="r") if file.exists() else None


def held_out(cache: Path, task: str, count: int, alignment: float) -> tuple[list[dict], np.ndarray | None]:
    """`count` items of the eval split, drawn at 384 pixels and scaled down as the processor does; kept in `cache`."""
    folder = cache / f"eval-{task}-{count}-{alignment}"
    if not folder.exists():
        finish(write_stream(folder, task, "eval", 0, count, str(alignment), "canvas"), folder)
    return read_stream(folder)


class Stream:
    """One task's training items by number."""

    def __init__(self, cache: Path, task: str, curriculum: Curriculum, shard: int) -> None:
        self.cache, self.task, self.curriculum, self.shard = cache, task, curriculum, shard
        self.number = -1
        self.items: list[dict] = []
        self.pictures: np.ndarray | None = None
        self.ahead: tuple[int, subprocess.Popen] | None = None

    def item(self, index: int) -> tuple[dict, np.ndarray | None]:
        """The item and its picture."""
        number, row = divmod(index, self.shard)
        if number != self.number:
            self.open(number)
        return self.items[row], None if self.pictures is None else self.pictures[row]

    def folder(self, number: int) -> Path:
        curriculum = self.curriculum.alignment(number * self.shard)
        return self.cache / f"{self.task}-{self.shard}-{number}-{curriculum}"

    def start(self, number: int) -> subprocess.Popen:
        first = number * self.shard
        through = "canvas" if number % CANVAS_EVERY == CANVAS_EVERY - 1 else "direct"
        alignment = self.curriculum.alignment(first)
        return write_stream(self.folder(number), self.task, "train", first, self.shard, alignment, through)

    def open(self, number: int) -> None:
        if self.ahead and self.ahead[0] != number:
            self.close()
        folder = self.folder(number)
        if not folder.exists():
            process = self.ahead[1] if self.ahead else self.start(number)
            finish(process, folder)
        self.ahead = None
        self.items, self.pictures = read_stream(folder)
        self.number = number
        # A step back, when a run resumes, is never more than one shard.
        for old in self.cache.glob(f"{self.task}-{self.shard}-*"):
            if old not in (folder, self.folder(number - 1)):
                shutil.rmtree(old, ignore_errors=True)

    def look_ahead(self, number: int) -> None:
        """Let a shard be written meanwhile."""
        if number != self.number and self.ahead is None and not self.folder(number).exists():
            self.ahead = (number, self.start(number))

    def close(self) -> None:
        """End the generator, if one is at work."""
        if self.ahead:
            self.ahead[1].terminate()
            self.ahead[1].communicate()
            self.ahead = None

"""Items → rows of tokens → batches of about equal length, in a mixture of tasks.

Nothing here remembers anything but how many items of each task were used: what a step sees follows from the seed, the
step and those counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch

from forward import Batch
from pixels import GRID, IMAGE_TOKENS, MERGE, SIDE
from prompts import Form, prompt, question, response
from streams import Curriculum, Stream
from vocabulary import token_id, tokenizer

BATCHES_SORTED = 8
"""Batches drawn at once and cut by length."""
LONGEST = 320
"""Tokens; what is longer is left out (mazes as text with long ways)."""
BUCKET = 8
"""Lengths are rounded up to multiples of this."""
PICTURE_START = len(tokenizer().encode(prompt("", True).split("<|image_pad|>")[0]).ids)
"""Place of the first image token: what comes before is the same in each prompt."""

Mixture = dict[tuple[str, Form], float]
"""Weights by task and form."""


@dataclass(frozen=True)
class Example:
    """One item in one form."""

    item: dict
    form: Form
    picture: np.ndarray | None
    ids: list[int]
    """Prompt, and response where it is taught."""
    taught: int
    """First token of the response."""


def examples(drawn: list[tuple[dict, Form, np.ndarray | None]], *, answered: bool) -> list[Example]:
    """Tokenized items. `text` gets a black picture in place of its own."""
    black = np.zeros((SIDE, SIDE, 3), np.uint8)
    pictures = [black if form == "text" and picture is not None else picture for _, form, picture in drawn]
    prompts = [
        prompt(question(item, form), picture is not None)
        for (item, form, _), picture in zip(drawn, pictures, strict=True)
    ]
    responses = [response(item, form) + "<|im_end|>" if answered else "" for item, form, _ in drawn]
    encoded = [encoding.ids for encoding in tokenizer().encode_batch(prompts + responses)]
    rows = zip(drawn, pictures, encoded[: len(drawn)], encoded[len(drawn) :], strict=True)
    return [Example(item, form, picture, asked + said, len(asked)) for (item, form, _), picture, asked, said in rows]


def positions(length: int, pictured: bool) -> np.ndarray:
    """M-RoPE positions [3, length] of a row whose picture, if any, stands where prompts have it."""
    if not pictured:
        return np.broadcast_to(np.arange(length), (3, length))
    side = GRID // MERGE
    before = np.broadcast_to(np.arange(PICTURE_START), (3, PICTURE_START))
    cells = np.arange(IMAGE_TOKENS)
    image = np.stack([np.zeros_like(cells), cells // side, cells % side]) + PICTURE_START
    rest = np.arange(length - PICTURE_START - IMAGE_TOKENS) + PICTURE_START + side
    return np.concatenate([before, image, np.broadcast_to(rest, (3, rest.size))], axis=1)


def collate(rows: list[Example], *, left: bool = False) -> Batch:
    """A batch, padded on the right (training) or on the left (generation).

    A row's weights are 1/√n over its n response tokens: answers of two tokens (Yes) are not drowned by captions, nor
    do they outweigh each digit of a box tenfold.
    """
    length = max(len(row.ids) for row in rows)
    length = -(-length // BUCKET) * BUCKET if not left else length
    ids = np.full((len(rows), length), token_id("<|endoftext|>"), np.int64)
    places = np.zeros((3, len(rows), length), np.int64)
    weights = np.zeros((len(rows), length), np.float32)
    attended = np.zeros((len(rows), length), bool)
    for index, row in enumerate(rows):
        n = len(row.ids)
        here = slice(length - n, length) if left else slice(0, n)
        ids[index, here] = row.ids
        places[:, index, here] = positions(n, row.picture is not None)
        attended[index, here] = True
        if not left and n > row.taught:
            weights[index, row.taught : n] = (n - row.taught) ** -0.5
    pictures = [row.picture for row in rows if row.picture is not None]
    stacked = np.stack(pictures) if pictures else np.zeros((0, SIDE, SIDE, 3), np.uint8)
    return Batch(
        torch.from_numpy(ids), torch.from_numpy(places), torch.from_numpy(stacked), torch.from_numpy(weights),
        torch.from_numpy(attended) if left else None,
    )  # fmt: skip


class Mixer:
    """Draws from the tasks' streams by weight."""

    def __init__(self, streams: dict[str, Stream], mixture: Mixture, seed: int, levels: dict[str, int]) -> None:
        """Items of a task above its level in `levels`, if it has one there, are passed over."""
        self.streams, self.mixture, self.seed, self.levels = streams, mixture, seed, levels
        self.used: Counter[str] = Counter()

    def draw(self, count: int, turn: int) -> list[tuple[dict, Form, np.ndarray | None]]:
        """The items of a turn. Turns are drawn in order; `used` says where the next begins."""
        random = np.random.default_rng([self.seed, turn])
        kinds = list(self.mixture)
        shares = np.array(list(self.mixture.values()))
        for task, stream in self.streams.items():
            stream.look_ahead(self.used[task] // stream.shard)  # All first shards at once.
        drawn = []
        for kind in random.choice(len(kinds), count, p=shares / shares.sum()):
            task, form = kinds[kind]
            item, picture = self.streams[task].item(self.used[task])
            while item["level"] > self.levels.get(task, item["level"]):
                self.used[task] += 1
                item, picture = self.streams[task].item(self.used[task])
            self.used[task] += 1
            drawn.append((item, form, None if picture is None else np.asarray(picture)))
        for stream in self.streams.values():
            if stream.number >= 0:
                stream.look_ahead(stream.number + 1)
        return drawn

    def sorted_batches(self, rows: int, turn: int) -> list[list[Example]]:
        """`BATCHES_SORTED` batches of a turn, each of rows of about equal length, in random order."""
        drawn = examples(self.draw(rows * BATCHES_SORTED, turn), answered=True)
        kept = sorted((row for row in drawn if len(row.ids) <= LONGEST), key=lambda row: len(row.ids))
        edges = np.linspace(0, len(kept), BATCHES_SORTED + 1).astype(int)
        batches = [kept[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]
        order = np.random.default_rng([self.seed, turn, 1]).permutation(BATCHES_SORTED)
        return [batches[index] for index in order]

    def close(self) -> None:
        """End the generators at work."""
        for stream in self.streams.values():
            stream.close()


def mixer(cache, mixture: Mixture, seed: int, curriculum: Curriculum, shard: int, levels: dict[str, int]) -> Mixer:
    """A mixer over fresh streams."""
    tasks = {task for task, _ in mixture}
    return Mixer({task: Stream(cache, task, curriculum, shard) for task in sorted(tasks)}, mixture, seed, levels)

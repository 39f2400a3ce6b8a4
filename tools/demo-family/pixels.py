"""Pictures of 112×112 bytes → the processor's patches, without the processor."""

from __future__ import annotations

import torch

SIDE = 112
PATCH = 14
MERGE = 2
GRID = SIDE // PATCH
IMAGE_TOKENS = (GRID // MERGE) ** 2
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def patches(pictures: torch.Tensor) -> torch.Tensor:
    """uint8 [n, 112, 112, 3] → float32 [n, 64, 588]: the patches of each merge cell together, a patch as channel, row, column.

    The processor repeats the picture in time; `doubled` does it where its form is needed.
    """
    mean = torch.tensor(MEAN, device=pictures.device) * 255
    std = torch.tensor(STD, device=pictures.device) * 255
    values = (pictures.float() - mean) / std
    cells = GRID // MERGE
    split = values.view(-1, cells, MERGE, PATCH, cells, MERGE, PATCH, 3)
    return split.permute(0, 1, 4, 2, 5, 7, 3, 6).reshape(-1, GRID * GRID, 3 * PATCH * PATCH)


def doubled(values: torch.Tensor) -> torch.Tensor:
    """[n, 64, 588] → the processor's `pixel_values` [n·64, 1176]."""
    planes = values.reshape(-1, 3, 1, PATCH * PATCH)
    return planes.expand(-1, 3, 2, PATCH * PATCH).reshape(-1, 6 * PATCH * PATCH)

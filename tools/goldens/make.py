"""Make all golden data: `python tools/goldens/make.py`. Running it twice gives the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import numpy as np
import torch

from checkpoints import write_checkpoint
from expected import write_expected
from image_processing import write_image_processing
from images import SIZES, picture
from shapes import SHAPES, SIBLING
from shapes_qwen2_vl import QWEN2_VL_SHAPES
from shapes_qwen3_vl import QWEN3_VL_SHAPES, QWEN3_VL_SIBLING
from stitched import QWEN3_VL_DONORS, write_stitched
from storage import write_tensors
from text import write_text

DATA = Path(__file__).parent / "data"


def main() -> None:
    # One thread: the order of every sum, and so every bit, is then the same on each run.
    torch.set_num_threads(1)
    write_images(DATA / "images")
    shapes = [*SHAPES, *QWEN2_VL_SHAPES, *QWEN3_VL_SHAPES]
    folders = {shape.name: DATA / "checkpoints" / shape.name for shape in [*shapes, SIBLING, QWEN3_VL_SIBLING]}
    for shape in [*shapes, SIBLING, QWEN3_VL_SIBLING]:
        write_checkpoint(folders[shape.name], shape)
    for shape in shapes:
        write_expected(DATA / "expected", folders[shape.name], shape.thorough)
    write_stitched(DATA / "expected", folders[SHAPES[-1].name], folders[SIBLING.name])
    first, second = folders[QWEN3_VL_SHAPES[0].name], folders[QWEN3_VL_SIBLING.name]
    write_stitched(DATA / "expected", first, second, QWEN3_VL_DONORS, "stitched-qwen3")
    write_image_processing(DATA, folders[SHAPES[0].name])
    write_text(DATA, folders[SHAPES[0].name])


def write_images(folder: Path) -> None:
    """Each picture as PNG, and all of them as raw [H, W, 3] U8."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SIZES:
        picture(name).save(folder / f"{name}.png", optimize=True)
    raw = {name: torch.from_numpy(np.array(picture(name))) for name in SIZES}
    write_tensors(folder / "images.safetensors", raw)


if __name__ == "__main__":
    main()

"""Goldens of what happens to a picture before the model: resize, smart-resize, patches, windows, positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize
from transformers.vision_utils import get_vision_cu_seqlens, get_vision_position_ids, get_vision_window_index

from checkpoints import MAX_PIXELS, MIN_PIXELS
from expected import image_processor
from images import SIZES, paint, picture
from shapes import SHAPES, config_json
from storage import write_json, write_tensors
from vocabulary import token_id

HUB_MIN_PIXELS, HUB_MAX_PIXELS = 3136, 12845056

RESIZES = [
    ("noise", (53, 37), (56, 28)), ("noise", (37, 53), (56, 84)), ("noise", (17, 11), (84, 56)),
    ("noise", (97, 3), (112, 28)), ("noise", (5, 90), (28, 112)), ("noise", (1, 1), (28, 28)),
    ("noise", (90, 61), (28, 28)), ("noise", (28, 60), (28, 56)), ("noise", (50, 28), (56, 28)),
    ("noise", (28, 28), (28, 28)), ("extremes", (40, 30), (28, 28)), ("extremes", (40, 30), (84, 56)),
    ("extremes", (61, 61), (56, 56)), ("smooth", (96, 72), (56, 28)), ("smooth", (45, 30), (84, 56)),
    ("smooth", (31, 120), (28, 112)),
]  # fmt: skip
"""Kind, (width, height) before and after. Downscale and upscale, one axis only, neither, sides of one pixel."""

SMART_SIZES = [
    (1, 1), (1, 200), (14, 14), (27, 29), (28, 28), (42, 42), (56, 56), (70, 98), (70, 70), (126, 154), (120, 120),
    (150, 200), (60, 90), (112, 112), (224, 224), (225, 224), (300, 20), (20, 300), (10, 2000), (5, 1000), (480, 640),
    (720, 1280), (1080, 1920), (3000, 4000), (4032, 3024), (8000, 6000), (56, 11200), (97, 1013), (3584, 3584),
    (3585, 3585), (13, 2600), (13, 2601), (1000, 4), (28, 5601),
]  # fmt: skip
"""Height, width. 42, 70, 126, 154, 98 are halves of 28, where Python rounds to even; ratios over 200 are refused."""

WINDOW_GRIDS = [
    [[1, 4, 4]], [[1, 8, 8]], [[1, 10, 14]], [[1, 2, 2]], [[1, 16, 16]], [[1, 6, 20]], [[1, 20, 6]],
    [[1, 18, 26]], [[1, 8, 8], [1, 4, 6]], [[1, 10, 14], [1, 2, 34], [1, 16, 8]],
]  # fmt: skip

POSITION_SEQUENCES = [
    [3], [2, (1, 8, 8), 4], [(1, 4, 6), 1], [1, (1, 10, 14), 3, (1, 4, 4), 2], [5, (1, 2, 40), 1, (1, 40, 2), 6],
    [2, (1, 2, 2), 2, (1, 16, 16), 2, (1, 6, 10), 7],
]  # fmt: skip
"""Numbers of text tokens and grids of pictures, in order."""


def write_image_processing(folder: Path, checkpoint: Path) -> None:
    """`image-processing.json` and `image-processing.safetensors`."""
    tensors: dict[str, torch.Tensor] = {}
    document = {
        "resize": resizes(tensors),
        "smartResize": smart_resizes(),
        "windows": windows(),
        "rotaryPositions": rotary_positions(),
        "mropePositions": mrope_positions(),
        "patches": patches(image_processor(checkpoint), tensors),
    }
    write_json(folder / "image-processing.json", document)
    write_tensors(folder / "image-processing.safetensors", tensors)


def raw(kind: str, width: int, height: int, seed: int) -> np.ndarray:
    """A picture to resize: uniform noise, noise of 0 and 255 alone (so that bicubic overshoots), or a smooth one."""
    random = np.random.RandomState(seed)
    if kind == "smooth":
        return paint(f"resize-{seed}", width, height, noise=0)
    pixels = random.randint(0, 256, (height, width, 3))
    return (pixels if kind == "noise" else (pixels > 127) * 255).astype(np.uint8)


def resizes(tensors: dict[str, torch.Tensor]) -> list[dict]:
    """Pillow's bicubic, antialiased, 8 bit: `Image.resize(size, BICUBIC)`."""
    rows = []
    for index, (kind, before, after) in enumerate(RESIZES):
        pixels = raw(kind, *before, seed=index)
        resized = np.array(Image.fromarray(pixels).resize(after, Image.Resampling.BICUBIC))
        tensors[f"resize.{index}.input"] = torch.from_numpy(pixels)
        tensors[f"resize.{index}.output"] = torch.from_numpy(resized)
        rows.append({"kind": kind, "from": list(before), "to": list(after)})
    for name in ("small", "wide"):
        width, height = SIZES[name]
        to_height, to_width = smart_resize(height, width, 28, MIN_PIXELS, MAX_PIXELS)
        resized = np.array(picture(name).resize((to_width, to_height), Image.Resampling.BICUBIC))
        tensors[f"resize.{len(rows)}.output"] = torch.from_numpy(resized)
        rows.append({"kind": "picture", "picture": name, "from": [width, height], "to": [to_width, to_height]})
    return rows


def smart_resizes() -> list[dict]:
    """`[height, width]` in and out, factor 28; `out` is null where transformers refuses the aspect ratio."""
    rows = []
    for least, most in ((HUB_MIN_PIXELS, HUB_MAX_PIXELS), (MIN_PIXELS, MAX_PIXELS), (50176, 1003520)):
        for height, width in SMART_SIZES:
            try:
                out = list(smart_resize(height, width, 28, least, most))
            except ValueError:
                out = None
            rows.append({"minPixels": least, "maxPixels": most, "in": [height, width], "out": out})
    return rows


def windows() -> list[dict]:
    """`windowIndex`: merged token at each place of the windowed order; boundaries count *patches* (4 per token)."""
    rows = []
    for grid in WINDOW_GRIDS:
        thw = torch.tensor(grid)
        index, boundaries = get_vision_window_index(thw, spatial_merge_size=2, window_size=112, patch_size=14)
        rows.append(
            {
                "gridThw": grid,
                "windowIndex": index.tolist(),
                "windowBoundaries": boundaries.tolist(),
                "imageBoundaries": get_vision_cu_seqlens(thw).tolist(),
            }
        )
    return rows


def rotary_positions() -> list[dict]:
    """`[row, column]` of each patch in processor order (merge blocks of 2 × 2), for the vision rotary embedding."""
    grids = ([[1, 4, 6]], [[1, 10, 14]], [[1, 4, 4], [1, 2, 6]])
    return [{"gridThw": grid, "positions": get_vision_position_ids(torch.tensor(grid), 2).tolist()} for grid in grids]


def mrope_positions() -> list[dict]:
    """Input ids made of a text token and image pads, and what get_rope_index gives for them."""
    pad, rows = token_id("<|image_pad|>"), []
    with torch.device("meta"):
        model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(**config_json(SHAPES[0])))
    for sequence in POSITION_SEQUENCES:
        grids = [list(part) for part in sequence if not isinstance(part, int)]
        ids = [
            token
            for part in sequence
            for token in ([5] * part if isinstance(part, int) else [pad] * (part[1] * part[2] // 4))
        ]
        input_ids = torch.tensor([ids])
        positions, deltas = model.model.get_rope_index(
            input_ids, (input_ids == pad).int(), image_grid_thw=torch.tensor(grids) if grids else None
        )
        rows.append(
            {
                "inputIds": ids,
                "imageToken": pad,
                "gridThw": grids,
                "positionIds": positions[:, 0].tolist(),
                "ropeDelta": int(deltas[0, 0]),
            }
        )
    return rows


def patches(processor: Qwen2VLImageProcessorPil, tensors: dict[str, torch.Tensor]) -> list[dict]:
    """`pixel_values` of two pictures, every third and every 16th row."""
    rows = []
    for name, step in (("small", 3), ("wide", 16)):
        batch = processor([picture(name)], return_tensors="pt")
        tensors[f"patches.{name}"] = batch["pixel_values"].float()[::step].clone()
        rows.append({"picture": name, "gridThw": batch["image_grid_thw"].tolist(), "every": step})
    return rows

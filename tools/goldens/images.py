"""Test pictures: smooth colour fields with shapes, and noise. Written as PNG and as raw RGB."""

from __future__ import annotations

import numpy as np
from PIL import Image

SIZES = {
    "square": (120, 120),
    "square-source": (120, 120),
    "wide": (200, 150),
    "wide-source": (200, 150),
    "small": (90, 60),
}
"""Width, height. After smart-resize: 112×112 (4×4 merged tokens), 196×140 (7×5: windows cut on both sides, so all
four kinds of window occur), 84×56 (3×2)."""


def paint(name: str, width: int, height: int, noise: float = 4) -> np.ndarray:
    """RGB picture [H, W, 3] uint8: waves of a direction and frequency of their own, one disc, one box, some noise.

    Everything follows from the name, through NumPy's legacy generator (its stream is frozen).
    """
    random = np.random.RandomState(sum((index + 1) * byte for index, byte in enumerate(name.encode())))
    y, x = np.meshgrid(np.arange(height) / height, np.arange(width) / width, indexing="ij")
    picture = np.empty((height, width, 3))
    for channel in range(3):
        a, b, phase = random.uniform(-9, 9), random.uniform(-9, 9), random.uniform(0, 6)
        picture[:, :, channel] = 128 + 90 * np.sin(a * x + b * y + phase)
    centre, radius = random.uniform(0.25, 0.75, 2), random.uniform(0.1, 0.25)
    picture[(x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2] = random.uniform(0, 255, 3)
    corner = random.uniform(0, 0.6, 2)
    box = (x > corner[0]) & (x < corner[0] + 0.3) & (y > corner[1]) & (y < corner[1] + 0.2)
    picture[box] = random.uniform(0, 255, 3)
    picture += random.uniform(-noise, noise, picture.shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def picture(name: str) -> Image.Image:
    """One of the named pictures of the cases."""
    return Image.fromarray(paint(name, *SIZES[name]), "RGB")

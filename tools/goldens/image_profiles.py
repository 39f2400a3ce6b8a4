"""What each profile of image processing makes of pictures, sizes and processor files: transformers' own answer.

Run once in each environment; the first makes the pictures, which both read:

    .venv5/bin/python tools/goldens/image_profiles.py      # transformers==5.24.0 pillow==13.0.0, no torchvision
    .venv451/bin/python tools/goldens/image_profiles.py    # transformers==4.51.3 pillow==12.3.0
"""

import base64
import hashlib
import json
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
import PIL
import transformers
from PIL import Image, ImageOps
from transformers import AutoImageProcessor
from transformers.image_transforms import convert_to_rgb

DATA = Path(__file__).parent / "data" / "image-profiles"
NEW = int(transformers.__version__.split(".")[0]) >= 5
HEIGHT, WIDTH = 9, 13
TYPE = {"image_processor_type": "Qwen2VLImageProcessor"}


def png(path, depth, colour, rows, *, palette=None, transparency=None, interlaced=False):
    """A PNG of any kind, which Pillow cannot write: `rows` are the bytes of each line."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    width = len(rows[0]) * 8 // (depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour])
    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, int(interlaced))
    chunks = [chunk(b"IHDR", header)]
    if palette is not None:
        chunks.append(chunk(b"PLTE", bytes(palette)))
    if transparency is not None:
        chunks.append(chunk(b"tRNS", bytes(transparency)))
    lines = b"".join(b"\0" + bytes(row) for row in rows)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join([*chunks, chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]))


def make_pictures(folder):
    folder.mkdir(parents=True)
    rng = np.random.default_rng(12)
    rgb = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    alpha = rng.integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
    alpha[0], alpha[1] = 0, 255
    grey = rgb[..., 0].copy()
    smooth = np.add.outer(np.arange(16) * 6, np.arange(24) * 6).astype(np.uint8)
    colours = np.dstack([smooth, 255 - smooth, smooth // 2])
    turned = Image.Exif()
    turned[0x112] = 6
    palette = Image.fromarray(rgb).quantize(16)

    Image.fromarray(rgb).save(folder / "rgb.png")
    Image.fromarray(np.dstack([rgb, alpha])).save(folder / "rgba.png")
    Image.fromarray(np.dstack([grey, alpha])).save(folder / "grey-alpha.png")
    palette.save(folder / "palette.png")
    palette.save(folder / "palette-one-transparent.png", transparency=3)
    palette.save(folder / "palette-half-transparent.png", transparency=bytes(range(0, 256, 16)))
    Image.fromarray(rgb).save(folder / "rgb-one-transparent.png", transparency=tuple(map(int, rgb[0, 0])))
    Image.fromarray(grey).save(folder / "grey-one-transparent.png", transparency=int(grey[0, 0]))
    deep = rng.integers(0, 65536, (HEIGHT, WIDTH)).astype(">u2")
    deep[:4] = rng.integers(0, 300, (4, WIDTH))
    png(folder / "grey-16.png", 16, 0, [row.tobytes() for row in deep])
    png(folder / "rgb-16.png", 16, 2, [row.tobytes() for row in rng.integers(0, 65536, (HEIGHT, WIDTH * 3)).astype(">u2")])
    png(folder / "rgba-16.png", 16, 6, [row.tobytes() for row in rng.integers(0, 65536, (HEIGHT, WIDTH * 4)).astype(">u2")])
    png(folder / "grey-alpha-16.png", 16, 4, [row.tobytes() for row in rng.integers(0, 65536, (HEIGHT, WIDTH * 2)).astype(">u2")])
    packed = rng.integers(0, 256, (HEIGHT, 4), dtype=np.uint8)
    for depth in (1, 2, 4):
        colours_of = 2**depth
        png(folder / f"grey-{depth}.png", depth, 0, packed.tolist())
        png(folder / f"grey-{depth}-one-transparent.png", depth, 0, packed.tolist(), transparency=[0, colours_of - 1])
        png(
            folder / f"palette-{depth}-half-transparent.png",
            *(depth, 3, packed.tolist()),
            palette=[(37 * i) % 256 for i in range(3 * colours_of)],
            transparency=[(90 * i) % 256 for i in range(colours_of)],
        )
    Image.fromarray(colours).save(folder / "turned.jpg", exif=turned, quality=90)
    for orientation in (2, 3, 4, 5, 7, 8):
        exif = Image.Exif()
        exif[0x112] = orientation
        Image.fromarray(rgb).save(folder / f"turned-{orientation}.png", exif=exif)
    Image.fromarray(colours).save(folder / "turned.webp", exif=turned, lossless=True)
    Image.fromarray(np.dstack([colours, smooth // 3]), "CMYK").save(folder / "cmyk.jpg", quality=95)
    Image.fromarray(smooth).save(folder / "grey.jpg", quality=95)
    Image.fromarray(np.dstack([rgb, alpha])).save(folder / "rgba.webp", lossless=True, exact=True)
    palette.save(folder / "palette.gif", transparency=3)


def to_rgb(picture):
    """qwen_vl_utils 0.0.14, vision_process.py, which the reference opens pictures with."""
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, (255, 255, 255))
        white.paste(picture, mask=picture.split()[3])
        return white
    return picture.convert("RGB")


def pixels(path):
    """The RGB picture that the processor resizes."""
    picture = Image.open(path)
    if NEW:
        # As `datasets` gives pictures to a program: `Image.decode_example` turns them upright.
        return convert_to_rgb(ImageOps.exif_transpose(picture), return_numpy=True)
    return np.asarray(convert_to_rgb(to_rgb(picture)))


def processor(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"config.json": {"model_type": "qwen2_5_vl"}, **files}.items():
            (Path(folder) / name).write_text(json.dumps(content))
        return AutoImageProcessor.from_pretrained(folder)


def pattern(width, height):
    """The test's own picture: integers only, so that both languages draw the same."""
    y, x = np.mgrid[:height, :width]
    return np.dstack([(x * x * (c + 3) + y * y * 5 + x * y * (c + 1)) % 256 for c in range(3)]).astype(np.uint8)


# Smaller both ways with the height the more, and the width the more; one way only; grown; mixed.
RESIZED = [(300, 700), (700, 300), (401, 399), (84, 500), (500, 84), (60, 30), (56, 331), (70, 1100), (200, 900)]


def resized(limits):
    out = []
    plain = processor({"preprocessor_config.json": {**TYPE, **limits, "do_rescale": False, "do_normalize": False}})
    for width, height in RESIZED:
        given = plain(images=[Image.fromarray(pattern(width, height))], return_tensors="np")
        values = np.asarray(given["pixel_values"]).round().astype(np.uint8)
        grid = np.asarray(given["image_grid_thw"]).tolist()[0]
        out.append({"width": width, "height": height, "grid": grid, "sha256": hashlib.sha256(values.tobytes()).hexdigest()})
    return out


SIZE = {"shortest_edge": 3136, "longest_edge": 50176}
P, Q = "preprocessor_config.json", "processor_config.json"
FILES = {
    "hub": {P: {**TYPE, "min_pixels": 3136, "max_pixels": 12845056}},
    "size alone": {P: {**TYPE, "size": SIZE}},
    "size below max_pixels": {P: {**TYPE, "size": SIZE, "min_pixels": 3136, "max_pixels": 78400}},
    "size above max_pixels": {P: {**TYPE, "size": {**SIZE, "longest_edge": 78400}, "min_pixels": 3136, "max_pixels": 50176}},
    "size null": {P: {**TYPE, "size": None, "min_pixels": None, "max_pixels": None}},
    "size of Qwen2-VL's first files": {
        P: {**TYPE, "size": {"min_pixels": 3136, "max_pixels": 50176}, "min_pixels": 3136, "max_pixels": 78400}
    },
    "size of other names alone": {P: {**TYPE, "size": {"min_pixels": 3136, "max_pixels": 50176}}},
    "size of one limit": {P: {**TYPE, "size": {"longest_edge": 50176}}},
    "max_pixels alone": {P: {**TYPE, "max_pixels": 50176}},
    "min_pixels alone": {P: {**TYPE, "min_pixels": 400000}},
    "one mean for all channels": {P: {**TYPE, "max_pixels": 50176, "image_mean": 0.5, "image_std": 0.5}},
    "both files": {
        P: {**TYPE, "min_pixels": 3136, "max_pixels": 12845056},
        Q: {"image_processor": {**TYPE, "size": SIZE}, "processor_class": "Qwen2_5_VLProcessor"},
    },
    "processor_config.json alone": {
        Q: {"image_processor": {**TYPE, "size": SIZE}, "processor_class": "Qwen2_5_VLProcessor"}
    },
    "processor_config.json without images beside the other": {
        P: {**TYPE, "max_pixels": 50176},
        Q: {"processor_class": "Qwen2_5_VLProcessor"},
    },
}
# Of pictures that the limits of a file leave alone, shrink or enlarge; thin ones and one beyond 200:1.
SIZES = [(280, 280), (1500, 1200), (60, 40), (20, 300), (5600, 28), (5628, 28)]


def grids(files):
    try:
        made = processor(files)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}".split("/tmp")[0][:120]}
    out = []
    for width, height in SIZES:
        try:
            given = made(images=[Image.new("RGB", (width, height), (90, 20, 30))], return_tensors="np")
            out.append(np.asarray(given["image_grid_thw"]).tolist()[0])
        except ValueError as error:
            out.append(str(error)[:120])
    return {"grids": out}


# A limit of one's own beside the file's max_pixels: the lower one holds. Of the app's default (1280 x 720), of others, of one
# above the file's, and of one merge unit. 1400 x 1008 has 1800 tokens without any.
CAPPED = [
    (1400, 1008, 12845056, 921600), (1008, 1400, 12845056, 921600), (1400, 1008, 50176, 921600), (1400, 1008, 12845056, 300000),
    (1280, 720, 12845056, 921600), (1281, 721, 12845056, 921600), (1290, 728, 12845056, 921600), (4000, 30, 12845056, 50000),
    (640, 480, 12845056, 921600), (1400, 1008, 921600, 10**9), (300, 300, 12845056, 3136), (1400, 1008, 12845056, 784),
]
CAPPED_MIN = 784


def capped():
    out = []
    for width, height, max_pixels, cap in CAPPED:
        case = {"width": width, "height": height, "max_pixels": max_pixels, "cap": cap}
        made = processor({P: {**TYPE, "min_pixels": CAPPED_MIN, "max_pixels": min(max_pixels, cap)}})
        try:
            given = made(images=[Image.new("RGB", (width, height), (90, 20, 30))], return_tensors="np")
            grid = np.asarray(given["image_grid_thw"]).tolist()[0]
        except ValueError as error:
            out.append({**case, "refused": str(error)[:120]})
            continue
        out.append({**case, "grid": grid})
    return out


def main():
    folder = DATA / "pictures"
    if not folder.exists():
        make_pictures(folder)
    pictures = {}
    for path in sorted(folder.iterdir()):
        try:
            rgb = pixels(path)
        except Exception as error:
            pictures[path.name] = {"refused": f"{type(error).__name__}: {error}"}
            continue
        height, width, _ = rgb.shape
        pictures[path.name] = {"width": width, "height": height, "rgb": base64.b64encode(rgb.tobytes()).decode()}
    result = {
        "made with": {"transformers": transformers.__version__, "Pillow": PIL.__version__, "numpy": np.__version__},
        "pictures": pictures,
        "resized": {"limits": {"min_pixels": 3136, "max_pixels": 50176}},
        "files": {name: {"files": files, **grids(files)} for name, files in FILES.items()},
        "sizes": SIZES,
        "capped": {"min_pixels": CAPPED_MIN, "images": capped()},
    }
    result["resized"]["images"] = resized(result["resized"]["limits"])
    name = "transformers-5.json" if NEW else "transformers-4.51.json"
    (DATA / name).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()

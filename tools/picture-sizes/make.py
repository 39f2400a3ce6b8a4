"""Small pictures of every kind and variant that Pillow writes, and the sizes that Pillow reads from them.

python tools/picture-sizes/make.py    # writes data/pictures.json: name -> [width, height, base64]
"""

import base64
import io
import json
import struct
from pathlib import Path

from PIL import Image, features

W, H = 37, 23


def picture(mode="RGB", size=(W, H)):
    image = Image.radial_gradient("L").resize(size)
    return image.convert(mode)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def frames(count, mode="RGB"):
    return [picture(mode).rotate(90 * at) for at in range(count)]


def bmp_of(head, top_down=False):
    """24-bit BMP with a head of that many bytes (12, 40, 52, 56, 64, 108, 124)."""
    row = (3 * W + 3) // 4 * 4
    pixels = bytes(row * H)
    if head == 12:
        info = struct.pack("<IHHHH", 12, W, H, 1, 24)
    else:
        info = struct.pack("<IiiHHIIiiII", head, W, -H if top_down else H, 1, 24, 0, len(pixels), 0, 0, 0, 0)
        info += bytes(head - 40)
    offset = 14 + len(info)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + info + pixels


def long_jpeg():
    """The size behind 6 kB of application data, and behind padded and lone markers."""
    body = saved(picture(), "JPEG")
    filler = b"".join(b"\xff\xed" + struct.pack(">H", 3000) + bytes(2998) for _ in range(2))
    return body[:2] + b"\xff\xff\xff\xfe\x00\x04ab" + b"\xff\x01" + filler + body[2:]


files = {
    **{f"{mode}.png": saved(picture(mode), "PNG") for mode in ["1", "L", "LA", "P", "RGB", "RGBA"]},
    "16.png": saved(picture("I").convert("I;16"), "PNG"),
    "animated.png": saved(picture(), "PNG", save_all=True, append_images=frames(2)),
    "baseline.jpg": saved(picture(), "JPEG"),
    "progressive.jpg": saved(picture(), "JPEG", progressive=True),
    "optimized.jpg": saved(picture(), "JPEG", optimize=True, comment="x" * 300),
    "restarts.jpg": saved(picture(), "JPEG", restart_marker_rows=1),
    "grey.jpg": saved(picture("L"), "JPEG"),
    "cmyk.jpg": saved(picture("CMYK"), "JPEG"),
    "profile.jpg": saved(picture(), "JPEG", icc_profile=bytes(7000), exif=b"Exif\0\0" + bytes(5000)),
    "markers.jpg": long_jpeg(),
    "mpo.jpg": saved(picture(), "MPO", save_all=True, append_images=frames(1)),
    "lossy.webp": saved(picture(), "WEBP"),
    "lossless.webp": saved(picture(), "WEBP", lossless=True),
    "alpha.webp": saved(picture("RGBA"), "WEBP", exif=b"Exif\0\0" + bytes(50)),
    "animated.webp": saved(picture(), "WEBP", save_all=True, append_images=frames(3)),
    "still.gif": saved(picture("P"), "GIF"),
    "interlaced.gif": saved(picture("L"), "GIF", interlace=1),
    "animated.gif": saved(picture("P"), "GIF", save_all=True, append_images=frames(3, "P")),
    "1.bmp": saved(picture("1"), "BMP"),
    "P.bmp": saved(picture("P"), "BMP"),
    "RGB.bmp": saved(picture(), "BMP"),
    "RGBA.bmp": saved(picture("RGBA"), "BMP"),
    **{f"head-{head}.bmp": bmp_of(head) for head in [12, 40, 52, 56, 64, 108, 124]},
    "top-down.bmp": bmp_of(40, top_down=True),
    "png.ico": saved(picture("RGBA", (48, 48)), "ICO", sizes=[(16, 16), (48, 48)]),
    "bmp.ico": saved(picture("RGBA", (48, 48)), "ICO", sizes=[(16, 16), (48, 48)], bitmap_format="bmp"),
    "256.ico": saved(picture("RGBA", (256, 256)), "ICO", sizes=[(256, 256)]),
}
if features.check("avif"):
    files["still.avif"] = saved(picture(), "AVIF")
    files["alpha.avif"] = saved(picture("RGBA"), "AVIF")
    files["animated.avif"] = saved(picture(), "AVIF", save_all=True, append_images=frames(2))
refused = {
    "little.tif": saved(picture(), "TIFF"),
    "big.tif": saved(picture(), "TIFF", big_tiff=True),
    "jpeg2000.jp2": saved(picture(), "JPEG2000") if features.check("jpg_2000") else None,
    "picture.pdf": saved(picture(), "PDF"),
    "picture.ppm": saved(picture(), "PPM"),
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "declared.svg": b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "bare.jxl": b"\xff\x0a" + bytes(30),
    "boxed.jxl": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(30),
}


def entry(name, data):
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
    except Image.UnidentifiedImageError:
        # What Pillow does not read has the size that it was given here.
        print("not by Pillow:", name)
        width, height = W, H
    return [width, height, base64.b64encode(data).decode()]


def packed(table):
    return {name: base64.b64encode(data).decode() for name, data in table.items() if data}


out = Path(__file__).parent / "data" / "pictures.json"
out.parent.mkdir(exist_ok=True)
read = {name: entry(name, data) for name, data in files.items()}
out.write_text(json.dumps({"read": read, "refused": packed(refused)}, indent=1) + "\n")
print(len(files), len(refused), out.stat().st_size)

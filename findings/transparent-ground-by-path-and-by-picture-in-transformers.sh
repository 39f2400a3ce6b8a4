#!/usr/bin/env bash
# A drawing on a transparent ground is one picture to Qwen2.5-VL's image processor as an opened file and another by the file's path.
#
# Versions: transformers 5.24.0 and 4.57.6, Pillow 13.0.0, numpy 2.4.6, no torchvision. A PNG of 56 x 56: a black square on a ground whose pixels are
#           transparent (and black).
# Expected: a path and the picture that is opened from it give the same pixel_values; one way to lay transparent pixels in all releases, or a warning.
# Happens:  5.24.0 lays an opened picture on white, and sees a square; by path the file is opened for it and turned to RGB before that, which drops
#           transparency alone: what was transparent is black, the square is gone. 4.57.6 drops it both ways. Charts saved without a ground are
#           of this kind: trained on as pictures of a dataset and asked about by path, they are blank. Nothing is said.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/seen.py" <<'PY'
import sys
import transformers
from PIL import Image, ImageDraw
try:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil as Processor
except ImportError:
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor as Processor

path = f"{sys.argv[1]}/square.png"
drawing = Image.new("RGBA", (56, 56), (0, 0, 0, 0))
ImageDraw.Draw(drawing).rectangle([20, 20, 39, 39], fill=(0, 0, 0, 255))
drawing.save(path)
processor = Processor(do_normalize=False)
print(transformers.__version__)
for what, given in (("opened", Image.open(path)), ("by path", path)):
    pixels = processor(images=given, return_tensors="np")["pixel_values"]
    print(f"  {what}: {(pixels < 0.5).mean():.0%} black, {(pixels > 0.5).mean():.0%} white")
PY
for version in 5.24.0 4.57.6; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" pillow==13.0.0 numpy==2.4.6 2> /dev/null
  "$work/$version/bin/python" "$work/seen.py" "$work" 2> /dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
5.24.0
  opened: 13% black, 87% white
  by path: 100% black, 0% white
4.57.6
  opened: 100% black, 0% white
  by path: 100% black, 0% white
SEEN

#!/usr/bin/env bash
# A long, thin picture gets more pixels than the max_pixels it is resized for (smart_resize of Qwen2-VL and Qwen2.5-VL).
#
# Versions: transformers 5.24.0 and 4.51.3, pillow 12.3.0.
# Expected: the resized picture has at most max_pixels pixels, as smart_resize says of itself; so a limit of pixels is a limit
#           of image tokens.
# Happens:  sides are scaled by one factor and rounded down to multiples of 28. A side that would become 0 is raised to 28
#           in 5.24.0, and the other side is not shortened for it: 4000 x 30 for 50,000 pixels becomes 2576 x 28, 72,128
#           pixels, 44 % above. 4.51.3 leaves the side at 0, and the image processor refuses the picture.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/sizes.py" <<'PY'
import transformers
from PIL import Image
try:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil as Processor
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize
except ImportError:
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor as Processor, smart_resize
MOST = 50_000
print(transformers.__version__)
for height, width in ((4000, 30), (1400, 1008)):
    resized = smart_resize(height, width, 28, 56 * 56, MOST)
    print(f"  {height} x {width} -> {resized[0]} x {resized[1]}, above the limit: {resized[0] * resized[1] > MOST}")
picture = Image.new("RGB", (30, 4000))
try:
    processor = Processor(min_pixels=56 * 56, max_pixels=MOST)
    grid = processor(images=picture, return_tensors="np")["image_grid_thw"][0]
    print(f"  image tokens: {int(grid.prod()) // 4}, those of the limit: {MOST // 28**2}")
except ValueError as error:
    print(f"  refused: {error}")
PY
for version in 5.24.0 4.51.3; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" pillow==12.3.0 numpy==2.2.6 \
    2>/dev/null
  "$work/$version/bin/python" "$work/sizes.py" 2>/dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
5.24.0
  4000 x 30 -> 2576 x 28, above the limit: True
  1400 x 1008 -> 252 x 168, above the limit: False
  image tokens: 92, those of the limit: 63
4.51.3
  4000 x 30 -> 2576 x 0, above the limit: False
  1400 x 1008 -> 252 x 168, above the limit: False
  refused: height and width must be > 0
SEEN

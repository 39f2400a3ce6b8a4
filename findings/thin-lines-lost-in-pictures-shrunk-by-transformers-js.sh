#!/usr/bin/env bash
# transformers.js in Node shrinks a picture by leaving pixels out: thin lines vanish that Python's processor keeps as grey.
#
# Versions: @huggingface/transformers 4.3.2 (with its sharp), transformers 5.24.0, Pillow 13.0.0. White pictures of 448 x 448 with black lines of one pixel,
#           16 apart, which Qwen2-VL's processor takes to 112 x 112 (max_pixels 12544) with the same preprocessor_config.json.
# Expected: `resample: 3` (bicubic) as in Pillow, which the code says its way matches: each new pixel weighs all that it covers, a line of one pixel darkens
#           one new pixel by about a quarter.
# Happens:  nearest, bilinear and bicubic go through an affine map that reads the few pixels about one point. Shrunk by 4, most columns count for nothing: lines are
#           gone or, one pixel to the side, full black and four times as wide. Grids of charts and small print change by where they stand. Only
#           `lanczos` averages. Nothing is said.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.24.0 pillow==13.0.0 numpy==2.4.6 2> /dev/null
(cd "$work" && npm init -y > /dev/null && npm install --silent --ignore-scripts @huggingface/transformers@4.3.2 > /dev/null)

cat > "$work/preprocessor_config.json" <<'JSON'
{"image_processor_type": "Qwen2VLImageProcessor", "min_pixels": 3136, "max_pixels": 12544, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
 "do_resize": true, "resample": 3, "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": false, "do_convert_rgb": true}
JSON
cat > "$work/shrunk.py" <<'PY'
import json, sys
import numpy as np
from PIL import Image
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

config = json.load(open(sys.argv[1]))
processor = Qwen2VLImageProcessorPil(**{key: value for key, value in config.items() if key != "image_processor_type"})
for at in (0, 1, 2, 3):
    pixels = np.full((448, 448, 3), 255, np.uint8)
    pixels[:, at::16] = 0
    seen = processor(images=Image.fromarray(pixels), return_tensors="np")["pixel_values"]
    print(f"Python, lines at {at}: darkest {seen.min():.2f}, mean {seen.mean():.2f}")
PY
cat > "$work/shrunk.mjs" <<'JS'
import { readFileSync } from 'node:fs';
import { Qwen2VLImageProcessor, RawImage } from '@huggingface/transformers';

const processor = new Qwen2VLImageProcessor(JSON.parse(readFileSync(process.argv[2], 'utf8')));
for (const at of [0, 1, 2, 3]) {
  const pixels = Uint8ClampedArray.from({ length: 448 * 448 * 3 }, (_, i) => (Math.floor(i / 3) % 16 === at ? 0 : 255));
  const { pixel_values } = await processor(new RawImage(pixels, 448, 448, 3));
  const seen = Array.from(pixel_values.data);
  const darkest = seen.reduce((a, b) => Math.min(a, b));
  const mean = seen.reduce((a, b) => a + b) / seen.length;
  console.log(`Node, lines at ${at}: darkest ${darkest.toFixed(2)}, mean ${mean.toFixed(2)}`);
}
JS
"$work/venv/bin/python" "$work/shrunk.py" "$work/preprocessor_config.json" 2> /dev/null > "$work/seen"
(cd "$work" && node shrunk.mjs "$work/preprocessor_config.json") 2> /dev/null >> "$work/seen"

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
Python, lines at 0: darkest 0.80, mean 0.93
Python, lines at 1: darkest 0.74, mean 0.93
Python, lines at 2: darkest 0.74, mean 0.93
Python, lines at 3: darkest 0.80, mean 0.93
Node, lines at 0: darkest 0.00, mean 0.75
Node, lines at 1: darkest 1.00, mean 1.00
Node, lines at 2: darkest 1.00, mean 1.00
Node, lines at 3: darkest 1.00, mean 1.00
SEEN

#!/usr/bin/env bash
# preprocessor_config.json and processor_config.json in one folder: which of them sizes an image depends on the release.
#
# Versions: transformers 5.24.0 and 4.57.6, Pillow 13.0.0, numpy 2.4.6. Both files are valid; fine-tuning folders hold
#           both when a folder saved by 5.x gets the base model's older file copied beside it.
# Expected: one precedence in all releases, or a warning that the two files disagree.
# Happens:  5.x reads the `image_processor` of processor_config.json, 4.57.6 reads preprocessor_config.json, neither says
#           so. With different pixel limits the same picture becomes another number of image tokens: the model sees less.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 5.24.0 4.57.6; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" pillow==13.0.0 numpy==2.4.6
done

mkdir "$work/model"
cat > "$work/model/preprocessor_config.json" <<'JSON'
{"image_processor_type": "Qwen2VLImageProcessor", "min_pixels": 3136, "max_pixels": 12845056,
 "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2}
JSON
cat > "$work/model/processor_config.json" <<'JSON'
{"processor_class": "Qwen2_5_VLProcessor",
 "image_processor": {"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14, "temporal_patch_size": 2,
                     "merge_size": 2, "size": {"shortest_edge": 3136, "longest_edge": 50176}}}
JSON
echo '{"model_type": "qwen2_5_vl"}' > "$work/model/config.json"

for version in 5.24.0 4.57.6; do
  "$work/$version/bin/python" - "$work/model" "$version" 2>/dev/null <<'PY'
import sys
from transformers import AutoImageProcessor
size = AutoImageProcessor.from_pretrained(sys.argv[1], use_fast=False).size
print(sys.argv[2], "largest area:", size["longest_edge"], "pixels")
PY
done > "$work/seen"

cat "$work/seen"
# Seen:
#   5.24.0 largest area: 50176 pixels
#   4.57.6 largest area: 12845056 pixels
diff "$work/seen" - <<'SEEN'
5.24.0 largest area: 50176 pixels
4.57.6 largest area: 12845056 pixels
SEEN

#!/usr/bin/env bash
# The limits on an image's area that stand as `size` in preprocessor_config.json: transformers 4.51 drops them.
#
# Versions: transformers 4.51.3 and 5.24.0, Pillow 12.3.0, numpy 2.4.6. `size` is how newer releases write the limits.
# Expected: the processor uses the `size` of its own file, or refuses it.
# Happens:  4.51.3 checks that `size` has shortest_edge and longest_edge, then overwrites it with its class defaults unless
#           min_pixels and max_pixels stand beside it. A folder limited to 50176 pixels (64 image tokens) gets 1003520 (1280).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 4.51.3 5.24.0; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" pillow==12.3.0 numpy==2.4.6 2>/dev/null
done

mkdir "$work/model"
cat > "$work/model/preprocessor_config.json" <<'JSON'
{"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
 "size": {"shortest_edge": 3136, "longest_edge": 50176}}
JSON
echo '{"model_type": "qwen2_5_vl"}' > "$work/model/config.json"

for version in 4.51.3 5.24.0; do
  "$work/$version/bin/python" - "$work/model" "$version" 2>/dev/null <<'PY'
import sys
from transformers import AutoImageProcessor
processor = AutoImageProcessor.from_pretrained(sys.argv[1], use_fast=False)
print(sys.argv[2], "largest area:", processor.size["longest_edge"], "pixels")
PY
done > "$work/seen"

cat "$work/seen"
# Seen:
#   4.51.3 largest area: 1003520 pixels
#   5.24.0 largest area: 50176 pixels
diff "$work/seen" - <<'SEEN'
4.51.3 largest area: 1003520 pixels
5.24.0 largest area: 50176 pixels
SEEN

#!/usr/bin/env bash
# A Qwen2.5-VL config saved by transformers 4.56, saved again by 4.57 and read by 5: the image token is another one.
#
# Versions: transformers 4.56.2, 4.57.6, 5.24.0. Only configs; the model has an image token of its own (a small or grown
#           vocabulary, for instance), id 262.
# Expected: loading a config and saving it keeps what it says.
# Happens:  4.56 writes `image_token_id: null` into text_config and the id at the root; 4.57.6 moves the id into
#           text_config; 5.24.0 looks at the root alone and takes its class default. The model then finds no image in
#           any prompt. A reader has to look into text_config first.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 4.56.2 4.57.6 5.24.0; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" 2>/dev/null
done

mkdir "$work/model"
cat > "$work/model/config.json" <<'JSON'
{"architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl", "vocab_size": 320, "hidden_size": 64,
 "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
 "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]}, "vision_config": {"depth": 2, "out_hidden_size": 64},
 "vision_start_token_id": 259, "vision_end_token_id": 260, "image_token_id": 262, "video_token_id": 263}
JSON

for version in 4.56.2 4.57.6; do
  "$work/$version/bin/python" - "$work/model" 2>/dev/null <<'PY'
import sys
from transformers import AutoConfig
AutoConfig.from_pretrained(sys.argv[1]).save_pretrained(sys.argv[1])
PY
done
"$work/5.24.0/bin/python" - "$work/model" > "$work/seen" 2>/dev/null <<'PY'
import json, sys
from transformers import AutoConfig
stored = json.load(open(sys.argv[1] + "/config.json"))
print("stored: root", stored.get("image_token_id"), "text_config", stored["text_config"].get("image_token_id"))
print("read:", AutoConfig.from_pretrained(sys.argv[1]).image_token_id)
PY

cat "$work/seen"
# Seen:
#   stored: root None text_config 262
#   read: 151655
diff "$work/seen" - <<'SEEN'
stored: root None text_config 262
read: 151655
SEEN

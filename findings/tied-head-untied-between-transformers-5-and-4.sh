#!/usr/bin/env bash
# A tied Qwen2.5-VL (3B's kind) whose config transformers 5 saved is untied to transformers 4.
#
# Versions: transformers 5.24.0 (writes), 4.57.6 (reads). Only configs.
# Expected: `tie_word_embeddings: true` means the same in both, or the older release says that it cannot tell.
# Happens:  5.24.0 writes the tie at the root of config.json alone; 4.57.6 keeps the language model's settings in
#           text_config, finds none there, and takes false, for the root too. Such a folder has no lm_head, so the head is
#           newly initialised: random. Written at both levels, both releases tie.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 5.24.0 4.57.6; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" 2>/dev/null
done

"$work/5.24.0/bin/python" - "$work/model" 2>/dev/null <<'PY'
import sys
from transformers import Qwen2_5_VLConfig
Qwen2_5_VLConfig(tie_word_embeddings=True).save_pretrained(sys.argv[1])
PY
"$work/4.57.6/bin/python" - "$work/model" > "$work/seen" 2>/dev/null <<'PY'
import json, sys
from transformers import AutoConfig
stored = json.load(open(sys.argv[1] + "/config.json"))
print("stored: root", stored.get("tie_word_embeddings"), "text_config", stored["text_config"].get("tie_word_embeddings"))
print("read:", AutoConfig.from_pretrained(sys.argv[1]).tie_word_embeddings)
stored["text_config"]["tie_word_embeddings"] = True
json.dump(stored, open(sys.argv[1] + "/config.json", "w"))
print("read, written at both levels:", AutoConfig.from_pretrained(sys.argv[1]).tie_word_embeddings)
PY

cat "$work/seen"
# Seen:
#   stored: root True text_config None
#   read: False
#   read, written at both levels: True
diff "$work/seen" - <<'SEEN'
stored: root True text_config None
read: False
read, written at both levels: True
SEEN

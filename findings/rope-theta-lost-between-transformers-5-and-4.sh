#!/usr/bin/env bash
# A config saved by transformers 5 and opened by transformers 4: the rotary base silently becomes 10000.
#
# Versions: transformers 5.24.0 (writes), 4.57.6 (reads). Qwen2 text model; no weights are needed.
# Expected: a config.json that the older release opens without complaint means the same model there, or it complains.
# Happens:  5.x writes the rotary base only under `rope_parameters`; 4.57.6 does not know that field, keeps it as an
#           extra attribute and takes the class default. A model trained with base 1000000 then runs with 10000, and
#           every logit moves. What has to be written for both: `rope_theta` (and `rope_scaling`) beside `rope_parameters`.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 5.24.0 4.57.6; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version"
done

"$work/5.24.0/bin/python" - "$work/model" 2>/dev/null <<'PY'
import sys
from transformers import Qwen2Config
Qwen2Config(rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}).save_pretrained(sys.argv[1])
PY

"$work/4.57.6/bin/python" - "$work/model" > "$work/seen" 2>/dev/null <<'PY'
import json, sys
from transformers import AutoConfig
stored = json.load(open(sys.argv[1] + "/config.json"))
print("stored:", "rope_theta" in stored, stored["rope_parameters"]["rope_theta"])
print("read:", AutoConfig.from_pretrained(sys.argv[1]).rope_theta)
PY

cat "$work/seen"
# Seen:
#   stored: False 1000000.0
#   read: 10000.0
diff "$work/seen" - <<'SEEN'
stored: False 1000000.0
read: 10000.0
SEEN

#!/usr/bin/env bash
# added_tokens.json counts or does not, depending on whether tokenizer_config.json lists any token at all.
#
# Versions: transformers 5.24.0 and 4.57.6 (fast tokenizers).
# Expected: a token that a folder's added_tokens.json names is one token, whatever else the folder says of its tokens; or the file is
#           refused where it contradicts tokenizer_config.json.
# Happens:  with any `added_tokens_decoder` in tokenizer_config.json, be it of one other token, added_tokens.json is not looked at: the
#           token is cut into pieces (here <unk>), ids of the prompt are others, and nothing is said. Without one it is read. A folder
#           that was saved by an older version and then given a newer tokenizer_config.json changes its ids by that.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/tokens.py" <<'PY'
import json, pathlib, tempfile
import transformers
from transformers import AutoTokenizer

FAST = {
    "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
    "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
    "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "<unk>": 2}, "unk_token": "<unk>"},
}
UNKNOWN = {"content": "<unk>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
print(transformers.__version__)
for name, more in (("no decoder", {}), ("a decoder of <unk> alone", {"added_tokens_decoder": {"2": UNKNOWN}})):
    folder = pathlib.Path(tempfile.mkdtemp())
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>", **more}
    for file, content in (("tokenizer.json", FAST), ("added_tokens.json", {"<tool>": 3}), ("tokenizer_config.json", config)):
        (folder / file).write_text(json.dumps(content))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    print(f"  {name}: {len(tokenizer)} tokens, 'a <tool> b' is {tokenizer('a <tool> b').input_ids}")
PY
for version in 5.24.0 4.57.6; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" numpy==2.2.6 2>/dev/null
  "$work/$version/bin/python" "$work/tokens.py" 2>/dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
5.24.0
  no decoder: 4 tokens, 'a <tool> b' is [0, 3, 1]
  a decoder of <unk> alone: 3 tokens, 'a <tool> b' is [0, 2, 2, 2, 1]
4.57.6
  no decoder: 4 tokens, 'a <tool> b' is [0, 3, 1]
  a decoder of <unk> alone: 3 tokens, 'a <tool> b' is [0, 2, 2, 2, 1]
SEEN

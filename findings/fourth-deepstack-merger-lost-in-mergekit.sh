#!/usr/bin/env bash
# mergekit leaves a Qwen3-VL's fourth DeepStack merger behind, and says nothing.
#
# Versions: mergekit 0.1.5, transformers 5.24.0. A model of random weights, some hundred kB.
# Expected: vision_config.deepstack_visual_indexes says how many DeepStack mergers there are, and a merge has as many, or mergekit
#           says which tensors it does not know.
# Happens:  mergekit's description of the model has three (override_num_layers in _data/architectures/qwen3_vl_dense.json). Of a model with
#           four, the last one's six tensors are not in the merge, whose config.json still names four blocks: transformers
#           initialises them newly. No warning. (A model with two is refused: a tensor of the third "required but not present". The published
#           sizes have three, and keep them.)
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check mergekit==0.1.5 transformers==5.24.0 2>/dev/null

"$work/venv/bin/python" - "$work/model" 2>/dev/null <<'PY'
import sys, torch
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration
text = dict(vocab_size=64, hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            head_dim=16, rope_parameters=dict(rope_type="default", rope_theta=1e4, mrope_section=[3, 3, 2], mrope_interleaved=True))
vision = dict(depth=4, hidden_size=16, intermediate_size=16, num_heads=2, out_hidden_size=32, num_position_embeddings=16,
              deepstack_visual_indexes=[0, 1, 2, 3])
torch.manual_seed(0)
Qwen3VLForConditionalGeneration(Qwen3VLConfig(text_config=text, vision_config=vision)).save_pretrained(sys.argv[1])
PY
cat > "$work/merge.yml" <<YML
modules:
  text_decoder: {models: [{model: $work/model}]}
  multi_modal_projector: {models: [{model: $work/model}]}
  vision_tower: {models: [{model: $work/model}]}
merge_method: passthrough
YML
"$work/venv/bin/mergekit-yaml" "$work/merge.yml" "$work/merged" --no-copy-tokenizer --no-write-model-card > "$work/said" 2>&1

{
  echo "said of deepstack: $(grep -ci deepstack "$work/said" || true)"
  "$work/venv/bin/python" - "$work/model" "$work/merged" 2>/dev/null <<'PY'
import json, sys
from transformers import Qwen3VLForConditionalGeneration
source, merged = sys.argv[1:]
print("blocks:", *[json.load(open(f"{folder}/config.json"))["vision_config"]["deepstack_visual_indexes"] for folder in (source, merged)])
for folder in (source, merged):
    _, info = Qwen3VLForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    print("missing:", *(sorted(info["missing_keys"]) or ["none"]), sep="\n  ")
PY
} > "$work/seen"

cat "$work/seen"
diff "$work/seen" - <<'SEEN'
said of deepstack: 0
blocks: [0, 1, 2, 3] [0, 1, 2, 3]
missing:
  none
missing:
  model.visual.deepstack_merger_list.3.linear_fc1.bias
  model.visual.deepstack_merger_list.3.linear_fc1.weight
  model.visual.deepstack_merger_list.3.linear_fc2.bias
  model.visual.deepstack_merger_list.3.linear_fc2.weight
  model.visual.deepstack_merger_list.3.norm.bias
  model.visual.deepstack_merger_list.3.norm.weight
SEEN

#!/usr/bin/env bash
# The inputs that Qwen2.5-VL took in transformers 4 give an image the positions of a line of text in transformers 5, without a word.
#
# Versions: transformers 4.57.6 and 5.24.0, torch 2.13.0. A Qwen2.5-VL of two layers, random weights; ids with one image of 4 x 4 tokens.
# Expected: input_ids with image tokens, attention_mask, pixel_values and image_grid_thw are enough, as before; or an error says what is
#           missing now.
# Happens:  5.24.0 finds images only by `mm_token_type_ids`, which its own processor adds and inputs made by hand do not have. Without it
#           the image features are still put in, but all three axes of the positions count on one by one (16 for the image instead of 4),
#           in the image and in the text after it. 4.57.6 finds images by their token.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 4.57.6 5.24.0; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" torch==2.13.0 2>/dev/null
done

cat > "$work/positions.py" <<'PY'
import torch, transformers
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

torch.manual_seed(0)
rope = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]}
text = dict(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, rope_parameters=rope, rope_scaling=rope, rope_theta=1e4, bos_token_id=0, eos_token_id=0)
vision = dict(depth=1, hidden_size=16, intermediate_size=32, num_heads=2, out_hidden_size=32, patch_size=2,
              spatial_patch_size=2, window_size=8, fullatt_block_indexes=[0])
config = Qwen2_5_VLConfig(text_config=text, vision_config=vision, image_token_id=50, video_token_id=51,
                          vision_start_token_id=52, vision_end_token_id=53)
model = Qwen2_5_VLForConditionalGeneration(config).eval()
ids = torch.tensor([[1, 2, 52, *[50] * 16, 53, 3, 4]])
inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=torch.randn(64, 24),
              image_grid_thw=torch.tensor([[1, 8, 8]]))
seen = []
model.model.language_model.rotary_emb.register_forward_hook(
    lambda module, given, named, output: seen.append(named["position_ids"] if "position_ids" in named else given[1]),
    with_kwargs=True)

def report(what, **more):
    with torch.no_grad():
        model(**inputs, **more)
    time, height, width = seen[-1][:, 0].tolist()
    print(f"  {what}: height {height[3:19]}, next token at {time[19]}")

print(transformers.__version__)
report("as given")
if transformers.__version__.startswith("5"):
    report("with mm_token_type_ids", mm_token_type_ids=(ids == 50).long())
PY
for version in 4.57.6 5.24.0; do
  "$work/$version/bin/python" "$work/positions.py" 2>/dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
4.57.6
  as given: height [3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6], next token at 7
5.24.0
  as given: height [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], next token at 19
  with mm_token_type_ids: height [3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6], next token at 7
SEEN

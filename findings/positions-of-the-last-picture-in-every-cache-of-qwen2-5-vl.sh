#!/usr/bin/env bash
# Qwen2.5-VL in transformers gives the next token of a cache the position that belongs to the picture that was read last, whosever it was.
#
# Versions: transformers 5.24.0, torch 2.13.0. A Qwen2.5-VL of two layers, random weights; prompts with a picture of 2 x 2 and of 6 x 6 tokens.
# Expected: how far a picture moves positions belongs to the prompt's cache, as its keys and values do: what else the model reads between reading a
#           prompt and going on with it changes nothing.
# Happens:  the model itself keeps the shift of the last prompt that had a picture. Going on with the small picture's cache after the large picture was
#           read, the next token stands at -20 in place of 8; going on with a text, which read nothing of it, it stands two places too early because a
#           picture was read before. Logits differ, and nothing is said. `generate` from beginning to end reads and goes on in one, and is right.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.24.0 torch==2.13.0 2> /dev/null

cat > "$work/positions.py" <<'PY'
import torch
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

torch.manual_seed(0)
rope = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]}
text = dict(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, rope_parameters=rope, bos_token_id=0, eos_token_id=0)
vision = dict(depth=1, hidden_size=16, intermediate_size=32, num_heads=2, out_hidden_size=32, patch_size=2,
              spatial_patch_size=2, window_size=8, fullatt_block_indexes=[0])
config = Qwen2_5_VLConfig(text_config=text, vision_config=vision, image_token_id=50, video_token_id=51,
                          vision_start_token_id=52, vision_end_token_id=53)


def picture(side):
    ids = torch.tensor([[1, 2, 52, *[50] * side**2, 53, 3, 4]])
    patches = 2 * side
    return dict(input_ids=ids, mm_token_type_ids=(ids == 50).int(), pixel_values=torch.randn(patches**2, 24),
                image_grid_thw=torch.tensor([[1, patches, patches]]))


def next_token(*, of, then=None, before=None):
    """Reads a prompt, and goes on with its cache: where the next token stood, and its logits."""
    model.model.rope_deltas = None  # as of a model that has read nothing
    if before:
        model(**before)
    cache = model(**of, use_cache=True).past_key_values
    if then:
        model(**then)
    logits = model(input_ids=torch.tensor([[7]]), past_key_values=cache).logits[0, -1]
    return seen[-1], logits


model = Qwen2_5_VLForConditionalGeneration(config).eval()
seen = []
model.model.language_model.rotary_emb.register_forward_hook(
    lambda module, given, named, output: seen.append((named["position_ids"] if "position_ids" in named else given[1])[0, 0, -1].item()),
    with_kwargs=True)

small, large, words = picture(2), picture(6), dict(input_ids=torch.tensor([[1, 2, 3, 4]]))
with torch.no_grad():
    alone = next_token(of=small)
    after = next_token(of=small, then=large)
    plain = next_token(of=words)
    later = next_token(of=words, before=small)
print(f"small picture: {alone[0]}; after the large one was read: {after[0]}")
print(f"text: {plain[0]}; where a picture was read before: {later[0]}")
print(f"logits are {'the same' if torch.equal(alone[1], after[1]) and torch.equal(plain[1], later[1]) else 'others'}")
PY
"$work/venv/bin/python" "$work/positions.py" 2> /dev/null > "$work/seen"

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
small picture: 8; after the large one was read: -20
text: 4; where a picture was read before: 2
logits are others
SEEN

#!/usr/bin/env bash
# `output_hidden_states` of Qwen3-VL in transformers 5 leaves out what DeepStack adds: hidden_states[n] is not what layer n takes.
#
# Versions: transformers 5.24.0 and 4.57.6, torch 2.13.0. A Qwen3-VL of four layers with two DeepStack blocks, a Qwen2.5-VL of four; random weights.
# Expected: hidden_states[n] is the state that goes into layer n, as in Qwen2.5-VL and as Qwen3-VL had it in transformers 4: a probe, a logit lens or a run
#           that goes on from it sees what the model sees.
# Happens:  states are kept as layers give them, and a DeepStack block's features are added after that: 4.57.6 adds them in place, so they are in the state
#           that was kept, 5.24.0 to a copy. There the states after the first layers (three in the published sizes) lack them at all places of
#           pictures, text's are right, and a difference of two neighbours puts them down to the layer after. Nothing is said.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/states.py" <<'PY'
import torch, transformers
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen3VLConfig, Qwen3VLForConditionalGeneration

PICTURE = 50
tokens = dict(image_token_id=PICTURE, video_token_id=51, vision_start_token_id=52, vision_end_token_id=53)
rope = dict(rope_type="default", rope_theta=1e4, mrope_section=[3, 3, 2])
text = dict(vocab_size=64, hidden_size=32, intermediate_size=32, num_hidden_layers=4, num_attention_heads=2, num_key_value_heads=1,
            rope_theta=1e4, bos_token_id=0, eos_token_id=0)
vision = dict(depth=3, hidden_size=16, intermediate_size=16, num_heads=2, out_hidden_size=32, patch_size=2)
newer = rope | dict(mrope_interleaved=True)
models = {
    "Qwen2.5-VL": lambda: Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(
        text_config=text | dict(rope_parameters=rope, rope_scaling=rope),
        vision_config=vision | dict(window_size=8, fullatt_block_indexes=[2], spatial_patch_size=2), **tokens)),
    "Qwen3-VL": lambda: Qwen3VLForConditionalGeneration(Qwen3VLConfig(
        text_config=text | dict(head_dim=16, rope_parameters=newer, rope_scaling=newer),
        vision_config=vision | dict(num_position_embeddings=16, deepstack_visual_indexes=[0, 1]), **tokens)),
}
ids = torch.tensor([[1, 2, 52, *[PICTURE] * 4, 53, 3, 4]])
pictured = ids[0] == PICTURE
print(transformers.__version__)
for name, made in models.items():
    torch.manual_seed(0)
    model = made().eval()
    inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=torch.randn(16, 24), image_grid_thw=torch.tensor([[1, 4, 4]]))
    if transformers.__version__.startswith("5"):
        inputs["mm_token_type_ids"] = pictured[None].long()
    taken = []
    for layer in model.model.language_model.layers:
        layer.register_forward_pre_hook(lambda module, given, named: taken.append(given[0] if given else named["hidden_states"]), with_kwargs=True)
    with torch.no_grad():
        states = model(**inputs, output_hidden_states=True).hidden_states
    other = [(state != real).any(-1)[0] for state, real in zip(states, taken)]
    layers = [n for n, places in enumerate(other) if places.any()]
    print(f"  {name}: layers that take another state {layers}, at places {sorted({int(place) for n in layers for place in other[n].nonzero()})}")
print("  places of the picture:", pictured.nonzero().flatten().tolist())
PY
for version in 5.24.0 4.57.6; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" torch==2.13.0 2> /dev/null
  "$work/$version/bin/python" "$work/states.py" 2> /dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
5.24.0
  Qwen2.5-VL: layers that take another state [], at places []
  Qwen3-VL: layers that take another state [1, 2], at places [3, 4, 5, 6]
  places of the picture: [3, 4, 5, 6]
4.57.6
  Qwen2.5-VL: layers that take another state [], at places []
  Qwen3-VL: layers that take another state [], at places []
  places of the picture: [3, 4, 5, 6]
SEEN

#!/usr/bin/env bash
# The vision tower of Qwen2.5-VL gives its states in the order of attention windows and its tokens in the order of the picture, in one answer.
#
# Versions: transformers 5.24.0, torch 2.13.0. A Qwen2-VL and a Qwen2.5-VL of two vision blocks, random weights, whose attention is set to nothing, so
#           that each patch stays by itself; a picture of 6 x 6 tokens (12 x 12 patches), windows of 2 x 2 tokens.
# Expected: row n of `last_hidden_state` and of each of `hidden_states` stands for row n of pixel_values, as in Qwen2-VL, and as the four rows of a token
#           stand for row n of `pooler_output`; or the order is handed out beside them.
# Happens:  the tower sorts patches by window at its entry and sorts back only what leaves the merger. Patches of token 7 (second row, second column)
#           are in rows 12 to 15 of all states, where token 3 belongs, and in row 7 of pooler_output. A map of states or of attention that is laid over the
#           picture shows other places; shapes agree, and nothing is said.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.24.0 torch==2.13.0 2> /dev/null

cat > "$work/order.py" <<'PY'
import torch
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel as Windows, Qwen2_5_VLVisionConfig
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VisionTransformerPretrainedModel as Whole, Qwen2VLVisionConfig

SIDE, TOKEN = 12, 7
towers = {
    "Qwen2-VL": lambda: Whole(Qwen2VLVisionConfig(depth=2, embed_dim=16, hidden_size=32, num_heads=2, patch_size=2)),
    "Qwen2.5-VL": lambda: Windows(Qwen2_5_VLVisionConfig(depth=2, hidden_size=16, intermediate_size=32, num_heads=2, out_hidden_size=32,
                                                         patch_size=2, spatial_patch_size=2, window_size=8, fullatt_block_indexes=[1])),
}


def rows(one, other):
    changed = (one != other).any(-1).nonzero().flatten().tolist()
    return f"{changed[0]}-{changed[-1]}" if len(changed) > 1 else str(changed[0])


torch.manual_seed(0)
patches = torch.randn(SIDE * SIDE, 24)
altered = patches.clone()
altered[4 * TOKEN : 4 * TOKEN + 4] += 1
print(f"altered: rows {rows(patches, altered)} of pixel_values, token {TOKEN}")
for name, made in towers.items():
    tower = made().eval()
    for block in tower.blocks:
        torch.nn.init.zeros_(block.attn.proj.weight)
        torch.nn.init.zeros_(block.attn.proj.bias)
    with torch.no_grad():
        one, other = (tower(given, grid_thw=torch.tensor([[1, SIDE, SIDE]]), output_hidden_states=True) for given in (patches, altered))
    print(f"{name}: hidden_states", *(rows(*pair) for pair in zip(one.hidden_states, other.hidden_states)),
          "last_hidden_state", rows(one.last_hidden_state, other.last_hidden_state), "pooler_output", rows(one.pooler_output, other.pooler_output))
PY
"$work/venv/bin/python" "$work/order.py" 2> /dev/null > "$work/seen"

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
altered: rows 28-31 of pixel_values, token 7
Qwen2-VL: hidden_states 28-31 28-31 28-31 last_hidden_state 28-31 pooler_output 7
Qwen2.5-VL: hidden_states 12-15 12-15 12-15 last_hidden_state 12-15 pooler_output 7
SEEN

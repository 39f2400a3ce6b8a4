#!/usr/bin/env bash
# peft's `exclude_modules=["visual"]` leaves the vision tower of Qwen2.5-VL in the adapter, all of it, without a word.
#
# Versions: peft 0.21.2, transformers 5.24.0, torch 2.13.0. A Qwen2.5-VL of four layers and four vision blocks, random weights.
# Expected: a LoRA of all linear layers that excludes `visual` has no matrix of `model.visual`; or something says that nothing was excluded.
# Happens:  an entry of the list stands for modules whose own name ends so, and `visual` is itself no linear layer: what lies in it is adapted as without
#           the entry, 22 matrices of 50. A text in place of the list is a pattern for the whole name, and does exclude them. Nor do the names of the
#           language model's MLP (`gate_proj`, `up_proj`, `down_proj`) mean it alone: vision blocks call theirs the same, and `layers_to_transform` counts them, too.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check peft==0.21.2 transformers==5.24.0 torch==2.13.0 2> /dev/null

cat > "$work/adapted.py" <<'PY'
import warnings

from peft import LoraConfig, get_peft_model
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

rope = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]}
text = dict(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=4, num_attention_heads=4,
            num_key_value_heads=2, rope_parameters=rope, bos_token_id=0, eos_token_id=0)
vision = dict(depth=4, hidden_size=16, intermediate_size=32, num_heads=2, out_hidden_size=32, patch_size=2,
              spatial_patch_size=2, window_size=8, fullatt_block_indexes=[0])
config = Qwen2_5_VLConfig(text_config=text, vision_config=vision, image_token_id=50, video_token_id=51,
                          vision_start_token_id=52, vision_end_token_id=53)


def adapted(what, **chosen):
    base = Qwen2_5_VLForConditionalGeneration(config)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = get_peft_model(base, LoraConfig(r=2, **chosen))
    names = [name for name, _ in model.named_modules() if name.endswith(".lora_A.default")]
    of_vision = sum(".visual." in name for name in names)
    about = sum("exclude" in str(warning.message) or "visual" in str(warning.message) for warning in said)
    print(f"{what}: language {len(names) - of_vision}, vision {of_vision}, warnings about it {about}")


mlp = ["gate_proj", "up_proj", "down_proj"]
adapted("all linear", target_modules="all-linear")
adapted("without ['visual']", target_modules="all-linear", exclude_modules=["visual"])
adapted("without '.*visual.*'", target_modules="all-linear", exclude_modules=".*visual.*")
adapted("names of the MLP", target_modules=mlp)
adapted("of layers 0 and 1", target_modules=mlp, layers_to_transform=[0, 1])
PY
"$work/venv/bin/python" "$work/adapted.py" 2> /dev/null > "$work/seen"

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
all linear: language 28, vision 22, warnings about it 0
without ['visual']: language 28, vision 22, warnings about it 0
without '.*visual.*': language 28, vision 0, warnings about it 0
names of the MLP: language 12, vision 12, warnings about it 0
of layers 0 and 1: language 6, vision 6, warnings about it 0
SEEN

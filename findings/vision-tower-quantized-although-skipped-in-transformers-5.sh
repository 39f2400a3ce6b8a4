#!/usr/bin/env bash
# `llm_int8_skip_modules=["visual"]` spares Qwen2.5-VL's vision tower in transformers 4 and quantizes it in transformers 5, without a word.
#
# Versions: transformers 4.57.6 and 5.24.0, bitsandbytes 0.50.2, torch 2.13.0 (CPU). A Qwen2.5-VL of two layers and two vision blocks, random weights.
# Expected: modules that are named to be skipped are skipped, as before; or a name that means no module is refused, or warned of.
# Happens:  4.57.6 looks for a name anywhere in a module's path, so `visual` means all of `model.visual`. 5.24.0 asks that the path begins with it, or that a
#           linear layer's path ends with it: `visual` means none, and all twelve layers of the tower get 4 bits. `model.visual` spares them in both. The config that is
#           saved names `visual` as skipped either way.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/skipped.py" <<'PY'
import sys
import bitsandbytes, torch, transformers
from transformers import BitsAndBytesConfig, Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration as Model

rope = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 3, 3]}
text = dict(vocab_size=64, hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            rope_parameters=rope, rope_scaling=rope, rope_theta=1e4, bos_token_id=0, eos_token_id=0)
vision = dict(depth=2, hidden_size=64, intermediate_size=64, num_heads=2, out_hidden_size=64, patch_size=2, spatial_patch_size=2,
              window_size=8, fullatt_block_indexes=[0])
torch.manual_seed(0)
Model(Qwen2_5_VLConfig(text_config=text, vision_config=vision, image_token_id=50, video_token_id=51,
                       vision_start_token_id=52, vision_end_token_id=53)).save_pretrained(sys.argv[1])
print(transformers.__version__)
for skipped in (["visual", "lm_head"], ["model.visual", "lm_head"]):
    model = Model.from_pretrained(sys.argv[1], quantization_config=BitsAndBytesConfig(load_in_4bit=True, llm_int8_skip_modules=skipped))
    four = [name for name, module in model.named_modules() if isinstance(module, bitsandbytes.nn.Linear4bit)]
    of_vision = sum(".visual." in name for name in four)
    print(f"  skipped {skipped}: layers in 4 bits: vision {of_vision}, language {len(four) - of_vision}")
PY
for version in 4.57.6 5.24.0; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" install --quiet --disable-pip-version-check "transformers==$version" torch==2.13.0 \
    bitsandbytes==0.50.2 accelerate==1.10.1 numpy==2.2.6 2> /dev/null
  TORCHDYNAMO_DISABLE=1 "$work/$version/bin/python" "$work/skipped.py" "$work/model-$version" 2> /dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
4.57.6
  skipped ['visual', 'lm_head']: layers in 4 bits: vision 0, language 14
  skipped ['model.visual', 'lm_head']: layers in 4 bits: vision 0, language 14
5.24.0
  skipped ['visual', 'lm_head']: layers in 4 bits: vision 12, language 14
  skipped ['model.visual', 'lm_head']: layers in 4 bits: vision 0, language 14
SEEN

#!/usr/bin/env bash
# The rotary scaling that a GGUF file states is not read by transformers: YaRN is gone.
#
# Versions: gguf 0.19.0 (writes), transformers 5.24.0 (reads), torch 2.13.0. Files of metadata and an embedding; a YaRN of factor 4 over 16 positions.
# Expected: `<architecture>.rope.scaling.type`, `.factor` and `.original_context_length`, which the GGUF specification defines and llama.cpp's converter
#           writes for such models, come back as the config they were made from; or a warning names what was not read.
# Happens:  for qwen2, qwen3, qwen3moe and llama the config says "default" (by its source, gpt-oss alone has them read): rotary frequencies and the scale of
#           attention are others, at short prompts too. The same model's safetensors folder has YaRN, so a comparison of the two files compares two models.
#           Nothing is said of it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check gguf==0.19.0 transformers==5.24.0 torch==2.13.0 2> /dev/null

cat > "$work/scaling.py" <<'PY'
import sys
import gguf, numpy as np, torch
from transformers import AutoConfig
from transformers.models.qwen2.modeling_qwen2 import Qwen2RotaryEmbedding

for architecture in ("qwen2", "qwen3", "qwen3moe", "llama"):
    writer = gguf.GGUFWriter(f"{sys.argv[1]}/{architecture}.gguf", architecture)
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(32)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
    writer.add_rope_scaling_factor(4.0)
    writer.add_rope_scaling_orig_ctx_len(16)
    writer.add_tensor("token_embd.weight", np.ones((16, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    config = AutoConfig.from_pretrained(sys.argv[1], gguf_file=f"{architecture}.gguf")
    read = config.rope_parameters
    print(f"{architecture}: {read['rope_type']}, factor {read.get('factor')}, base {read['rope_theta']:.0f}")
    if architecture == "qwen2":
        kept = Qwen2RotaryEmbedding(config)
        config.rope_parameters = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, rope_theta=1e6)
        meant = Qwen2RotaryEmbedding(config)
        same = torch.isclose(kept.inv_freq, meant.inv_freq).sum().item()
        print(f"  frequencies as meant: {same} of {len(meant.inv_freq)}, scale of attention {kept.attention_scaling:.2f} for {meant.attention_scaling:.2f}")
PY
"$work/venv/bin/python" "$work/scaling.py" "$work" 2> /dev/null > "$work/seen"

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
qwen2: default, factor None, base 1000000
  frequencies as meant: 1 of 8, scale of attention 1.00 for 1.14
qwen3: default, factor None, base 1000000
qwen3moe: default, factor None, base 1000000
llama: default, factor None, base 1000000
SEEN

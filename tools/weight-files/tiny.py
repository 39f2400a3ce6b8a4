"""The smallest Qwen2.5-VL there is: one decoder layer, one vision block, 16 wide; every tensor one value, which tells its file."""

from __future__ import annotations

import json
from pathlib import Path

import torch

HIDDEN, HEADS, KV_HEADS, INNER, VOCABULARY = 16, 2, 1, 16, 16
VISION, MERGED = 16, 64


def config(**more: object) -> dict[str, object]:
    """config.json in the hub's spelling; `more` is added to it."""
    vision = dict(
        depth=1, hidden_act="silu", hidden_size=VISION, intermediate_size=16, num_heads=2, in_chans=3, out_hidden_size=HIDDEN,
        patch_size=2, spatial_patch_size=2, spatial_merge_size=2, temporal_patch_size=2, window_size=8,
        fullatt_block_indexes=[0], tokens_per_second=2,
    )  # fmt: skip
    own = dict(
        architectures=["Qwen2_5_VLForConditionalGeneration"], model_type="qwen2_5_vl", attention_dropout=0.0,
        bos_token_id=0, eos_token_id=1, vision_start_token_id=2, vision_end_token_id=3, vision_token_id=4, image_token_id=5,
        video_token_id=6, hidden_act="silu", hidden_size=HIDDEN, initializer_range=0.02, intermediate_size=INNER,
        max_position_embeddings=64, max_window_layers=1, num_attention_heads=HEADS, num_hidden_layers=1,
        num_key_value_heads=KV_HEADS, rms_norm_eps=1e-6, rope_theta=1000000.0, sliding_window=64,
        rope_scaling={"type": "mrope", "mrope_section": [1, 1, 2]}, tie_word_embeddings=False, torch_dtype="bfloat16",
        use_cache=True, use_sliding_window=False, vocab_size=VOCABULARY, vision_config=vision,
    )  # fmt: skip
    return own | more


def tensors(value: float) -> dict[str, torch.Tensor]:
    """Every weight of the model, filled with `value`, in bfloat16."""
    layer, block, merger = "model.layers.0", "visual.blocks.0", "visual.merger"
    key_values = KV_HEADS * HIDDEN // HEADS
    shapes: dict[str, tuple[int, ...]] = {
        "visual.patch_embed.proj.weight": (VISION, 3, 2, 2, 2),
        f"{block}.norm1.weight": (VISION,),
        f"{block}.norm2.weight": (VISION,),
        **linear(f"{block}.attn.qkv", 3 * VISION, VISION, bias=True),
        **linear(f"{block}.attn.proj", VISION, VISION, bias=True),
        **linear(f"{block}.mlp.gate_proj", 16, VISION, bias=True),
        **linear(f"{block}.mlp.up_proj", 16, VISION, bias=True),
        **linear(f"{block}.mlp.down_proj", VISION, 16, bias=True),
        f"{merger}.ln_q.weight": (VISION,),
        **linear(f"{merger}.mlp.0", MERGED, MERGED, bias=True),
        **linear(f"{merger}.mlp.2", HIDDEN, MERGED, bias=True),
        "model.embed_tokens.weight": (VOCABULARY, HIDDEN),
        f"{layer}.input_layernorm.weight": (HIDDEN,),
        f"{layer}.post_attention_layernorm.weight": (HIDDEN,),
        **linear(f"{layer}.self_attn.q_proj", HIDDEN, HIDDEN, bias=True),
        **linear(f"{layer}.self_attn.k_proj", key_values, HIDDEN, bias=True),
        **linear(f"{layer}.self_attn.v_proj", key_values, HIDDEN, bias=True),
        **linear(f"{layer}.self_attn.o_proj", HIDDEN, HIDDEN, bias=False),
        **linear(f"{layer}.mlp.gate_proj", INNER, HIDDEN, bias=False),
        **linear(f"{layer}.mlp.up_proj", INNER, HIDDEN, bias=False),
        **linear(f"{layer}.mlp.down_proj", HIDDEN, INNER, bias=False),
        "model.norm.weight": (HIDDEN,),
        "lm_head.weight": (VOCABULARY, HIDDEN),
    }
    return {name: torch.full(shape, value, dtype=torch.bfloat16) for name, shape in shapes.items()}


def linear(name: str, out: int, into: int, *, bias: bool) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, into), **({f"{name}.bias": (out,)} if bias else {})}


def put(folder: Path, name: str, value: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")

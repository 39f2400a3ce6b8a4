"""The family's shape: Qwen2.5-VL in small, built by transformers itself."""

from __future__ import annotations

import torch
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from vocabulary import token_id, vocabulary_rows

LAYERS = 12
REGIONS = {"early": range(0, 4), "mid": range(4, 8), "late": range(8, 12)}
"""Thirds of the LLM, of docs/method.md §1."""


def config() -> Qwen2_5_VLConfig:
    """12 LLM layers of width 128, six vision blocks of width 64, windows of 56 pixels, full attention at blocks 2 and 5."""
    end, padding = token_id("<|im_end|>"), token_id("<|endoftext|>")
    text = {
        "vocab_size": vocabulary_rows(), "hidden_size": 128, "intermediate_size": 384, "num_hidden_layers": LAYERS,
        "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_act": "silu", "max_position_embeddings": 2048,
        "initializer_range": 0.02, "rms_norm_eps": 1e-6, "use_sliding_window": False, "attention_dropout": 0.0,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [4, 6, 6]},
        "bos_token_id": padding, "eos_token_id": end, "pad_token_id": None, "tie_word_embeddings": True,
    }  # fmt: skip
    vision = {
        "depth": 6, "hidden_size": 64, "intermediate_size": 192, "num_heads": 4, "in_channels": 3, "patch_size": 14,
        "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 56, "fullatt_block_indexes": [2, 5],
        "out_hidden_size": 128, "hidden_act": "silu", "tokens_per_second": 2,
    }  # fmt: skip
    return Qwen2_5_VLConfig(
        text_config=text, vision_config=vision, tie_word_embeddings=True,
        image_token_id=token_id("<|image_pad|>"), video_token_id=token_id("<|video_pad|>"),
        vision_start_token_id=token_id("<|vision_start|>"), vision_end_token_id=token_id("<|vision_end|>"),
        bos_token_id=padding, eos_token_id=end,
    )  # fmt: skip


def new_model(seed: int) -> Qwen2_5_VLForConditionalGeneration:
    """A model with random weights in f32; the same for the same seed."""
    torch.manual_seed(seed)
    built = Qwen2_5_VLForConditionalGeneration._from_config(config(), attn_implementation="sdpa", dtype=torch.float32)
    # Residual branches begin small: twelve layers at the peak rates of base.py do not learn otherwise.
    with torch.no_grad():
        for name, weight in built.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight", "attn.proj.weight")):
                weight.mul_((2 * LAYERS) ** -0.5)
    return built


def layer_of(name: str) -> int | None:
    """LLM layer of a parameter, or None."""
    _, found, rest = name.partition("language_model.layers.")
    return int(rest.split(".")[0]) if found else None


def freeze(model: Qwen2_5_VLForConditionalGeneration, region: str | None) -> list[str]:
    """Take a region's parameters out of training; returns their names.

    Frozen parameters get no gradient and are kept from the optimizer, so weight decay does not reach them either.
    """
    frozen = []
    for name, weight in model.named_parameters():
        held = region is not None and layer_of(name) in REGIONS[region]
        weight.requires_grad_(not held)
        if held:
            frozen.append(name)
    return frozen


def parameter_count(model: Qwen2_5_VLForConditionalGeneration) -> int:
    """Parameters, the tied head counted once."""
    return sum(weight.numel() for weight in model.parameters())

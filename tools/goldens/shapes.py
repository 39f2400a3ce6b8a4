"""The checkpoints' shapes and the forms of config.json that exist in the wild."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

from vocabulary import CHAT_TEMPLATE, MODEL_VOCABULARY, token_id


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One checkpoint: its sizes, how its files are spelled, and the seed of its weights. Each architecture has its own."""

    name: str
    seed: int
    hidden_size: int
    intermediate_size: int
    layers: int
    heads: int
    kv_heads: int
    mrope_section: tuple[int, int, int]
    vision_hidden_size: int
    vision_heads: int
    vision_intermediate_size: int
    vision_depth: int
    tied: bool
    dtype: str
    shards: int
    spelling: str
    """"old": model.layers.*, visual.* (the hub's Qwen2.5-VL). "new": model.language_model.layers.*, model.visual.*."""
    config_form: str
    """"flat": the hub's. "both": transformers 4.52 – 4.57, text fields at the top and again in text_config.
    "nested": transformers 5."""
    template_home: str
    template: str = CHAT_TEMPLATE
    more_tokens: tuple[str, ...] = ()
    processor: str = "Qwen2_5_VLProcessor"
    patch_size: int = 14
    image_mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)
    image_std: tuple[float, float, float] = (0.26862954, 0.26130258, 0.27577711)
    thorough: bool = False
    """Record the inside of the vision tower and K/V too."""
    end_token_scale: float = 0.1
    """Factor on the <|im_end|> and <|endoftext|> rows of the head: small, and generation runs its full length;
    large, and some runs end early."""


@dataclass(frozen=True, kw_only=True)
class Qwen2_5Shape(Shape):
    full_attention_blocks: tuple[int, ...]


SHAPES = [
    Qwen2_5Shape(
        name="untied-gqa4-f32", seed=323, hidden_size=64, intermediate_size=80, layers=3, heads=4, kv_heads=1,
        mrope_section=(2, 3, 3), vision_hidden_size=32, vision_heads=2, vision_intermediate_size=52, vision_depth=3,
        full_attention_blocks=(1,), tied=False, dtype="F32", shards=1, spelling="new", config_form="nested",
        template_home="chat_template.jinja", thorough=True,
    ),
    Qwen2_5Shape(
        name="tied-gqa1-bf16-old", seed=335, hidden_size=72, intermediate_size=88, layers=4, heads=3, kv_heads=3,
        mrope_section=(2, 5, 5), vision_hidden_size=32, vision_heads=2, vision_intermediate_size=52, vision_depth=4,
        full_attention_blocks=(1, 3), tied=True, dtype="BF16", shards=3, spelling="old", config_form="flat",
        template_home="chat_template.json",
    ),
    Qwen2_5Shape(
        name="untied-gqa7-bf16-new", seed=334, hidden_size=112, intermediate_size=72, layers=3, heads=7, kv_heads=1,
        mrope_section=(2, 3, 3), vision_hidden_size=24, vision_heads=3, vision_intermediate_size=52, vision_depth=4,
        full_attention_blocks=(1, 3), tied=False, dtype="BF16", shards=2, spelling="new", config_form="nested",
        template_home="tokenizer_config", thorough=True,
    ),
    Qwen2_5Shape(
        name="untied-gqa2-f16", seed=332, hidden_size=64, intermediate_size=72, layers=3, heads=4, kv_heads=2,
        mrope_section=(2, 3, 3), vision_hidden_size=16, vision_heads=2, vision_intermediate_size=36, vision_depth=4,
        full_attention_blocks=(1, 3), tied=False, dtype="F16", shards=1, spelling="old", config_form="both",
        template_home="tokenizer_config", end_token_scale=1.5,
    ),
]  # fmt: skip

SIBLING = replace(SHAPES[3], name="untied-gqa2-f16-b", seed=412)
"""Same shape as the last one, other weights: the second donor of stitched models."""

TORCH_DTYPE = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


@singledispatch
def config_json(shape: Shape) -> dict[str, Any]:
    """The checkpoint's config.json in its form; registered for each architecture's shapes."""
    raise TypeError(f"{type(shape).__name__} has no config.json")


def special_tokens() -> dict[str, int]:
    """Ids of the tokens that stand for pictures, as config.json names them."""
    return {
        "vision_start_token_id": token_id("<|vision_start|>"),
        "vision_end_token_id": token_id("<|vision_end|>"),
        "vision_token_id": token_id("<|vision_pad|>"),
        "image_token_id": token_id("<|image_pad|>"),
        "video_token_id": token_id("<|video_pad|>"),
    }


def end_tokens() -> dict[str, int]:
    return {"bos_token_id": token_id("<|endoftext|>"), "eos_token_id": token_id("<|im_end|>")}


def text_fields(shape: Shape) -> dict[str, Any]:
    """Fields of the language model that every architecture has."""
    return {
        "attention_dropout": 0.0,
        "hidden_act": "silu",
        "hidden_size": shape.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate_size,
        "max_position_embeddings": 4096,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.kv_heads,
        "rms_norm_eps": 1e-06,
        "use_cache": True,
        "vocab_size": MODEL_VOCABULARY,
    }


@config_json.register
def _(shape: Qwen2_5Shape) -> dict[str, Any]:
    vision = {
        "depth": shape.vision_depth,
        "fullatt_block_indexes": list(shape.full_attention_blocks),
        "hidden_act": "silu",
        "hidden_size": shape.vision_hidden_size,
        "in_chans": 3,
        "intermediate_size": shape.vision_intermediate_size,
        "num_heads": shape.vision_heads,
        "out_hidden_size": shape.hidden_size,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "spatial_patch_size": 14,
        "temporal_patch_size": 2,
        "tokens_per_second": 2,
        "window_size": 112,
    }
    return qwen2_config(shape, "qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", vision)


def qwen2_config(shape: Shape, model_type: str, architecture: str, vision: dict[str, Any]) -> dict[str, Any]:
    """The three forms of config.json around a Qwen2 language model."""
    dtype = TORCH_DTYPE[shape.dtype]
    special, ends = special_tokens(), end_tokens()
    text = {**text_fields(shape), "max_window_layers": shape.layers, "use_sliding_window": False}
    text = dict(sorted(text.items()))
    head = {"architectures": [architecture], "model_type": model_type}
    section = list(shape.mrope_section)
    if shape.config_form == "flat":
        return {
            **head, **ends, **special, **text, "rope_theta": 1000000.0, "sliding_window": 4096,
            "tie_word_embeddings": shape.tied, "torch_dtype": dtype, "transformers_version": "4.41.2",
            "vision_config": vision, "rope_scaling": {"type": "mrope", "mrope_section": section},
        }  # fmt: skip
    if shape.config_form == "both":
        rope = {
            "rope_scaling": {"mrope_section": section, "rope_type": "default", "type": "default"},
            "rope_theta": 1000000.0,
        }
        layer_types = ["full_attention"] * shape.layers
        return {
            **head, **ends, **special, **text, **rope, "sliding_window": 4096, "tie_word_embeddings": shape.tied,
            "torch_dtype": dtype, "transformers_version": "4.55.0",
            "text_config": {
                **head, **ends, **text, **rope, "layer_types": layer_types, "model_type": f"{model_type}_text",
                "sliding_window": None, "torch_dtype": dtype, **{key: special[key] for key in special},
            },
            "vision_config": {
                **vision, "in_channels": 3, "initializer_range": 0.02, "model_type": model_type,
                "torch_dtype": dtype,
            },
        }  # fmt: skip
    rope_parameters = {
        "mrope_section": section, "rope_theta": 1000000.0, "rope_type": "default", "type": "mrope",
    }  # fmt: skip
    return {
        **head, **special, "dtype": dtype, "tie_word_embeddings": shape.tied, "transformers_version": "5.18.0",
        "text_config": {
            **text, **ends, "dtype": dtype, "layer_types": ["full_attention"] * shape.layers,
            "model_type": f"{model_type}_text", "pad_token_id": None, "rope_parameters": rope_parameters,
            "sliding_window": None,
        },
        "vision_config": {
            **vision, "in_channels": 3, "initializer_range": 0.02, "model_type": f"{model_type}_vision",
            "rope_parameters": {"rope_theta": 10000.0, "rope_type": "axial"},
        },
    }  # fmt: skip

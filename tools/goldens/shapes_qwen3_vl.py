"""Qwen3-VL: the checkpoints' shapes, config.json as the hub has it and as transformers 5 writes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from shapes import TORCH_DTYPE, Shape, config_json, end_tokens, special_tokens, text_fields
from templates import INSTRUCT_TEMPLATE, THINKING_TEMPLATE
from vocabulary import THINKING_TOKENS


@dataclass(frozen=True, kw_only=True)
class Qwen3Shape(Shape):
    head_dim: int
    """Not hidden_size / heads."""
    position_embeddings: int
    """A square; the side is another than any picture's, so that positions lie between the table's."""
    deepstack_blocks: tuple[int, int, int]
    """Vision blocks whose output is merged and added after LLM layers 0, 1 and 2."""
    more_tokens: tuple[str, ...] = tuple(THINKING_TOKENS)
    processor: str = "Qwen3VLProcessor"
    patch_size: int = 16
    image_mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    image_std: tuple[float, float, float] = (0.5, 0.5, 0.5)


QWEN3_VL_SHAPES = [
    Qwen3Shape(
        name="qwen3-untied-bf16", seed=15, hidden_size=48, intermediate_size=56, layers=4, heads=4, kv_heads=2,
        head_dim=24, mrope_section=(5, 4, 3), vision_hidden_size=16, vision_heads=2, vision_intermediate_size=28,
        vision_depth=4, position_embeddings=36, deepstack_blocks=(0, 1, 3), tied=False, dtype="BF16", shards=2,
        spelling="new", config_form="hub", template_home="chat_template.json", template=THINKING_TEMPLATE,
        thorough=True,
    ),
    Qwen3Shape(
        name="qwen3-tied-f16", seed=29, end_token_scale=1.5, hidden_size=64, intermediate_size=48, layers=4, heads=2, kv_heads=1,
        head_dim=16, mrope_section=(3, 3, 2), vision_hidden_size=16, vision_heads=2, vision_intermediate_size=24,
        vision_depth=4, position_embeddings=49, deepstack_blocks=(1, 2, 3), tied=True, dtype="F16", shards=1,
        spelling="new", config_form="nested", template_home="chat_template.jinja", template=INSTRUCT_TEMPLATE,
    ),
]  # fmt: skip

QWEN3_VL_SIBLING = replace(QWEN3_VL_SHAPES[0], name="qwen3-untied-bf16-b", seed=11)
"""Same shape as the first one, other weights: the second donor of stitched models."""


@config_json.register
def _(shape: Qwen3Shape) -> dict[str, Any]:
    dtype = TORCH_DTYPE[shape.dtype]
    rope = {"mrope_interleaved": True, "mrope_section": list(shape.mrope_section), "rope_type": "default"}
    hub = shape.config_form == "hub"
    theta = 5000000
    special = {name: token for name, token in special_tokens().items() if name != "vision_token_id"}
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl", **special,
        **({} if hub else {"dtype": dtype}),
        "tie_word_embeddings": shape.tied, "transformers_version": "4.57.0.dev0" if hub else "5.18.0",
        "text_config": {
            **text_fields(shape), **end_tokens(), "attention_bias": False, "dtype": dtype, "head_dim": shape.head_dim,
            "model_type": "qwen3_vl_text",
            **(
                {"rope_scaling": rope, "rope_theta": theta} if hub
                else {"pad_token_id": None, "rope_parameters": {**rope, "rope_theta": theta}}
            ),
        },
        "vision_config": {
            "deepstack_visual_indexes": list(shape.deepstack_blocks), "depth": shape.vision_depth,
            "hidden_act": "gelu_pytorch_tanh", "hidden_size": shape.vision_hidden_size, "in_channels": 3,
            "initializer_range": 0.02, "intermediate_size": shape.vision_intermediate_size,
            "model_type": "qwen3_vl" if hub else "qwen3_vl_vision", "num_heads": shape.vision_heads,
            "num_position_embeddings": shape.position_embeddings, "out_hidden_size": shape.hidden_size,
            "patch_size": shape.patch_size, "spatial_merge_size": 2, "temporal_patch_size": 2,
            **({} if hub else {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "axial"}}),
        },
    }  # fmt: skip

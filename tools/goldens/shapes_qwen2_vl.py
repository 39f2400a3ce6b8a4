"""Qwen2-VL: the checkpoints' shapes. config.json has the forms of Qwen2.5-VL's around another vision_config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shapes import Shape, config_json, qwen2_config


@dataclass(frozen=True, kw_only=True)
class Qwen2Shape(Shape):
    mlp_ratio: int
    processor: str = "Qwen2VLProcessor"


QWEN2_VL_SHAPES = [
    Qwen2Shape(
        name="qwen2-untied-bf16-old", seed=25, hidden_size=64, intermediate_size=48, layers=3, heads=4, kv_heads=2,
        mrope_section=(2, 3, 3), vision_hidden_size=16, vision_heads=2, vision_intermediate_size=32, vision_depth=2,
        mlp_ratio=2, tied=False, dtype="BF16", shards=2, spelling="old", config_form="flat",
        template_home="tokenizer_config",
    ),
    Qwen2Shape(
        name="qwen2-tied-f16", seed=26, hidden_size=48, intermediate_size=40, layers=3, heads=3, kv_heads=1,
        mrope_section=(2, 3, 3), vision_hidden_size=16, vision_heads=1, vision_intermediate_size=48, vision_depth=2,
        mlp_ratio=3, tied=True, dtype="F16", shards=1, spelling="new", config_form="nested",
        template_home="chat_template.jinja",
    ),
]  # fmt: skip


@config_json.register
def _(shape: Qwen2Shape) -> dict[str, Any]:
    vision = {
        "depth": shape.vision_depth, "embed_dim": shape.vision_hidden_size, "hidden_size": shape.hidden_size,
        "in_chans": 3, "mlp_ratio": shape.mlp_ratio, "num_heads": shape.vision_heads, "patch_size": 14,
        "spatial_merge_size": 2, "spatial_patch_size": 14, "temporal_patch_size": 2,
        **({"hidden_act": "quick_gelu"} if shape.config_form == "nested" else {}),
    }  # fmt: skip
    return qwen2_config(shape, "qwen2_vl", "Qwen2VLForConditionalGeneration", vision)

"""Checkpoints of architectures that are not run: the names transformers saves, two small triples, and their updates in float64.

    python tools/goldens/weights_only.py    # data/weights-only/, some seconds

The oracle of src/checkpoint/tensor-place.ts, of experts in src/spectra/deltas/pairing.ts, and of folders opened for their weights alone.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from storage import write_json, write_tensors
from transformers import (
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoModelForSequenceClassification,
    Glm4vConfig,
    InternVLConfig,
    LlavaOnevisionConfig,
    PretrainedConfig,
    Qwen2Config,
    Qwen3VLMoeConfig,
)

OUT = Path(__file__).parent / "data" / "weights-only"
TEXT = {
    "hidden_size": 8,
    "intermediate_size": 12,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "vocab_size": 16,
    "pad_token_id": 0,
}
TOWER = {"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "patch_size": 4}
BLOCKS = {"depth": 2, "hidden_size": 8, "intermediate_size": 12, "num_heads": 2, "out_hidden_size": 8}

MODELS: dict[str, tuple[Any, PretrainedConfig]] = {
    "internvl": (
        AutoModelForImageTextToText,
        InternVLConfig(
            vision_config={**TOWER, "image_size": [8, 8], "patch_size": [4, 4]},
            text_config={"model_type": "qwen2", **TEXT},
            tie_word_embeddings=False,
        ),
    ),
    "llava_onevision": (
        AutoModelForImageTextToText,
        LlavaOnevisionConfig(
            vision_config={"model_type": "siglip_vision_model", "image_size": 8, "vision_use_head": False, **TOWER},
            text_config={"model_type": "qwen2", **TEXT},
        ),
    ),
    "glm4v": (
        AutoModelForImageTextToText,
        Glm4vConfig(vision_config={**BLOCKS, "image_size": 28}, text_config=TEXT),
    ),
    "qwen3_vl_moe": (
        AutoModelForImageTextToText,
        Qwen3VLMoeConfig(
            vision_config={
                **BLOCKS,
                "patch_size": 4,
                "num_position_embeddings": 16,
                "deepstack_visual_indexes": [0],
            },
            text_config={**TEXT, "head_dim": 4, "moe_intermediate_size": 6, "num_experts": 3, "num_experts_per_tok": 2},
        ),
    ),
    "qwen2": (AutoModelForCausalLM, Qwen2Config(**TEXT)),
    "qwen2_reward": (AutoModelForSequenceClassification, Qwen2Config(**TEXT, num_labels=1)),
}
TRIPLES = {"internvl": 5, "qwen3_vl_moe": 6}
# No part of the model, and of no layer: such as an encoder of something else that was trained along.
ODD = "audio_adapter.proj.weight"


def saved(kind: str) -> tuple[dict[str, torch.Tensor], list[str], dict[str, Any]]:
    """What save_pretrained writes, the names inside the model, and config.json."""
    cls, config = MODELS[kind]
    model = cls.from_config(config)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        with safe_open(Path(folder) / "model.safetensors", "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        return tensors, list(model.state_dict()), json.loads((Path(folder) / "config.json").read_text())


def matrices(name: str, values: torch.Tensor) -> dict[str, torch.Tensor]:
    """The matrices of a tensor: of each expert one, else one whose columns are all further dimensions."""
    if values.ndim == 3 and ".experts." in name:
        front, back = name.split(".experts.")
        return {f"{front}.experts.{index}.{back}": matrix for index, matrix in enumerate(values)}
    return {name: values.flatten(1) if values.ndim > 1 else values}


def update(after: torch.Tensor, before: torch.Tensor, weights: torch.Tensor) -> dict[str, Any]:
    """Norms and singular values of a difference, in float64."""
    delta = after.double() - before.double()
    norm = torch.linalg.norm(delta).item()
    result = {"fro_norm": norm, "relative_norm": norm / (torch.linalg.norm(weights.double()).item() + 1e-8)}
    return result if delta.ndim < 2 else {**result, "singular_values": torch.linalg.svdvals(delta).tolist()}


def triple(kind: str, seed: int) -> dict[str, Any]:
    """Writes Base, IN and RL; gives the updates of every matrix by its stored name."""
    template, _, config = saved(kind)
    random = torch.Generator().manual_seed(seed)

    def noise(shape: torch.Size, scale: float) -> torch.Tensor:
        return torch.randn(shape, generator=random) * scale

    shapes = {name: template[name].shape for name in sorted(template)}
    if kind == "internvl":
        shapes[ODD] = torch.Size([4, 8])
    base = {name: noise(shape, 0.3).bfloat16() for name, shape in shapes.items()}
    tuned = {name: (values.float() + noise(values.shape, 0.02)).bfloat16() for name, values in base.items()}
    rl = {name: (values.float() + noise(values.shape, 0.005)).bfloat16() for name, values in tuned.items()}
    for role, tensors in {"base": base, "in": tuned, "rl": rl}.items():
        write_tensors(OUT / f"{kind}-{role}" / "model.safetensors", tensors)
        write_json(OUT / f"{kind}-{role}" / "config.json", config)
    updates = {}
    for name in shapes:
        parts = [matrices(name, tensors[name]) for tensors in (base, tuned, rl)]
        for part in parts[0]:
            before, middle, after = (of[part] for of in parts)
            updates[part] = {"sft": update(middle, before, middle), "rl": update(after, middle, middle)}
    return updates


def main() -> None:
    """Writes everything."""
    names = {}
    for kind in MODELS:
        tensors, inside, _ = saved(kind)
        names[kind] = {"saved": {name: list(tensors[name].shape) for name in sorted(tensors)}, "inside": sorted(inside)}
    write_json(OUT / "names.json", names)
    for kind, seed in TRIPLES.items():
        write_json(OUT / f"{kind}.json", triple(kind, seed))


if __name__ == "__main__":
    main()

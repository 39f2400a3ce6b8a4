"""Checkpoint folders as they lie on the hub: config, weights in one or several files, tokenizer, processor."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from transformers import AutoModelForImageTextToText, PreTrainedModel

from shapes import Shape, config_json
from storage import write_json, write_tensors
from vocabulary import token_id, write_tokenizer
from weights import build_weights, spell

MIN_PIXELS = 56 * 56
MAX_PIXELS = 224 * 224
"""At most 64 merged tokens a picture."""



def write_checkpoint(folder: Path, shape: Shape) -> None:
    """Write the folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_json(folder / "config.json", config_json(shape))
    write_json(folder / "generation_config.json", generation_config(shape))
    write_json(folder / "preprocessor_config.json", preprocessor_config(shape))
    write_tokenizer(folder, shape.template_home, shape.template, shape.more_tokens)
    weights = {spell(name, shape.spelling): tensor for name, tensor in build_weights(shape).items()}
    write_weights(folder, weights, shape.shards)


def generation_config(shape: Shape) -> dict:
    """The hub's, sampling settings included: greedy means the plain argmax and reads none of them."""
    end, padding = token_id("<|im_end|>"), token_id("<|endoftext|>")
    if shape.config_form == "nested":
        return {"bos_token_id": padding, "eos_token_id": [end, padding], "transformers_version": "5.18.0"}
    return {
        "bos_token_id": padding, "pad_token_id": padding, "do_sample": True, "eos_token_id": [end, padding],
        "repetition_penalty": 1.05, "temperature": 0.000001, "transformers_version": "4.49.0",
    }  # fmt: skip


def preprocessor_config(shape: Shape) -> dict:
    """The hub's form (min_pixels, max_pixels), or transformers 5's (size.shortest_edge, size.longest_edge)."""
    sizes = {
        "patch_size": shape.patch_size, "temporal_patch_size": 2, "merge_size": 2, "image_mean": shape.image_mean,
        "image_std": shape.image_std,
    }  # fmt: skip
    if shape.config_form == "nested":
        return {
            "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True,
            "image_processor_type": "Qwen2VLImageProcessor", **sizes, "resample": 3,
            "rescale_factor": 0.00392156862745098,
            "size": {"longest_edge": MAX_PIXELS, "shortest_edge": MIN_PIXELS},
        }  # fmt: skip
    return {
        "min_pixels": MIN_PIXELS, "max_pixels": MAX_PIXELS, **sizes,
        "image_processor_type": "Qwen2VLImageProcessor", "processor_class": shape.processor,
    }  # fmt: skip


def write_weights(folder: Path, weights: dict[str, torch.Tensor], shards: int) -> None:
    """One file, or shards of about equal size with their index, tensors in name order."""
    if shards == 1:
        write_tensors(folder / "model.safetensors", weights)
        return
    total = sum(tensor.nbytes for tensor in weights.values())
    files: list[dict[str, torch.Tensor]] = [{} for _ in range(shards)]
    seen = 0
    for name in sorted(weights):
        files[min(seen * shards // total, shards - 1)][name] = weights[name]
        seen += weights[name].nbytes
    weight_map = {}
    for index, tensors in enumerate(files):
        file = f"model-{index + 1:05}-of-{shards:05}.safetensors"
        write_tensors(folder / file, tensors)
        weight_map.update({name: file for name in tensors})
    weight_map = dict(sorted(weight_map.items()))
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": weight_map})


def load_model(folder: Path) -> PreTrainedModel:
    """The model as transformers itself reads the folder: stored weights widened to f32, eager attention.

    Throws if a tensor of the folder was left out or one of the model was not found.
    """
    model, report = AutoModelForImageTextToText.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    problems = {kind: names for kind, names in report.items() if names}
    if problems:
        raise ValueError(f"{folder.name} did not load whole: {problems}")
    return model.eval()

"""An exported folder: an ordinary Hugging Face checkpoint, written and read."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import GenerationConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from pixels import MEAN, MERGE, PATCH, STD
from vocabulary import token_id, write_tokenizer

LEAST_PIXELS, MOST_PIXELS = 111 * 111, 113 * 113
"""Square pictures of any size become 112×112. Not exactly 112²: smart-resize rounds √ and would fall to 84 or rise to 140."""


def preprocessor_config() -> dict:
    """As on the hub."""
    return {
        "min_pixels": LEAST_PIXELS, "max_pixels": MOST_PIXELS, "patch_size": PATCH, "temporal_patch_size": 2,
        "merge_size": MERGE, "image_mean": list(MEAN), "image_std": list(STD),
        "image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2_5_VLProcessor",
    }  # fmt: skip


def image_processor(folder: Path) -> Qwen2VLImageProcessorPil:
    """The processor as transformers reads it from the folder."""
    return Qwen2VLImageProcessorPil.from_pretrained(folder)


def spell_for_both(config: dict) -> dict:
    """The config as transformers 5 writes it, with the fields that 4.57 reads instead: both load the same model."""
    text = config["text_config"]
    rope = {key: value for key, value in text["rope_parameters"].items() if key != "rope_theta"}
    older = {"rope_theta": text["rope_parameters"]["rope_theta"], "rope_scaling": rope}
    return {**config, "torch_dtype": config["dtype"], "text_config": {**text, **older}}


def write_folder(folder: Path, model: Qwen2_5_VLForConditionalGeneration) -> None:
    """bf16 safetensors, config, generation config, tokenizer and processor files."""
    folder.mkdir(parents=True, exist_ok=True)
    end, padding = token_id("<|im_end|>"), token_id("<|endoftext|>")
    model.generation_config = GenerationConfig(
        bos_token_id=padding, pad_token_id=padding, eos_token_id=[end, padding], do_sample=False
    )
    model.to(torch.bfloat16).save_pretrained(folder)
    config = spell_for_both(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "model.safetensors").chmod(0o644)  # It was written for its owner alone; web servers are others.
    write_tokenizer(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor_config(), indent=2) + "\n", encoding="utf-8")


def read_folder(folder: Path) -> Qwen2_5_VLForConditionalGeneration:
    """The model widened to f32.

    Throws ValueError if a tensor of the folder was left out or one of the model was not found.
    """
    model, report = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa", output_loading_info=True
    )
    problems = {kind: names for kind, names in report.items() if names}
    if problems:
        raise ValueError(f"{folder.name} did not load whole: {problems}")
    return model.eval()

"""From chat messages and pictures to the model's inputs, as the Qwen-VL processors make them.

The processor itself cannot be built without a video processor (which wants torchvision), so its two steps are done
here: one <|image_pad|> per picture in the rendered text, repeated once per merged token before tokenization.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from images import picture
from vocabulary import token_id

IMAGE_PAD = "<|image_pad|>"


@dataclass
class Inputs:
    """What the model is given. `prompt` is the rendered text with one pad per picture."""

    prompt: str
    input_ids: torch.Tensor
    """[1, S] int64"""
    position_ids: torch.Tensor
    """[3, 1, S] int64: time, height, width"""
    rope_delta: int
    """Position of the token at index n ≥ S is n + rope_delta in all three rows."""
    pixel_values: torch.Tensor | None
    """[patches, channels · time · patch size²] f32"""
    image_grid_thw: torch.Tensor | None
    """[pictures, 3] int64"""

    @property
    def length(self) -> int:
        return self.input_ids.shape[1]

    @property
    def image_positions(self) -> list[int]:
        return (self.input_ids[0] == token_id(IMAGE_PAD)).nonzero().flatten().tolist()


def render(tokenizer: Qwen2Tokenizer, messages: list[dict], **options: bool) -> str:
    """The chat template's text."""
    return tokenizer.apply_chat_template(messages, tokenize=False, **options)


def prepare(
    model: PreTrainedModel,
    tokenizer: Qwen2Tokenizer,
    processor: Qwen2VLImageProcessorPil,
    messages: list[dict],
    image_names: list[str],
) -> Inputs:
    """Render, expand the pads, tokenize, cut the pictures into patches, and place everything in M-RoPE."""
    prompt = render(tokenizer, messages, add_generation_prompt=True)
    pixel_values = grid = None
    expanded = prompt
    if image_names:
        batch = processor([picture(name) for name in image_names], return_tensors="pt")
        pixel_values, grid = batch["pixel_values"].float(), batch["image_grid_thw"]
        parts = prompt.split(IMAGE_PAD)
        counts = [int(thw.prod()) // 4 for thw in grid]
        expanded = "".join(part + IMAGE_PAD * count for part, count in zip(parts, counts + [0]))
    input_ids = torch.tensor([tokenizer(expanded)["input_ids"]])
    if grid is None:
        position_ids, delta = torch.arange(input_ids.shape[1]).expand(3, 1, -1), 0
    else:
        kinds = (input_ids == token_id(IMAGE_PAD)).int()
        position_ids, deltas = model.model.get_rope_index(input_ids, kinds, image_grid_thw=grid)
        delta = int(deltas[0, 0])
    return Inputs(prompt, input_ids, position_ids, delta, pixel_values, grid)

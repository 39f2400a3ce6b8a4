"""The forward pass for pictures of one size: transformers' own modules, without its loops over single pictures.

Its vision tower runs attention window by window in Python (384 calls a block for 96 pictures); when all pictures are
112×112 all windows are alike and go as one batch. `check.py` holds both against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import torch
import torch.nn.functional as F
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import apply_rotary_pos_emb_vision
from transformers.vision_utils import get_vision_position_ids, get_vision_window_index

from pixels import GRID, MERGE, PATCH, patches


@dataclass
class Batch:
    """Rows of tokens with their pictures."""

    ids: torch.Tensor
    """[rows, length]"""
    positions: torch.Tensor
    """[3, rows, length]"""
    pictures: torch.Tensor
    """uint8 [pictures, 112, 112, 3], in the order of the rows that have one"""
    weights: torch.Tensor
    """[rows, length], of predicting the token at this place; 0 for prompts and padding"""
    attended: torch.Tensor | None
    """[rows, length], False at padding on the left; None where padding is on the right and never seen"""

    def to(self, device: str) -> Batch:
        moved = {name: value.to(device) for name, value in vars(self).items() if isinstance(value, torch.Tensor)}
        return replace(self, **moved)


@cache
def window_order(window: int) -> tuple[torch.Tensor, int]:
    """Merge cells of one picture in window order, and patches per window."""
    grid = torch.tensor([[1, GRID, GRID]])
    order, edges = get_vision_window_index(grid, spatial_merge_size=MERGE, window_size=window, patch_size=PATCH, kwargs={})
    sizes = {int(size) for size in edges[1:] - edges[:-1]}
    if len(sizes) != 1:
        raise ValueError(f"windows of different sizes: {sizes}")
    return order, sizes.pop()


def see(model: Qwen2_5_VLForConditionalGeneration, pictures: torch.Tensor) -> torch.Tensor:
    """uint8 [n, 112, 112, 3] → image tokens [n·16, width]."""
    tower = model.model.visual
    n = pictures.shape[0]
    order, window = window_order(tower.window_size)
    order = order.to(pictures.device)
    kernel = tower.patch_embed.proj.weight.sum(dim=2).flatten(1)  # A picture is two equal frames.
    hidden = F.linear(patches(pictures), kernel)
    unit = MERGE * MERGE

    def in_windows(values: torch.Tensor) -> torch.Tensor:
        return values.view(*values.shape[:-2], -1, unit, values.shape[-1])[..., order, :, :].flatten(-3, -2)

    grid = torch.tensor([[1, GRID, GRID]], device=pictures.device)
    angles = tower.rotary_pos_emb(hidden[0], get_vision_position_ids(grid, MERGE, kwargs={}))
    cos, sin = (in_windows(angle).repeat(n, 1) for angle in angles)
    hidden = in_windows(hidden).flatten(0, 1)
    for index, block in enumerate(tower.blocks):
        length = GRID * GRID if index in tower.fullatt_block_indexes else window
        attention = block.attn
        qkv = attention.qkv(block.norm1(hidden)).view(n * GRID * GRID, 3, attention.num_heads, -1)
        query, key, value = qkv.unbind(1)
        query, key = apply_rotary_pos_emb_vision(query, key, cos, sin)
        heads = (part.unflatten(0, (-1, length)).transpose(1, 2) for part in (query, key, value))
        mixed = F.scaled_dot_product_attention(*heads, scale=attention.scaling)
        hidden = hidden + attention.proj(mixed.transpose(1, 2).flatten(2).flatten(0, 1))
        hidden = hidden + block.mlp(block.norm2(hidden))
    merged = tower.merger(hidden).view(n, GRID * GRID // unit, -1)
    return merged[:, torch.argsort(order)].flatten(0, 1)


def embed(model: Qwen2_5_VLForConditionalGeneration, batch: Batch) -> torch.Tensor:
    """Token embeddings [rows, length, width], those of the pictures in place."""
    embedded = model.model.language_model.embed_tokens(batch.ids)
    if batch.pictures.shape[0] == 0:
        return embedded
    # A young policy may itself write the image token: there it is a token like others.
    places = (batch.ids == model.config.image_token_id) & (batch.weights == 0)
    return embedded.masked_scatter(places.unsqueeze(-1), see(model, batch.pictures).to(embedded.dtype))


def hidden_states(
    model: Qwen2_5_VLForConditionalGeneration, batch: Batch, past: DynamicCache | None = None
) -> torch.Tensor:
    """Final hidden states [rows, length, width]; fills `past` where given."""
    output = model.model.language_model(
        inputs_embeds=embed(model, batch), position_ids=batch.positions, past_key_values=past,
        attention_mask=None if batch.attended is None else batch.attended.long(), use_cache=past is not None,
    )  # fmt: skip
    return output.last_hidden_state


@dataclass(frozen=True)
class Taught:
    """The response tokens of a batch, all [tokens]."""

    log_probabilities: torch.Tensor
    best: torch.Tensor
    """Whether the token is the model's first choice"""
    weights: torch.Tensor
    rows: torch.Tensor


def taught_tokens(model: Qwen2_5_VLForConditionalGeneration, batch: Batch, temperature: float = 1.0) -> Taught:
    """Each token with a weight, given all before it. The head sees only the places that need it."""
    hidden = hidden_states(model, batch)[:, :-1]
    places = batch.weights[:, 1:] > 0
    targets = batch.ids[:, 1:][places]
    logits = model.lm_head(hidden[places]) / temperature
    losses = F.cross_entropy(logits.float(), targets, reduction="none")
    return Taught(-losses, logits.argmax(-1) == targets, batch.weights[:, 1:][places], places.nonzero()[:, 0])


def answer_tokens(
    model: Qwen2_5_VLForConditionalGeneration, prompts: Batch, answers: torch.Tensor, counted: torch.Tensor, temperature: float
) -> Taught:
    """The tokens of several answers to each prompt: `taught_tokens`, where a prompt is read once for all its answers.

    `prompts` padded on the left; answers [prompts·copies, length], those of one prompt in a row, padded on the right;
    `counted` bool of the same shape, False at padding. All weights are 1.
    """
    copies = len(answers) // len(prompts.ids)
    past = DynamicCache(config=model.config.text_config)
    last = hidden_states(model, prompts, past)[:, -1:].repeat_interleave(copies, 0)
    for layer in past.layers:
        layer.keys, layer.values = (known.repeat_interleave(copies, 0) for known in (layer.keys, layer.values))
    first = prompts.positions[:, :, -1:].repeat_interleave(copies, 1) + 1
    seen = prompts.attended.repeat_interleave(copies, 0)
    said = model.model.language_model(
        inputs_embeds=model.model.language_model.embed_tokens(answers), past_key_values=past, use_cache=True,
        position_ids=first + torch.arange(answers.shape[1], device=answers.device),
        attention_mask=torch.cat([seen, torch.ones_like(answers, dtype=seen.dtype)], 1).long(),
    ).last_hidden_state  # fmt: skip
    hidden = torch.cat([last, said[:, :-1]], 1)[counted]
    targets = answers[counted]
    logits = model.lm_head(hidden) / temperature
    losses = F.cross_entropy(logits.float(), targets, reduction="none")
    return Taught(-losses, logits.argmax(-1) == targets, torch.ones_like(losses), counted.nonzero()[:, 0])

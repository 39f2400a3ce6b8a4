"""Batched decoding with a KV cache: greedy, or sampled in groups that share their prompt's prefill."""

from __future__ import annotations

import torch
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration

from batches import Example, collate
from decoder import Decoder
from forward import hidden_states
from vocabulary import token_id

FULL = 0.8
"""Below this share of rows still at work the others are dropped."""


@torch.no_grad()
def generate(
    model: Qwen2_5_VLForConditionalGeneration,
    rows: list[Example],
    longest: int,
    *,
    copies: int = 1,
    temperature: float = 0.0,
    random: torch.Generator | None = None,
) -> list[list[int]]:
    """Responses to prompts, `copies` of each in a row, the closing <|im_end|> included if it came within `longest`.

    At temperature 0 the token of the highest logit, ties to the lowest id. `random` lies on the model's device.
    """
    device = model.device
    end = token_id("<|im_end|>")
    batch = collate(rows, left=True).to(str(device))
    past = DynamicCache(config=model.config.text_config)
    hidden = hidden_states(model, batch, past)[:, -1]
    place = batch.positions[0, :, -1] + 1
    decoder = Decoder(model, past, batch.attended, copies, longest)
    logits = model.lm_head(hidden).float().repeat_interleave(copies, 0)
    place = place.repeat_interleave(copies, 0)
    said: list[list[int]] = [[] for _ in range(len(rows) * copies)]
    alive = torch.arange(len(said), device=device)
    going = torch.ones(len(said), dtype=torch.bool, device=device)
    for step in range(longest):
        if temperature > 0:
            shares = torch.softmax(logits / temperature, -1)
            tokens = torch.multinomial(shares, 1, generator=random)[:, 0]
        else:
            tokens = logits.argmax(-1)
        for row, token, counts in zip(alive.tolist(), tokens.tolist(), going.tolist(), strict=True):
            if counts:
                said[row].append(token)
        going = going & (tokens != end)
        left = int(going.sum())
        if step + 1 == longest or left == 0:
            break
        if left < FULL * len(going):  # Rows that have ended leave the batch, many at a time: it costs a copy of the cache.
            keep = going.nonzero()[:, 0]
            decoder.keep(keep)
            alive, tokens, place, going = alive[keep], tokens[keep], place[keep], going[keep]
        logits = decoder.step(tokens, place)
        place = place + 1
    return said

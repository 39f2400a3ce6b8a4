"""Batched decoding with a KV cache: greedy, or sampled in groups that share their prompt's prefill."""

from __future__ import annotations

import torch
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration

from batches import Example, collate
from forward import hidden_states
from vocabulary import token_id


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
    attended = batch.attended.long()
    if copies > 1:
        past.batch_repeat_interleave(copies)
        hidden, place, attended = (value.repeat_interleave(copies, 0) for value in (hidden, place, attended))
    said: list[list[int]] = [[] for _ in range(len(rows) * copies)]
    alive = torch.arange(len(said), device=device)
    for step in range(longest):
        logits = model.lm_head(hidden).float()
        if temperature > 0:
            shares = torch.softmax(logits / temperature, -1)
            tokens = torch.multinomial(shares, 1, generator=random)[:, 0]
        else:
            tokens = logits.argmax(-1)
        for row, token in zip(alive.tolist(), tokens.tolist(), strict=True):
            said[row].append(token)
        going = tokens != end
        if step + 1 == longest or not going.any():
            break
        if not going.all():  # Rows that have ended leave the batch.
            keep = going.nonzero()[:, 0]
            past.batch_select_indices(keep)
            alive, tokens, place, attended = alive[keep], tokens[keep], place[keep], attended[keep]
        attended = torch.cat([attended, attended.new_ones(len(tokens), 1)], 1)
        hidden = model.model.language_model(
            inputs_embeds=model.model.language_model.embed_tokens(tokens[:, None]),
            position_ids=place[None, :, None].expand(3, -1, -1), attention_mask=attended, past_key_values=past, use_cache=True,
        ).last_hidden_state[:, -1]  # fmt: skip
        place = place + 1
    return said

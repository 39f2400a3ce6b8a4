"""Greedy decoding with a record of how clear each choice was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from transformers import DynamicCache, PreTrainedModel

from prompts import Inputs
from storage import significant
from vocabulary import token_id

NEW_TOKENS = 32
CLEAR_MARGIN = 1e-3
"""Below this share of the largest |logit| the choice could turn with another order of summation."""
STOPS = {
    token_id("<|im_end|>"): "eos",
    token_id("<|endoftext|>"): "eos",
    token_id("<|image_pad|>"): "image-pad",
    token_id("<|video_pad|>"): "video-pad",
}


@dataclass
class Answer:
    """A greedy continuation. The token that stops it is the last of `tokens`."""

    tokens: list[int] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)
    """(largest − second largest logit) / largest |logit|, per step."""
    stop: str = "length"
    logits: torch.Tensor = field(default_factory=lambda: torch.empty(0))
    """[vocabulary] f32 at the last prompt position."""

    @property
    def compared(self) -> int:
        """Leading steps whose choice is clear: compare these and no more."""
        unclear = (index for index, margin in enumerate(self.margins) if margin <= CLEAR_MARGIN)
        return next(unclear, len(self.margins))

    def to_json(self) -> dict:
        return {
            "tokens": self.tokens,
            "stop": self.stop,
            "compared": self.compared,
            "margins": [significant(margin) for margin in self.margins],
        }


@torch.no_grad()
def prefill(model: PreTrainedModel, inputs: Inputs, cache: DynamicCache, **options: bool):
    """One pass over the whole prompt."""
    return model(
        input_ids=inputs.input_ids,
        position_ids=inputs.position_ids,
        pixel_values=inputs.pixel_values,
        image_grid_thw=inputs.image_grid_thw,
        past_key_values=cache,
        use_cache=True,
        **options,
    )


@torch.no_grad()
def greedy(
    model: PreTrainedModel, inputs: Inputs, cache: DynamicCache | None = None, read: Callable = prefill
) -> Answer:
    """Decode up to NEW_TOKENS tokens; of equal logits the lowest id wins. `read` is how the prompt is read."""
    cache = DynamicCache() if cache is None else cache
    logits = read(model, inputs, cache).logits[0, -1]
    answer = Answer(logits=logits)
    while True:
        top = logits.topk(2).values
        token = int((logits == top[0]).nonzero()[0])
        answer.tokens.append(token)
        answer.margins.append(float((top[0] - top[1]) / logits.abs().max()))
        if token in STOPS:
            answer.stop = STOPS[token]
            return answer
        if len(answer.tokens) == NEW_TOKENS:
            return answer
        position = inputs.length + len(answer.tokens) - 1 + inputs.rope_delta
        logits = model(
            input_ids=torch.tensor([[token]]),
            position_ids=torch.full((3, 1, 1), position),
            past_key_values=cache,
            use_cache=True,
        ).logits[0, -1]

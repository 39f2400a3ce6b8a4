"""What the method does to a model: layers switched off, K/V swapped, layers taken from another checkpoint."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from transformers import DynamicCache, PreTrainedModel

from generation import prefill
from prompts import Inputs

KeyValues = dict[int, tuple[torch.Tensor, torch.Tensor]]
"""Per layer: keys after rotary and values, each [1, kv heads, positions, head dim]."""


@contextmanager
def ablated(model: PreTrainedModel, layer: int, part: str) -> Iterator[None]:
    """Switch off one layer's attention contribution, its MLP contribution, or both ("layer": output = input).

    The block still runs and still fills its cache; only what it adds to the residual stream becomes 0.
    """
    block = model.model.language_model.layers[layer]

    def silence(_module, _arguments, output):
        return (torch.zeros_like(output[0]), *output[1:]) if isinstance(output, tuple) else torch.zeros_like(output)

    modules = {"attention": [block.self_attn], "mlp": [block.mlp], "layer": [block.self_attn, block.mlp]}[part]
    handles = [module.register_forward_hook(silence) for module in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


class SwapCache(DynamicCache):
    """A cache that, at prefill only, replaces K and V of given positions at given layers."""

    def __init__(self, positions: list[int], replacement: KeyValues):
        super().__init__()
        self.positions = positions
        self.replacement = replacement

    def update(self, key_states, value_states, layer_idx, *args, **kwargs):
        if layer_idx in self.replacement and self.get_seq_length(layer_idx) == 0:
            key_states, value_states = key_states.clone(), value_states.clone()
            key_states[:, :, self.positions], value_states[:, :, self.positions] = self.replacement[layer_idx]
        return super().update(key_states, value_states, layer_idx, *args, **kwargs)


def replaced_after_image(positions: list[int], replacement: KeyValues) -> Callable:
    """A way to read a prompt: up to its picture's end as it is; then entries of the cache at the picture's positions are
    replaced; then the rest, which alone reads them."""

    def read(model: PreTrainedModel, inputs: Inputs, cache: DynamicCache):
        end = positions[-1] + 1
        prefill(model, replace(inputs, input_ids=inputs.input_ids[:, :end], position_ids=inputs.position_ids[..., :end]), cache)
        for layer, (keys, values) in replacement.items():
            entries = cache.layers[layer]
            entries.keys[:, :, positions], entries.values[:, :, positions] = keys, values
        rest = replace(
            inputs,
            input_ids=inputs.input_ids[:, end:],
            position_ids=inputs.position_ids[..., end:],
            pixel_values=None,
            image_grid_thw=None,
        )
        return prefill(model, rest, cache)

    return read


@contextmanager
def hidden_states_replaced(model: PreTrainedModel, layer: int, positions: list[int], states: torch.Tensor) -> Iterator[None]:
    """While a prompt is read, what enters the layer at the positions is `states` [positions, hidden]; the pass goes on."""

    def put(_module, arguments):
        if arguments[0].shape[1] <= positions[-1]:
            return None
        hidden = arguments[0].clone()
        hidden[:, positions] = states
        return (hidden, *arguments[1:])

    handle = model.model.language_model.layers[layer].register_forward_pre_hook(put)
    try:
        yield
    finally:
        handle.remove()


def image_key_values(cache: DynamicCache, positions: list[int]) -> KeyValues:
    """K (after rotary) and V of the source run at its image positions, every layer."""
    return {
        index: (layer.keys[:, :, positions].clone(), layer.values[:, :, positions].clone())
        for index, layer in enumerate(cache.layers)
    }


def resample(states: torch.Tensor, count: int) -> torch.Tensor:
    """Linear along the token axis, ends on ends: target token i reads source position i · (S − 1) / (T − 1)."""
    source = states.shape[2]
    place = torch.arange(count, dtype=torch.float64) * (source - 1) / max(count - 1, 1)
    below = place.floor().long().clamp(max=source - 1)
    above = (below + 1).clamp(max=source - 1)
    weight = (place - below).to(states.dtype)[:, None]
    return states[:, :, below] * (1 - weight) + states[:, :, above] * weight


@contextmanager
def injected(model: PreTrainedModel, features: list[torch.Tensor] | None) -> Iterator[None]:
    """While the prompt is read, DeepStack adds these features instead of the pictures' own, or nothing."""
    language = model.model.language_model
    add, rest = language._deepstack_process, iter(features or [])
    language._deepstack_process = lambda hidden, mask, _own: hidden if features is None else add(hidden, mask, next(rest))
    try:
        yield
    finally:
        del language._deepstack_process


def layers_swapped(mode: str, layer: int, count: int) -> Iterable[int]:
    """"single": that layer. "from-layer": that layer and all after it."""
    return [layer] if mode == "single" else range(layer, count)


def stitched(
    first: PreTrainedModel, second: PreTrainedModel, donors: str
) -> PreTrainedModel:
    """Layer i from the donor that `donors[i]` ("a" or "b") names; everything that is no layer from `first`."""
    model = copy.deepcopy(first)
    for index, donor in enumerate(donors):
        if donor == "b":
            model.model.language_model.layers[index] = second.model.language_model.layers[index]
    return model

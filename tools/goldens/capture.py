"""Recording what a model computes on the way: vision tower, hidden states, K/V, attention onto the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from transformers import DynamicCache, PreTrainedModel

from cases import Case
from generation import Answer, prefill
from prompts import Inputs


@contextmanager
def listening(modules: dict[str, nn.Module], keep: Callable[[str, torch.Tensor], None]) -> Iterator[None]:
    """Call `keep(name, output)` on every output of the modules."""

    def listener(name: str):
        return lambda _module, _arguments, output: keep(name, output[0] if isinstance(output, tuple) else output)

    handles = [module.register_forward_hook(listener(name)) for name, module in modules.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def record_vision(
    model: PreTrainedModel, inputs: Inputs, case: Case
) -> dict[str, torch.Tensor]:
    """`<case>.vision` [merged tokens, hidden] in image order, pictures one after the other; of a model with DeepStack
    also `<case>.vision.deepstack.<i>`, of the same shape, what is added after LLM layer i.

    With "vision" inside also `<case>.vision.patches` [patches, vision hidden] (patch embedding, image order) and
    `<case>.vision.block.<i>` [patches, vision hidden] in *window* order.
    """
    tensors: dict[str, torch.Tensor] = {}
    visual = model.model.visual
    modules: dict[str, nn.Module] = {}
    if case.inside == "vision":
        modules = {f"{case.name}.vision.block.{index}": block for index, block in enumerate(visual.blocks)}
        modules[f"{case.name}.vision.patches"] = visual.patch_embed
    with listening(modules, lambda name, output: tensors.__setitem__(name, output.clone())):
        features = model.get_image_features(inputs.pixel_values, inputs.image_grid_thw, return_dict=True)
    tensors[f"{case.name}.vision"] = torch.cat(list(features.pooler_output))
    for index, feature in enumerate(deepstack(features)):
        tensors[f"{case.name}.vision.deepstack.{index}"] = feature
    return tensors


def deepstack(features: object) -> list[torch.Tensor]:
    """The features that DeepStack adds, [merged tokens, hidden] each, pictures one after the other; none without it."""
    return [torch.cat(list(pictures)) for pictures in getattr(features, "deepstack_features", None) or []]


@torch.no_grad()
def record_hidden_states(
    model: PreTrainedModel, inputs: Inputs, case: Case
) -> dict[str, torch.Tensor]:
    """`<case>.hidden.0` (embeddings, picture in place) … `<case>.hidden.<L>` (what enters the final norm), [S, hidden]:
    what enters each layer, so with what DeepStack adds; `<case>.hidden.normed` [hidden], the last position after the
    final norm.

    With "key-values" inside also `<case>.keys` (after rotary) and `<case>.values`, [L, kv heads, S, head dim].
    """
    tensors: dict[str, torch.Tensor] = {}
    language = model.model.language_model

    def keeper(name: str):
        return lambda _module, arguments: tensors.__setitem__(name, arguments[0][0].clone())

    handles = [
        module.register_forward_pre_hook(keeper(f"{case.name}.hidden.{index}"))
        for index, module in enumerate([*language.layers, language.norm])
    ]
    cache = DynamicCache()
    with listening({"norm": language.norm}, lambda name, output: tensors.__setitem__(name, output[0].clone())):
        prefill(model, inputs, cache)
    for handle in handles:
        handle.remove()
    tensors[f"{case.name}.hidden.normed"] = tensors.pop("norm")[-1].clone()
    if case.inside == "key-values":
        tensors[f"{case.name}.keys"] = torch.cat([layer.keys for layer in cache.layers])
        tensors[f"{case.name}.values"] = torch.cat([layer.values for layer in cache.layers])
    return tensors


@torch.no_grad()
def attention_on_image(
    model: PreTrainedModel,
    inputs: Inputs,
    answer: Answer,
    case: str,
    tensors: dict[str, torch.Tensor],
) -> dict:
    """Attention of each position that chose a token onto all image positions, teacher-forced on the greedy answer.

    `<case>.attention.mass` [L, heads, queries]: the sum over image keys. The mean is mass / number of image positions.
    """
    fed = answer.tokens[:-1]
    positions = inputs.length + inputs.rope_delta + torch.arange(len(fed))
    forced = Inputs(
        inputs.prompt,
        torch.cat([inputs.input_ids, torch.tensor([fed], dtype=torch.long)], dim=1),
        torch.cat([inputs.position_ids, positions.expand(3, 1, -1)], dim=2),
        inputs.rope_delta,
        inputs.pixel_values,
        inputs.image_grid_thw,
    )
    attentions = prefill(model, forced, DynamicCache(), output_attentions=True).attentions
    queries = list(range(inputs.length - 1, forced.length))
    mass = torch.cat([layer[:, :, queries][..., inputs.image_positions].sum(-1) for layer in attentions])
    tensors[f"{case}.attention.mass"] = mass
    return {"queries": queries, "keys": len(inputs.image_positions), "mass": f"{case}.attention.mass"}

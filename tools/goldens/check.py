"""Check the oracle against transformers' own paths: `python tools/goldens/check.py`, after make.py.

Greedy decoding against `model.generate`, the silenced layer against a layer whose `forward` is the identity, the swap of
a picture with itself against no swap, that of all layers against the source's own run, that of all layers from one on against the source's hidden
states put in there, the capture of hidden states against `output_hidden_states`.
"""

from __future__ import annotations

from contextlib import nullcontext

import torch
from transformers import DynamicCache, GenerationConfig, PreTrainedModel

from capture import record_hidden_states
from cases import CASES, Case
from checkpoints import load_model
from expected import image_processor, injections
from generation import NEW_TOKENS, STOPS, greedy, prefill
from interventions import SwapCache, ablated, hidden_states_replaced, image_key_values, layers_swapped, replaced_after_image
from make import DATA
from prompts import Inputs, prepare
from shapes import SHAPES
from shapes_qwen2_vl import QWEN2_VL_SHAPES
from shapes_qwen3_vl import QWEN3_VL_SHAPES
from vocabulary import load_tokenizer, token_id


def main() -> None:
    torch.set_num_threads(1)
    for shape in [*SHAPES, *QWEN2_VL_SHAPES, *QWEN3_VL_SHAPES]:
        folder = DATA / "checkpoints" / shape.name
        model, tokenizer, processor = load_model(folder), load_tokenizer(folder), image_processor(folder)
        for case in CASES:
            inputs = prepare(model, tokenizer, processor, case.messages, list(case.images))
            check_generate(model, inputs)
            check_identity(model, inputs)
            check_hidden_states(model, inputs)
            if case.images:
                check_swap_with_itself(model, inputs)
            for source in case.sources[:1]:
                other = prepare(model, tokenizer, processor, case.messages, [source])
                check_swap_of_all(model, inputs, other)
                check_from_layer(model, inputs, other)
        print(f"{shape.name}: generate, identity layer, hidden states, self-swap, whole swap and swap from a layer on agree")


@torch.no_grad()
def check_generate(model: PreTrainedModel, inputs: Inputs) -> None:
    """Same tokens from `generate` with nothing but greedy decoding asked for; it finds the positions by itself."""
    settings = GenerationConfig(
        max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=list(STOPS), pad_token_id=token_id("<|endoftext|>")
    )
    # The folder's own settings (a repetition penalty, say) would fill what is not given here.
    model.generation_config = settings
    pictures = {"pixel_values": inputs.pixel_values, "image_grid_thw": inputs.image_grid_thw}
    output = model.generate(
        input_ids=inputs.input_ids,
        attention_mask=torch.ones_like(inputs.input_ids),
        mm_token_type_ids=(inputs.input_ids == token_id("<|image_pad|>")).int(),
        generation_config=settings,
        **(pictures if inputs.image_grid_thw is not None else {}),
    )
    same(output[0, inputs.length :].tolist(), greedy(model, inputs).tokens, "generate")


@torch.no_grad()
def check_identity(model: PreTrainedModel, inputs: Inputs) -> None:
    """Same prefill logits from the last layer silenced and from the last layer's forward replaced by the identity."""
    last = len(model.model.language_model.layers) - 1
    block = model.model.language_model.layers[last]
    with ablated(model, last, "layer"):
        silenced = prefill(model, inputs, DynamicCache()).logits
    block.forward = lambda hidden_states, **_keywords: hidden_states
    try:
        identity = prefill(model, inputs, DynamicCache()).logits
    finally:
        del block.forward
    same(silenced.tolist(), identity.tolist(), "identity layer")


@torch.no_grad()
def check_hidden_states(model: PreTrainedModel, inputs: Inputs) -> None:
    """The last entry of `output_hidden_states` is after the final norm: the head gives the logits from it."""
    output = prefill(model, inputs, DynamicCache(), output_hidden_states=True)
    same(model.lm_head(output.hidden_states[-1]).tolist(), output.logits.tolist(), "hidden states")


@torch.no_grad()
def check_swap_with_itself(model: PreTrainedModel, inputs: Inputs) -> None:
    """Replacing K/V by the same K/V changes nothing."""
    cache = DynamicCache()
    prefill(model, inputs, cache)
    swap = SwapCache(inputs.image_positions, image_key_values(cache, inputs.image_positions))
    same(greedy(model, inputs, swap).logits.tolist(), greedy(model, inputs).logits.tolist(), "swap with itself")


@torch.no_grad()
def check_swap_of_all(model: PreTrainedModel, inputs: Inputs, source: Inputs) -> None:
    """With every layer's K and V of the picture from a source of the same size, whatever DeepStack adds: the source's logits."""
    cache = DynamicCache()
    wanted = prefill(model, source, cache).logits[0, -1]
    for injecting in injections(model, source, len(inputs.image_positions)).values():
        swap = SwapCache(inputs.image_positions, image_key_values(cache, source.image_positions))
        with injecting():
            found = prefill(model, inputs, swap).logits[0, -1]
        torch.testing.assert_close(found, wanted, rtol=0, atol=1e-5 * float(wanted.abs().max()))


@torch.no_grad()
def check_from_layer(model: PreTrainedModel, inputs: Inputs, source: Inputs) -> None:
    """With equal prompts and pictures of as many tokens, the source's hidden states entering a layer (with DeepStack, and its features
    added) are its K and V from there on, and who reads these makes no difference: the same logits and answers."""
    states = record_hidden_states(model, source, Case("source", []))
    cache = DynamicCache()
    prefill(model, source, cache)
    positions = inputs.image_positions
    replacement = image_key_values(cache, source.image_positions)
    injecting = injections(model, source, len(positions)).get("source", nullcontext)
    for layer in range(len(replacement)):
        chosen = {index: replacement[index] for index in layers_swapped("from-layer", layer, len(replacement))}
        state = states[f"source.hidden.{layer}"][source.image_positions]
        with injecting():
            swapped = greedy(model, inputs, SwapCache(positions, chosen))
        with injecting():
            read_by_text = greedy(model, inputs, read=replaced_after_image(positions, chosen))
        with injecting(), hidden_states_replaced(model, layer, positions, state):
            put_in = greedy(model, inputs)
        for found in (read_by_text, put_in):
            torch.testing.assert_close(found.logits, swapped.logits, rtol=0, atol=1e-5 * float(swapped.logits.abs().max()))
            same(found.tokens[: swapped.compared], swapped.tokens[: swapped.compared], f"swap from layer {layer}")


def same(found: object, expected: object, what: str) -> None:
    if found != expected:
        raise AssertionError(f"{what}: {found!r:.200} is not {expected!r:.200}")


if __name__ == "__main__":
    main()

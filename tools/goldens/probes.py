"""What the probes of the app are held to: `python tools/goldens/probes.py`, after make.py.

Written to data/expected/probes.json and probes.safetensors: attention of generated tokens onto the picture (eager), each key by
itself and summed; the logit lens; one model's hidden states put into another by hooks; NumPy's choice of samples. The same of
two checkpoints with DeepStack, and each layer silenced with what is added after it, in probes-qwen3.json and .safetensors.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from transformers import DynamicCache, PreTrainedModel

from capture import deepstack, listening
from cases import CASES, Case
from checkpoints import load_model
from expected import image_processor
from generation import NEW_TOKENS, STOPS, Answer, greedy, prefill
from interventions import ablated, injected
from prompts import Inputs, prepare
from storage import significant, write_json, write_tensors
from vocabulary import load_tokenizer

DATA = Path(__file__).parent / "data"
RECIPIENT, DONOR = "untied-gqa2-f16", "untied-gqa2-f16-b"
DEEPSTACK_RECIPIENT, DEEPSTACK_DONOR = "qwen3-untied-bf16", "qwen3-untied-bf16-b"
SAMPLED = [(300, 10, 123), (500, 100, 123), (1319, 100, 123), (7, 5, 0), (624, 300, 4294967295), (100, 100, 5)]
"""n, k, seed of `RandomState(seed).choice(arange(n), k, replace=False)`."""


def main() -> None:
    torch.set_num_threads(1)
    samples = [{"n": n, "k": k, "seed": seed, "chosen": chosen(n, k, seed)} for n, k, seed in SAMPLED]
    write_probes("probes", RECIPIENT, DONOR, {"samples": samples})
    write_probes("probes-qwen3", DEEPSTACK_RECIPIENT, DEEPSTACK_DONOR, {})


def write_probes(name: str, recipient_name: str, donor_name: str, more: dict) -> None:
    recipient, donor = (load_model(DATA / "checkpoints" / one) for one in (recipient_name, donor_name))
    folder = DATA / "checkpoints" / recipient_name
    tokenizer, processor = load_tokenizer(folder), image_processor(folder)
    tensors: dict[str, torch.Tensor] = {}
    cases = {}
    for case in CASES:
        inputs = prepare(recipient, tokenizer, processor, case.messages, list(case.images))
        cases[case.name] = {"lens": lens(recipient, inputs), "patched": patched_answers(recipient, donor, inputs)}
        if case.images:
            cases[case.name]["attention"] = attention(recipient, inputs, case, tensors)
            if features(recipient, inputs):
                cases[case.name]["ablatedWithInjection"] = ablated_with_injection(recipient, inputs)
    document = {"recipient": recipient_name, "donor": donor_name, "cases": cases, **more}
    write_json(DATA / "expected" / f"{name}.json", document)
    write_tensors(DATA / "expected" / f"{name}.safetensors", tensors)


@torch.no_grad()
def features(model: PreTrainedModel, inputs: Inputs) -> list[torch.Tensor]:
    """What DeepStack adds of the inputs' pictures."""
    if inputs.pixel_values is None:
        return []
    return deepstack(model.get_image_features(inputs.pixel_values, inputs.image_grid_thw, return_dict=True))


def ablated_with_injection(model: PreTrainedModel, inputs: Inputs) -> list[dict]:
    """Answers with each layer silenced, and nothing added after it."""
    own = features(model, inputs)
    answers = []
    for layer in range(len(model.model.language_model.layers)):
        left = [torch.zeros_like(added) if index == layer else added for index, added in enumerate(own)]
        with ablated(model, layer, "layer"), injected(model, left):
            answers.append(greedy(model, inputs).to_json())
    return answers


def chosen(n: int, k: int, seed: int) -> list[int]:
    """As the reference implementation draws its samples."""
    if k >= n:
        return list(range(n))
    return sorted(np.random.RandomState(seed).choice(np.arange(n), size=k, replace=False).tolist())


@torch.no_grad()
def attention(
    model: PreTrainedModel, inputs: Inputs, case: Case, tensors: dict[str, torch.Tensor]
) -> dict:
    """Rows of the generated tokens themselves (the one that ends the answer is never read) onto the picture's tokens.

    `<case>.map` [L, heads, queries, keys]; mass and mean of the whole answer per layer and head are in the JSON.
    """
    answer = greedy(model, inputs)
    read = answer.tokens[:-1] if answer.stop != "length" else answer.tokens
    positions = inputs.length + inputs.rope_delta + torch.arange(len(read))
    forced = Inputs(
        inputs.prompt,
        torch.cat([inputs.input_ids, torch.tensor([read], dtype=torch.long)], dim=1),
        torch.cat([inputs.position_ids, positions.expand(3, 1, -1)], dim=2),
        inputs.rope_delta,
        inputs.pixel_values,
        inputs.image_grid_thw,
    )
    layers = prefill(model, forced, DynamicCache(), output_attentions=True).attentions
    maps = torch.cat([layer[:, :, inputs.length :][..., inputs.image_positions] for layer in layers])
    tensors[f"{case.name}.map"] = maps
    # [L, heads, queries, keys] -> [L, heads]
    mass = maps.double().sum(-1).mean(-1)
    mean = mass / len(inputs.image_positions)
    return {
        "tokens": read,
        "keys": len(inputs.image_positions),
        "mass": [[significant(value, 9) for value in layer] for layer in mass.tolist()],
        "mean": [[significant(value, 9) for value in layer] for layer in mean.tolist()],
    }


@torch.no_grad()
def lens(model: PreTrainedModel, inputs: Inputs) -> list[dict]:
    """Final norm and head on the last position after the embedding and after each layer; `token` is the answer's first."""
    language = model.model.language_model
    states: dict[str, torch.Tensor] = {}
    modules = {str(index + 1): layer for index, layer in enumerate(language.layers)}

    def keep_input(_module, _arguments, keywords):
        states["0"] = keywords["inputs_embeds"][0, -1].clone()

    handle = language.register_forward_pre_hook(keep_input, with_kwargs=True)
    with listening(modules, lambda name, output: states.__setitem__(name, output[0, -1].clone())):
        token = int(prefill(model, inputs, DynamicCache()).logits[0, -1].argmax())
    handle.remove()
    readings = []
    for index in range(len(modules) + 1):
        logits = model.lm_head(language.norm(states[str(index)]))
        shares = logits.double().softmax(-1)
        top = int(logits.argmax())
        readings.append(
            {
                "top": top,
                "topProbability": significant(float(shares[top]), 7),
                "token": token,
                "probability": significant(float(shares[token]), 7),
                "rank": int((logits > logits[token]).sum()) + 1,
            }
        )
    return readings


def patched_answers(
    recipient: PreTrainedModel, donor: PreTrainedModel, inputs: Inputs
) -> list[dict]:
    """The recipient's answers when its hidden states before layer d are the donor's: d = 0 (embeddings) … L (norm)."""
    depth = len(recipient.model.language_model.layers)
    return [patched(recipient, donor, inputs, d).to_json() for d in range(depth + 1)]


@torch.no_grad()
def patched(
    recipient: PreTrainedModel, donor: PreTrainedModel, inputs: Inputs, depth: int
) -> Answer:
    """Greedy decoding of two models side by side: the donor runs on the same tokens, and at every position its hidden
    states take the place of the recipient's input to layer `depth` (to the final norm, after the last). What DeepStack
    adds in the recipient after that is the donor's, as vision tower and projectors are.
    """
    held: dict[str, torch.Tensor] = {}

    def into(model):
        language = model.model.language_model
        return language.norm if depth == len(language.layers) else language.layers[depth]

    def keep(_module, arguments, keywords):
        held["state"] = (arguments[0] if arguments else keywords["hidden_states"]).clone()

    def put(_module, arguments, keywords):
        if arguments:
            return (held["state"], *arguments[1:]), keywords
        return arguments, {**keywords, "hidden_states": held["state"]}

    handles = [
        into(donor).register_forward_pre_hook(keep, with_kwargs=True),
        into(recipient).register_forward_pre_hook(put, with_kwargs=True),
    ]
    caches = [DynamicCache(), DynamicCache()]
    answer = Answer()

    def step(**arguments) -> torch.Tensor:
        donor(**arguments, past_key_values=caches[0], use_cache=True)
        return recipient(**arguments, past_key_values=caches[1], use_cache=True).logits[0, -1]

    added = features(donor, inputs)
    try:
        with injected(recipient, added) if added else nullcontext():
            logits = step(
                input_ids=inputs.input_ids,
                position_ids=inputs.position_ids,
                pixel_values=inputs.pixel_values,
                image_grid_thw=inputs.image_grid_thw,
            )
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
            logits = step(input_ids=torch.tensor([[token]]), position_ids=torch.full((3, 1, 1), position))
    finally:
        for handle in handles:
            handle.remove()


if __name__ == "__main__":
    main()

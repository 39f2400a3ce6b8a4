"""Everything expected of one checkpoint: JSON for tokens and settings, tensors for numbers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import torch
from transformers import DynamicCache, PreTrainedModel, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from capture import attention_on_image, deepstack, record_hidden_states, record_vision
from cases import CASES, Case
from checkpoints import load_model
from generation import Answer, greedy, prefill
from interventions import SwapCache, ablated, image_key_values, injected, layers_swapped, replaced_after_image, resample
from prompts import Inputs, prepare
from storage import write_json, write_tensors
from vocabulary import load_tokenizer

Tensors = dict[str, torch.Tensor]


def write_expected(folder: Path, checkpoint: Path, thorough: bool) -> None:
    """Run every case on the checkpoint and write `<name>.json` and `<name>.safetensors`.

    Only a thorough one records the inside of the vision tower and K/V where a case asks for it.
    """
    model, tokenizer = load_model(checkpoint), load_tokenizer(checkpoint)
    processor = image_processor(checkpoint)
    tensors: Tensors = {}
    asked = [replace(case, inside=case.inside if thorough else "") for case in CASES]
    cases = {case.name: run_case(model, tokenizer, processor, case, tensors) for case in asked}
    document = {"checkpoint": checkpoint.name, "smallestMargin": smallest_margin(cases), "cases": cases}
    write_json(folder / f"{checkpoint.name}.json", document)
    write_tensors(folder / f"{checkpoint.name}.safetensors", tensors)


def smallest_margin(cases: dict[str, dict]) -> float:
    """The closest choice of any step of any answer."""
    answers = [answer for case in cases.values() for answer in (case["greedy"], *case["interventions"])]
    return min(margin for answer in answers for margin in answer["margins"])


def image_processor(checkpoint: Path) -> Qwen2VLImageProcessorPil:
    """The image processor as transformers reads it from a checkpoint folder."""
    return Qwen2VLImageProcessorPil.from_pretrained(checkpoint)


def run_case(
    model: PreTrainedModel,
    tokenizer: Qwen2Tokenizer,
    processor: Qwen2VLImageProcessorPil,
    case: Case,
    tensors: Tensors,
) -> dict:
    """One case: inputs, captures, the baseline answer, and the answer under every intervention."""
    inputs = prepare(model, tokenizer, processor, case.messages, list(case.images))
    if case.images:
        tensors.update(record_vision(model, inputs, case))
    tensors.update(record_hidden_states(model, inputs, case))
    baseline = greedy(model, inputs)
    tensors[f"{case.name}.logits"] = baseline.logits
    result = {
        "messages": case.messages,
        "images": list(case.images),
        "prompt": inputs.prompt,
        "inputIds": inputs.input_ids[0].tolist(),
        "positionIds": inputs.position_ids[:, 0].tolist(),
        "ropeDelta": inputs.rope_delta,
        "imageGridThw": [] if inputs.image_grid_thw is None else inputs.image_grid_thw.tolist(),
        "imagePositions": inputs.image_positions,
        "greedy": {**baseline.to_json(), "text": tokenizer.decode(baseline.tokens)},
    }
    if inputs.pixel_values is not None:
        result["pixelValues"] = sha256(inputs.pixel_values.numpy().tobytes()).hexdigest()
        result["attention"] = attention_on_image(model, inputs, baseline, case.name, tensors)
    result["interventions"] = [*ablations(model, inputs, case, tensors)]
    for source in case.sources:
        source_inputs = prepare(model, tokenizer, processor, case.messages, [source])
        result["interventions"] += swaps(model, inputs, source_inputs, case, source, tensors)
    return result


def record(answer: Answer, what: dict, name: str, tensors: Tensors) -> dict:
    """File an intervened answer; `logits` names the tensor."""
    tensors[name] = answer.logits
    return {**what, "logits": name, **answer.to_json()}


def ablations(model: PreTrainedModel, inputs: Inputs, case: Case, tensors: Tensors) -> list[dict]:
    """Every layer off, its attention off, its MLP off."""
    results = []
    for part in ("layer", "attention", "mlp"):
        for layer in range(model.config.text_config.num_hidden_layers):
            with ablated(model, layer, part):
                answer = greedy(model, inputs)
            what = {"kind": "ablate", "part": part, "layer": layer}
            results.append(record(answer, what, f"{case.name}.ablate.{part}.{layer}.logits", tensors))
    return results


def swaps(
    model: PreTrainedModel,
    inputs: Inputs,
    source_inputs: Inputs,
    case: Case,
    source: str,
    tensors: Tensors,
) -> list[dict]:
    """K/V of the picture replaced by the source's, at each layer alone and from each layer on; the former also with only what comes
    after the picture reading them.

    With DeepStack each of these three times: the target's own features added, the source's, and none.
    """
    cache = DynamicCache()
    prefill(model, source_inputs, cache)
    positions = inputs.image_positions
    replacement = image_key_values(cache, source_inputs.image_positions)
    resampled = len(positions) != len(source_inputs.image_positions)
    if resampled:
        replacement = {
            layer: (resample(keys, len(positions)), resample(values, len(positions)))
            for layer, (keys, values) in replacement.items()
        }
    results = []
    for injection, injecting in injections(model, source_inputs, len(positions)).items():
        for mode, reads in (("single", "all"), ("from-layer", "all"), ("single", "text")):
            for layer in range(len(replacement)):
                chosen = {index: replacement[index] for index in layers_swapped(mode, layer, len(replacement))}
                with injecting():
                    if reads == "all":
                        answer = greedy(model, inputs, SwapCache(positions, chosen))
                    else:
                        answer = greedy(model, inputs, read=replaced_after_image(positions, chosen))
                what = {"kind": "swap", "mode": mode, "layer": layer, "source": source, "resampled": resampled}
                name = f"{case.name}.swap.{source}.{mode}.{layer}"
                if reads != "all":
                    what, name = {**what, "reads": reads}, f"{name}.{reads}"
                if injection:
                    what, name = {**what, "injection": injection}, f"{name}.{injection}"
                results.append(record(answer, what, f"{name}.logits", tensors))
    return results


@torch.no_grad()
def injections(
    model: PreTrainedModel, source_inputs: Inputs, count: int
) -> dict[str, Callable[[], AbstractContextManager[None]]]:
    """What becomes of DeepStack's features under a swap, by name; a model without DeepStack has one way, without name."""
    images = model.get_image_features(source_inputs.pixel_values, source_inputs.image_grid_thw, return_dict=True)
    features = deepstack(images)
    if not features:
        return {"": nullcontext}
    if len(source_inputs.image_positions) != count:
        features = [resample(feature[None, None], count)[0, 0] for feature in features]
    return {
        "kept": nullcontext,
        "source": lambda: injected(model, features),
        "removed": lambda: injected(model, None),
    }

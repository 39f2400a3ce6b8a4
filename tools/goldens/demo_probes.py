"""What transformers with hooks makes of the demo family under the probes: the oracle of src/probes/demo-goldens.

    python tools/goldens/demo_probes.py           # remake after new weights in public/demo

Written to data/demo-probes/: swapped answers (one layer, read by all or by text alone, and from a layer on) to the first committed pairs of each task, one
of them with a source of another shape; answers without a layer, its attention or its MLP, to the first problems and visual
questions; attention mass of generated tokens on the picture, per layer and head. Greedy, f32, eager. A minute or two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from checkpoints import load_model
from interventions import (
    KeyValues,
    SwapCache,
    ablated,
    image_key_values,
    layers_swapped,
    replaced_after_image,
    resample,
)
from prompts import Inputs
from storage import render_json, significant

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "public" / "demo"
SETS = ROOT / "dataset" / "data"
OUT = Path(__file__).parent / "data" / "demo-probes"

SWAPPED = "in"
"""The checkpoint that is swapped and ablated."""
READ = ["in", "rl"]
"""Those whose attention is read."""
TASKS = ["ocr", "counting", "grounding", "recognition"]
PER_TASK = 3
QUESTIONS = ["problems", "general-vqa"]
LAYERS = [0, 4, 8, 11]
LONGEST = 32
TIE = 1e-3
"""Logits closer than this may turn with another order of summation: there comparison ends."""
IMAGE_PAD = "<|image_pad|>"
WIDE = "wide.png"


@dataclass
class Checkpoint:
    """A folder as transformers reads it, with eager attention."""

    model: Qwen2_5_VLForConditionalGeneration
    tokenizer: Qwen2Tokenizer
    processor: Qwen2VLImageProcessorPil


@dataclass
class Prompt:
    """A question with or without a picture, as the model takes it."""

    input_ids: torch.Tensor
    position_ids: torch.Tensor
    delta: int
    image_positions: list[int]
    pictures: dict


def read(name: str) -> Checkpoint:
    folder = DEMO / name
    return Checkpoint(
        load_model(folder), Qwen2Tokenizer.from_pretrained(folder), Qwen2VLImageProcessorPil.from_pretrained(folder)
    )


def sha256(name: str) -> str:
    """Of a checkpoint's weights: goldens of others are refused."""
    return hashlib.sha256((DEMO / name / "model.safetensors").read_bytes()).hexdigest()


def prepare(checkpoint: Checkpoint, question: str, picture: Path | None) -> Prompt:
    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    content = ([{"type": "image"}] if picture else []) + [{"type": "text", "text": question}]
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
    )
    pictures = {}
    if picture:
        batch = checkpoint.processor([Image.open(picture).convert("RGB")], return_tensors="pt")
        pictures = {"pixel_values": batch["pixel_values"].float(), "image_grid_thw": batch["image_grid_thw"]}
        text = text.replace(IMAGE_PAD, IMAGE_PAD * (int(batch["image_grid_thw"][0].prod()) // 4))
    ids = torch.tensor([tokenizer(text)["input_ids"]])
    kinds = (ids == tokenizer.convert_tokens_to_ids(IMAGE_PAD)).int()
    places = kinds[0].nonzero().flatten().tolist()
    if not picture:
        return Prompt(ids, torch.arange(ids.shape[1]).expand(3, 1, -1), 0, places, pictures)
    positions, deltas = model.model.get_rope_index(ids, kinds, image_grid_thw=pictures["image_grid_thw"])
    return Prompt(ids, positions, int(deltas[0, 0]), places, pictures)


@torch.no_grad()
def prefill(checkpoint: Checkpoint, prompt: Prompt, cache: DynamicCache, **options: bool):
    return checkpoint.model(
        input_ids=prompt.input_ids,
        position_ids=prompt.position_ids,
        **prompt.pictures,
        past_key_values=cache,
        use_cache=True,
        **options,
    )


def reading_alone(replacement: KeyValues) -> Callable:
    """As `prefill`, with only what comes after the picture reading what is replaced."""

    def reading(checkpoint: Checkpoint, prompt: Prompt, cache: DynamicCache):
        pictures = [prompt.pictures[name] for name in ("pixel_values", "image_grid_thw")]
        inputs = Inputs("", prompt.input_ids, prompt.position_ids, prompt.delta, *pictures)
        return replaced_after_image(prompt.image_positions, replacement)(checkpoint.model, inputs, cache)

    return reading


@torch.no_grad()
def greedy(
    checkpoint: Checkpoint, prompt: Prompt, cache: DynamicCache | None = None, read: Callable = prefill
) -> tuple[list[int], dict]:
    """Token ids without the one that ends the answer; and the text, with the number of characters before a near tie."""
    cache = DynamicCache() if cache is None else cache
    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    ends = set(model.generation_config.eos_token_id)
    logits = read(checkpoint, prompt, cache).logits[0, -1]
    tokens: list[int] = []
    clear = None
    while len(tokens) < LONGEST:
        top = logits.topk(2).values
        if clear is None and float(top[0] - top[1]) < TIE:
            clear = len(decode(tokenizer, tokens))
        token = int((logits == top[0]).nonzero()[0])
        if token in ends:
            break
        tokens.append(token)
        position = prompt.input_ids.shape[1] + len(tokens) - 1 + prompt.delta
        logits = model(
            input_ids=torch.tensor([[token]]),
            position_ids=torch.full((3, 1, 1), position),
            past_key_values=cache,
            use_cache=True,
        ).logits[0, -1]
    return tokens, {"text": decode(tokenizer, tokens), **({} if clear is None else {"clear": clear})}


def decode(tokenizer: Qwen2Tokenizer, tokens: list[int]) -> str:
    return tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)


def lines(path: Path, count: int) -> list[dict]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line, _ in zip(file, range(count))]


def swaps(checkpoint: Checkpoint) -> list[dict]:
    """Pairs with their plain and swapped answers. The last pair of each task has the wide picture for its source."""
    found = []
    for task in TASKS:
        folder = SETS / "pairs" / task
        for index, pair in enumerate(lines(folder / "data.jsonl", PER_TASK)):
            wide = index == PER_TASK - 1
            target = prepare(checkpoint, pair["prompt"], folder / pair["target_image"])
            source = prepare(checkpoint, pair["prompt"], OUT / WIDE if wide else folder / pair["source_image"])
            _, original = greedy(checkpoint, target)
            entry = {
                "task": task,
                "id": pair["id"],
                **({"source": WIDE} if wide else {}),
                "imageTokens": {"target": len(target.image_positions), "source": len(source.image_positions)},
                "original": original,
            }
            found.append({**entry, "swapped": list(swapped(checkpoint, target, source))})
    return found


def swapped(checkpoint: Checkpoint, target: Prompt, source: Prompt):
    cache = DynamicCache()
    prefill(checkpoint, source, cache)
    count = len(target.image_positions)
    states: KeyValues = {
        layer: (resample(keys, count), resample(values, count))
        for layer, (keys, values) in image_key_values(cache, source.image_positions).items()
    }
    for mode in ("single", "from-layer"):
        for layer in LAYERS:
            chosen = {index: states[index] for index in layers_swapped(mode, layer, len(states))}
            _, answer = greedy(checkpoint, target, SwapCache(target.image_positions, chosen))
            yield {"mode": mode, "layer": layer, **answer}
    for layer in LAYERS:
        _, answer = greedy(checkpoint, target, read=reading_alone({layer: states[layer]}))
        yield {"mode": "single", "reads": "text", "layer": layer, **answer}


def ablations(checkpoint: Checkpoint) -> list[dict]:
    found = []
    for kind in QUESTIONS:
        for item in lines(SETS / "items" / f"{kind}.jsonl", PER_TASK):
            picture = SETS / "items" / item["image"] if "image" in item else None
            prompt = prepare(checkpoint, item["question"], picture)
            answers = []
            for layer, part in [(None, None), *((layer, part) for layer in LAYERS for part in ("layer", "attention", "mlp"))]:
                with nullcontext() if part is None else ablated(checkpoint.model, layer, part):
                    _, answer = greedy(checkpoint, prompt)
                answers.append(answer if part is None else {"layer": layer, "part": part, **answer})
            found.append({"set": kind, "id": item["id"], "baseline": answers[0], "ablated": answers[1:]})
    return found


@torch.no_grad()
def attention(checkpoint: Checkpoint) -> list[dict]:
    """Mass [layers, heads] on the picture: summed over its tokens, mean over the answer's tokens as they are read."""
    found = []
    for item in lines(SETS / "items" / "general-vqa.jsonl", PER_TASK):
        prompt = prepare(checkpoint, item["question"], SETS / "items" / item["image"])
        tokens, answer = greedy(checkpoint, prompt)
        length = prompt.input_ids.shape[1]
        after = length + prompt.delta + torch.arange(len(tokens))
        forced = Prompt(
            torch.cat([prompt.input_ids, torch.tensor([tokens], dtype=torch.long)], dim=1),
            torch.cat([prompt.position_ids, after.expand(3, 1, -1)], dim=2),
            prompt.delta,
            prompt.image_positions,
            prompt.pictures,
        )
        layers = prefill(checkpoint, forced, DynamicCache(), output_attentions=True).attentions
        maps = torch.cat([layer[:, :, length:][..., prompt.image_positions] for layer in layers]).double()
        mass = maps.sum(-1).mean(-1).tolist()
        keys = len(prompt.image_positions)
        rounded = [[significant(value, 9) for value in layer] for layer in mass]
        found.append({"id": item["id"], **answer, "keys": keys, "queries": len(tokens), "mass": rounded})
    return found


def wide_picture() -> None:
    """A strip across the first source of the first task: another number of tokens than a square gives."""
    folder = SETS / "pairs" / TASKS[0]
    (pair,) = lines(folder / "data.jsonl", 1)
    picture = Image.open(folder / pair["source_image"]).convert("RGB")
    width, height = picture.size
    picture.crop((0, height // 4, width, height // 4 + height // 2)).save(OUT / WIDE, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    torch.set_num_threads(parser.parse_args().threads)
    started = time.monotonic()
    OUT.mkdir(parents=True, exist_ok=True)
    wide_picture()
    models = {name: read(name) for name in dict.fromkeys([SWAPPED, *READ])}
    document = {
        "sha256": {name: sha256(name) for name in models},
        "swapped": SWAPPED,
        "longest": LONGEST,
        "layers": LAYERS,
        "swaps": swaps(models[SWAPPED]),
        "ablations": ablations(models[SWAPPED]),
        "attention": [{"model": name, "items": attention(models[name])} for name in READ],
    }
    (OUT / "probes.json").write_text(render_json(document) + "\n", encoding="utf-8")
    print(f"{time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()

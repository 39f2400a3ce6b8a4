"""What transformers answers with the demo family: the oracle of src/demo/parity.

    python tools/goldens/demo.py                  # all checkpoints of public/demo; remake after new weights
    python tools/goldens/demo.py base in          # some of them

For each checkpoint, `data/demo/<name>.json`: greedy answers (f32, `generate` of transformers' own
Qwen2_5_VLForConditionalGeneration) to 50 held-out items of each task, token ids of the rendered chat template, a hash of
all texts' token ids, hashes of pixel values, and answers to the index's examples. Items come from the dataset's generator at 384 pixels, placed as
freely as the committed sets, so that a test in any language can draw them again. Takes some minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import numpy as np
import torch
import transformers
from PIL import Image
from transformers import Qwen2_5_VLForConditionalGeneration, Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "public" / "demo"
OUT = Path(__file__).parent / "data" / "demo"

ITEMS = 50
ALIGNMENT = 0.5
CANVAS = 384
LONGEST = 160
"""New tokens; the recipe's own limit."""
TIE = 1e-3
"""Logits closer than this may turn with another order of summation (we differ by some 1e-5): there comparison ends."""
SEEING = ["counting", "ocr", "grounding", "recognition", "attributes", "arithmetic"]
THINKING = ["problems", "general-vqa", "math-targeted-vqa", "clock", "maze", "move_box", "n_queens"]
IMAGE_PAD = "<|image_pad|>"


@dataclass
class Item:
    """A question and its picture, uint8 [384, 384, 3]."""

    prompt: str
    texts: list[str]
    picture: np.ndarray | None


@dataclass
class Checkpoint:
    """A folder as transformers reads it."""

    name: str
    model: Qwen2_5_VLForConditionalGeneration
    tokenizer: Qwen2Tokenizer
    processor: Qwen2VLImageProcessorPil


def drawn(task: str, cache: Path) -> list[Item]:
    """The first held-out items of a task."""
    folder = cache / task
    if not folder.exists():
        flags = {
            "task": task, "split": "eval", "count": ITEMS, "seed": 0, "size": CANVAS,
            "alignment": ALIGNMENT, "through": "direct", "out": folder,
        }  # fmt: skip
        words = [word for flag, value in flags.items() for word in (f"--{flag}", str(value))]
        subprocess.run(["node", "dataset/generate.mjs", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    items = [json.loads(line) for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    file = folder / "images.npy"
    pictures = np.load(file) if file.exists() else [None] * len(items)
    return [
        Item(item["prompt"], [item["prompt"], item["answer"], item["description"], item["rationale"]], picture)
        for item, picture in zip(items, pictures, strict=True)
    ]


def rendered(checkpoint: Checkpoint, item: Item) -> str:
    """The chat template's text, one pad for the picture."""
    content = [{"type": "image"}] if item.picture is not None else []
    messages = [{"role": "user", "content": [*content, {"type": "text", "text": item.prompt}]}]
    return checkpoint.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


def inputs(checkpoint: Checkpoint, items: list[Item]) -> tuple[dict, list[list[int]]]:
    """A left-padded batch for `generate`, and its rows' token ids."""
    pictures = [Image.fromarray(item.picture) for item in items if item.picture is not None]
    extra: dict = {}
    counts = iter([])
    if pictures:
        batch = checkpoint.processor(pictures, return_tensors="pt")
        extra = {"pixel_values": batch["pixel_values"].float(), "image_grid_thw": batch["image_grid_thw"]}
        counts = iter(int(thw.prod()) // 4 for thw in batch["image_grid_thw"])
    rows = []
    for item in items:
        text = rendered(checkpoint, item)
        if item.picture is not None:
            text = text.replace(IMAGE_PAD, IMAGE_PAD * next(counts))
        rows.append(checkpoint.tokenizer(text)["input_ids"])
    longest = max(map(len, rows))
    end = checkpoint.tokenizer.convert_tokens_to_ids("<|endoftext|>")
    ids = torch.tensor([[end] * (longest - len(row)) + row for row in rows])
    attended = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    pad = checkpoint.tokenizer.convert_tokens_to_ids(IMAGE_PAD)
    kinds = (ids == pad).int()
    return {"input_ids": ids, "attention_mask": attended, "mm_token_type_ids": kinds, **extra}, rows


@torch.no_grad()
def answers(checkpoint: Checkpoint, batch: dict) -> tuple[list[str], dict[str, int]]:
    """Greedy answers as text, and for each that comes near a tie how many characters stand before it."""
    found = checkpoint.model.generate(
        **batch, max_new_tokens=LONGEST, do_sample=False, return_dict_in_generate=True, output_logits=True
    )
    said = found.sequences[:, batch["input_ids"].shape[1] :].tolist()
    top = torch.stack(found.logits).topk(2).values
    margins = (top[..., 0] - top[..., 1]).T.tolist()
    ends = set(checkpoint.model.generation_config.eos_token_id)
    texts, near = [], {}
    for row, (tokens, clear) in enumerate(zip(said, margins, strict=True)):
        length = next((index for index, token in enumerate(tokens) if token in ends), len(tokens))
        texts.append(decode(checkpoint, tokens[:length]))
        tie = next((index for index, margin in enumerate(clear[: length + 1]) if margin < TIE), None)
        if tie is not None:
            near[str(row)] = len(decode(checkpoint, tokens[:tie]))
    return texts, near


def decode(checkpoint: Checkpoint, tokens: list[int]) -> str:
    return checkpoint.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def golden(checkpoint: Checkpoint, cache: Path) -> dict:
    """Everything about one checkpoint."""
    tasks = {}
    for task in SEEING + (THINKING if checkpoint.name != "base" else []):
        items = drawn(task, cache)
        batch, rows = inputs(checkpoint, items)
        texts, near = answers(checkpoint, batch)
        ids = [checkpoint.tokenizer(text)["input_ids"] for item in items for text in item.texts]
        for item, row in zip(items, ids[::4], strict=True):
            assert decode(checkpoint, row) == item.prompt
        alone, _ = inputs(checkpoint, items[:1])
        single, _ = answers(checkpoint, alone)
        # A batch is padded; what padding changes must be less than what we compare.
        assert single[0] == texts[0] or "0" in near, (task, single[0], texts[0])
        tasks[task] = {
            "promptIds": rows[0],
            "textIds": digest(json.dumps(ids, separators=(",", ":")).encode()),
            **({"pixelValues": digest(alone["pixel_values"].numpy().tobytes())} if "pixel_values" in alone else {}),
            "answers": texts,
            "near": near,
        }
        print(f"{checkpoint.name:16} {task:18} near a tie {len(near):2}   {texts[0][:60]!r}", flush=True)
    return {
        "name": checkpoint.name,
        "sha256": digest((DEMO / checkpoint.name / "model.safetensors").read_bytes()),
        "transformers": transformers.__version__,
        "items": ITEMS,
        "alignment": ALIGNMENT,
        "longest": LONGEST,
        "examples": examples(checkpoint),
        "tasks": tasks,
    }


def examples(checkpoint: Checkpoint) -> dict[str, str]:
    """Answers to what lies ready in Try it, by picture; a near tie is refused: another example is wanted then."""
    found = {}
    for entry in json.loads((DEMO / "index.json").read_text(encoding="utf-8"))["examples"]:
        picture = np.array(Image.open(DEMO / entry["name"]).convert("RGB"))
        batch, _ = inputs(checkpoint, [Item(entry["question"], [], picture)])
        (text,), near = answers(checkpoint, batch)
        if near:
            raise ValueError(f"{checkpoint.name} is undecided about {entry['name']}: choose another example in index.py")
        found[entry["name"]] = text
    return found


def read(name: str) -> Checkpoint:
    folder = DEMO / name
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")
    return Checkpoint(
        name, model.eval(), Qwen2Tokenizer.from_pretrained(folder), Qwen2VLImageProcessorPil.from_pretrained(folder)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--threads", type=int, default=1)
    flags = parser.parse_args()
    torch.set_num_threads(flags.threads)
    OUT.mkdir(parents=True, exist_ok=True)
    names = flags.names or sorted(path.parent.name for path in DEMO.glob("*/model.safetensors"))
    with tempfile.TemporaryDirectory() as cache:
        for name in names:
            found = golden(read(name), Path(cache))
            (OUT / f"{name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

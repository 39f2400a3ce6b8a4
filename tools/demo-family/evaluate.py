"""Held-out accuracy of an exported folder, by task and form, with Wilson's 95 % intervals.

    python evaluate.py public/demo/base --out runs/eval/base.json [--count 320] [--think]

Answers are greedy, from the bf16 weights widened to f32. Pictures are drawn at 384 pixels and scaled down as the
processor does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path

import torch

from batches import Example, examples
from checkpoint_folder import read_folder
from generation import generate
from grading import answer_of, correct, well_formed, wilson
from prompts import Form
from streams import held_out
from vocabulary import token_id, tokenizer

PERCEPTION = ["counting", "ocr", "grounding", "recognition", "attributes", "arithmetic"]
QUESTIONS = ["general-vqa", "math-targeted-vqa", "clock", "maze", "move_box", "n_queens"]
OUT_OF_DOMAIN = ["number_slide", "water_jugs", "tower_of_hanoi", "checker_move"]


def asked(thinks: bool) -> list[tuple[str, Form]]:
    """Tasks and forms. A model that thinks is also asked about descriptions in place of pictures."""
    forms: list[tuple[str, Form]] = [(task, "direct") for task in PERCEPTION]
    if not thinks:
        return [*forms, ("general-vqa", "direct")]
    forms += [("problems", "think")] + [(task, "think") for task in QUESTIONS + OUT_OF_DOMAIN]
    return forms + [(task, "text") for task in QUESTIONS + OUT_OF_DOMAIN]


def measure(model, rows: list[Example], at_once: int, longest: int) -> dict:
    """Accuracy of one task in one form."""
    end = token_id("<|im_end|>")
    order = sorted(range(len(rows)), key=lambda index: len(rows[index].ids))
    hits, formed, tokens, closed, by_type = 0, 0, 0, 0, {}
    for first in range(0, len(order), at_once):
        part = [rows[index] for index in order[first : first + at_once]]
        for row, ids in zip(part, generate(model, part, longest), strict=True):
            text = tokenizer().decode([token for token in ids if token != end], skip_special_tokens=False)
            right = correct(row.item, answer_of(text))
            hits += right
            formed += well_formed(text)
            closed += ids[-1] == end
            tokens += len(ids)
            by_type.setdefault(row.item["questionType"], []).append(right)
    n = len(rows)
    low, high = wilson(hits, n)
    return {
        "n": n, "correct": hits, "accuracy": hits / n, "low": low, "high": high,
        "well_formed": formed / n, "closed": closed / n, "tokens": tokens / n,
        "by_type": {kind: [sum(got), len(got)] for kind, got in sorted(by_type.items())},
    }  # fmt: skip


def evaluate(
    folder: Path, cache: Path, counts: dict[str, int], count: int, thinks: bool, alignment: float, at_once: int, longest: int
) -> dict:
    """All tasks of a folder, on `count` items each, or as many as `counts` gives a task."""
    model = read_folder(folder)
    results = {}
    for task, form in asked(thinks):
        items, pictures = held_out(cache, task, counts.get(task, count), alignment)
        drawn = [(item, form, None if pictures is None else pictures[row]) for row, item in enumerate(items)]
        begun = time.monotonic()
        results[f"{task}/{form}"] = found = measure(model, examples(drawn, answered=False), at_once, longest)
        print(
            f"{task:18} {form:7} {found['accuracy']:6.1%} [{found['low']:.1%}, {found['high']:.1%}]"
            f"  well-formed {found['well_formed']:.1%}  {len(drawn) / (time.monotonic() - begun):.0f}/s",
            flush=True,
        )
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    return {"model": folder.name, "sha256": digest, "alignment": alignment, "thinks": thinks, "tasks": results}


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(__file__).with_name("cache"))
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--counts", default="", help="items of single tasks, e.g. maze=1280,clock=640")
    parser.add_argument("--think", action="store_true", help="IN and RL: also the questions answered by thinking")
    parser.add_argument("--alignment", type=float, default=0.5, help="as the committed sets")
    parser.add_argument("--at-once", type=int, default=160)
    parser.add_argument("--longest", type=int, default=160)
    parser.add_argument("--threads", type=int, default=2)
    flags = parser.parse_args(words)
    torch.set_num_threads(flags.threads)
    counts = {task: int(count) for task, _, count in (word.partition("=") for word in flags.counts.split(",") if word)}
    found = evaluate(flags.folder, flags.cache, counts, flags.count, flags.think, flags.alignment, flags.at_once, flags.longest)
    flags.out.parent.mkdir(parents=True, exist_ok=True)
    flags.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

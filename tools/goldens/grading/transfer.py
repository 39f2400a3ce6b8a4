"""A small result folder in the reference's layout, and what NumPy, SciPy and statsmodels say of it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import numpy as np
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

VARIANTS = {"IN": 0.45, "RL": 0.65, "IN:RL:RL": 0.8, "RL:IN:IN": 0.5}
EXPERIMENTS = {
    "perception_general_vqa": ("M_vis", ["A_image_prompt", "B_black_image_prompt"]),
    "alignment_math_vqa": ("M_v2r", ["A_image_prompt", "B_black_desc_prompt"]),
    "reasoning_math500": ("M_rea", ["A_prompt_only"]),
}
SAMPLES = 18


def write_transfer(folder: Path) -> dict:
    """Writes the folder; returns the table."""
    draw = random.Random(3)
    outcomes: dict[str, dict[str, np.ndarray]] = {}
    for variant, skill in VARIANTS.items():
        outcomes[variant] = {}
        for experiment, (metric, settings) in EXPERIMENTS.items():
            right = []
            for number, setting in enumerate(settings):
                lines = [record(draw, index, variant, experiment, setting, skill - 0.25 * number) for index in range(SAMPLES)]
                right.append(np.array([line["correct_primary"] for line in lines]))
                path = folder / "results" / re.sub(r"[^a-zA-Z0-9_.-]+", "_", variant) / experiment / f"{setting}.jsonl"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(json.dumps(line) + "\n" for line in lines))
            a, b = right[0], right[-1]
            outcomes[variant][metric] = {"M_vis": a & ~b, "M_v2r": a & b, "M_rea": a}[metric]
            outcomes[variant][f"{metric}/pair"] = (a, b)
    return {variant: {metric: cell(outcomes, variant, metric) for metric, _ in EXPERIMENTS.values()} for variant in VARIANTS}


def record(draw: random.Random, index: int, variant: str, experiment: str, setting: str, skill: float) -> dict:
    rule, judge = draw.random() < skill, draw.choice([None, None, True, False])
    return {
        "id": str(index), "input_type": "image_question", "question": f"Question {index}", "gold_answer": "7",
        "predicted": "7" if rule else "8", "correct": rule, "full_response": "", "model_type": "reasoner",
        "dataset": experiment, "model": variant, "setting": setting, "correct_gpt": judge,
        "correct_primary": rule if judge is None else judge,
    }  # fmt: skip


def cell(outcomes: dict, variant: str, metric: str) -> dict:
    hits = outcomes[variant][metric]
    low, high = proportion_confint(int(hits.sum()), len(hits), method="wilson")
    a, b = outcomes[variant][f"{metric}/pair"]
    found = {
        "n": len(hits), "hits": int(hits.sum()), "value": float(hits.mean()), "low": float(low), "high": float(high),
        "transitions": [int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum())],
    }  # fmt: skip
    if variant == "IN":
        return found
    others = [name for name in VARIANTS if name != "IN"]
    values = [p_value(outcomes["IN"][metric], outcomes[name][metric]) for name in others]
    place = others.index(variant)
    found["p"] = values[place]
    found["adjusted"] = float(multipletests(values, method="holm")[1][place])
    found["delta"] = float(hits.mean() - outcomes["IN"][metric].mean())
    return found


def p_value(before: np.ndarray, after: np.ndarray) -> float:
    lost, gained = int((before & ~after).sum()), int((~before & after).sum())
    return float(binomtest(lost, lost + gained).pvalue) if lost + gained else 1.0

"""The six rewards of docs/method.md §9.2 (P2): R = Σ α·score over tags, the answer's score being its correctness."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from grading import answer_of, correct

WEIGHTS: dict[str, dict[str, float]] = {
    "vanilla": {"think": 0.1, "answer": 0.9},
    "only-accuracy": {"answer": 1.0},
    "mixture": {"description": 0.06, "think": 0.06, "rethink": 0.08, "answer": 0.80},
    "continuous": {"description": 0.06, "think": 0.06, "rethink": 0.08, "answer": 0.80},
    "visual-fusion": {"think": 0.1, "visual": 0.1, "answer": 0.8},
    "no-accuracy": {"description": 0.3, "think": 0.3, "rethink": 0.3, "answer": 0.1},
}
"""Alphas by reward and tag. `description` is <description>, the image description; `visual` is <visual> inside <think>."""

Reward = Callable[[dict, str], float]
"""Of an item and a response."""


def inside(response: str, tag: str) -> str | None:
    """What the first <tag>…</tag> holds, inner tags taken off; None where there is none."""
    found = re.search(rf"<{tag}>(.*?)</{tag}>", response, re.S)
    return re.sub(r"<[^>]*>", " ", found.group(1)) if found else None


def thoughts(response: str) -> str:
    """<think>…</think> with its inner tags; empty where there is none."""
    found = re.search(r"<think>.*?</think>", response, re.S)
    return found.group() if found else ""


def sentences(text: str) -> list[str]:
    """Sentences, trimmed and in lower case. A full stop between digits ends none."""
    parts = re.split(r"[.!?](?=\s|$)|\n", text)
    return [part.strip().lower() for part in parts if part.strip()]


def tag_score(text: str | None) -> float:
    """tanh(unique sentences) − tanh(sentences said again); 0 without the tag."""
    if text is None:
        return 0.0
    said = sentences(text)
    unique = len(set(said))
    return math.tanh(unique) - math.tanh(len(said) - unique)


def clock_credit(right: str, given: str) -> float:
    """½·hour + ½·minute, by circular distance."""
    times = [re.fullmatch(r"(\d{1,2}):(\d{2})", text) for text in (right, given)]
    if not all(times):
        return 0.0
    (hour_a, minute_a), (hour_b, minute_b) = (tuple(map(int, time.groups())) for time in times)
    hours = min((hour_a - hour_b) % 12, (hour_b - hour_a) % 12)
    minutes = min((minute_a - minute_b) % 60, (minute_b - minute_a) % 60)
    return 0.5 * (0 if hours > 2 else 1 - hours / 5) + 0.5 * (0 if minutes > 10 else 1 - minutes / 20)


def partial_credit(item: dict, answer: str) -> float:
    """Near answers score in part: times by hour and minute, whole numbers 1/(1+|d|) up to a distance of 5."""
    right = item["answer"]
    if ":" in right:
        return clock_credit(right, answer)
    if re.fullmatch(r"\d+", right) and re.fullmatch(r"\d+", answer):
        distance = abs(int(right) - int(answer))
        return 0.0 if distance > 5 else 1 / (1 + distance)
    return float(correct(item, answer))


def reward(name: str) -> Reward:
    """A reward by its name in `WEIGHTS`."""
    alphas = WEIGHTS[name]

    def scored(item: dict, response: str) -> float:
        total = 0.0
        for tag, alpha in alphas.items():
            if tag != "answer":
                total += alpha * tag_score(inside(thoughts(response) if tag == "visual" else response, tag))
                continue
            given = inside(response, "answer")
            if name == "no-accuracy":
                total += alpha * (given is not None)
            elif given is not None:
                answer = answer_of(response)
                total += alpha * (partial_credit(item, answer) if name == "continuous" else correct(item, answer))
        return total

    return scored

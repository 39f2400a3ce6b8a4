"""What an answer is, and whether it is right: as the dataset's verifiers compare."""

from __future__ import annotations

import math
import re

WELL_FORMED = re.compile(r"<think>(?:(?!</?(?:think|answer)>).)*</think>\s*<answer>((?:(?!</?(?:think|answer)>).)+)</answer>", re.S)
LEAST_OVERLAP = 0.5


def well_formed(response: str) -> bool:
    """Exactly one <think>…</think>, then exactly one <answer>…</answer> that is not empty, and nothing else."""
    return WELL_FORMED.fullmatch(response.strip()) is not None


def answer_of(response: str) -> str:
    """What stands in <answer>…</answer>, else the whole."""
    found = re.search(r"<answer>(.*?)</answer>", response, re.S)
    return (found.group(1) if found else response).strip()


def box(text: str) -> tuple[int, ...] | None:
    """x1,y1,x2,y2."""
    numbers = re.findall(r"\d+", text)
    return tuple(map(int, numbers)) if len(numbers) == 4 else None


def overlap(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Intersection over union."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return wide * high / (sum(areas) - wide * high)


def correct(item: dict, answer: str) -> bool:
    """Boxes: IoU > 0.5. All else: equal but for case and outer space, whole numbers by value.

    The puzzles' verifiers (dataset/generator/puzzles/puzzle.ts) do the same: each state has one right answer.
    """
    if item["questionType"] == "box":
        right, given = box(item["answer"]), box(answer)
        return right is not None and given is not None and overlap(right, given) > LEAST_OVERLAP
    right, given = item["answer"].strip().lower(), answer.strip().lower()
    if right == given:
        return True
    return bool(re.fullmatch(r"\d+", right) and re.fullmatch(r"\d+", given)) and int(right) == int(given)


def wilson(hits: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %."""
    if n == 0:
        return 0.0, 1.0
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)

"""Grading goldens: `python tools/goldens/grading/make.py` writes `../data/grading/`. Running it twice gives the same bytes.

    equivalence.json  each pair of `cases.py` with math_verify's verdict
    unseen.json       each answer and response of `unseen.py` with it
    responses.json    each response of `responses.py` with it; math_verify is told no options
    statistics.json   Wilson, Clopper and Pearson, McNemar, Holm (statsmodels), exact binomial, Student's quantiles (scipy),
                      Newcombe's paired interval by numpy
    rewards.json      the six rewards of tools/demo-family/rewards.py on varied responses
    transfer/         results in the reference's layout; transfer.json what their table is
"""

from __future__ import annotations

import json
import logging
import random
import sys
from pathlib import Path

from math_verify import parse, verify
from scipy.stats import binomtest
from scipy.stats import t as student
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

import responses
import unseen
from cases import BEYOND, DIFFERENT, EQUAL, HARD
from transfer import write_transfer

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data" / "grading"
sys.path.insert(0, str(HERE.parents[1] / "demo-family"))

import grading as family_grading  # noqa: E402
from rewards import WEIGHTS, inside, reward, tag_score, thoughts  # noqa: E402


def main() -> None:
    logging.disable(logging.CRITICAL)
    DATA.mkdir(parents=True, exist_ok=True)
    write("equivalence.json", equivalence())
    write("unseen.json", unseen_cases())
    write("responses.json", response_cases())
    write("statistics.json", statistics())
    write("rewards.json", rewards())
    write("transfer.json", write_transfer(DATA / "transfer"))


def write(name: str, found: object) -> None:
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (DATA / name).write_text(text + "\n", encoding="utf-8")


def math_verdict(right: str, given: str) -> bool:
    """math_verify's, both sides in dollars as a response would hold them."""
    return response_verdict(right, f"${given}$")


def response_verdict(right: str, response: str) -> bool:
    """math_verify's, which finds the answer in the response itself."""
    return bool(verify(parse(f"${right}$"), parse(response)))


def equivalence() -> list[dict]:
    groups = {"equal": EQUAL, "different": DIFFERENT, "beyond": BEYOND, "hard": HARD}
    return [
        {"group": group, "right": right, "given": given, "mathVerify": math_verdict(right, given)}
        for group, pairs in groups.items()
        for right, given in pairs
    ]


def unseen_cases() -> list[dict]:
    asked = [
        (1, unseen.FIRST_ANSWERS, False, math_verdict), (1, unseen.FIRST_RESPONSES, True, response_verdict),
        (2, unseen.SECOND_ANSWERS, False, math_verdict), (2, unseen.SECOND_RESPONSES, True, response_verdict),
        (3, unseen.THIRD_ANSWERS, False, math_verdict), (3, unseen.THIRD_RESPONSES, True, response_verdict),
        (4, unseen.FOURTH_RESPONSES, True, response_verdict), (5, unseen.FIFTH_RESPONSES, True, response_verdict),
    ]  # fmt: skip
    return [
        {"round": round_, "kind": kind, "right": right, "given": given, "equal": equal, "response": response, "mathVerify": verdict(right, given)}
        for round_, cases, response, verdict in asked
        for kind, pairs in cases.items()
        for right, given, equal in pairs
    ]


def response_cases() -> list[dict[str, object]]:
    return [
        {
            "right": right,
            "response": response,
            **({"choices": choices} if choices else {}),
            "correct": correct,
            "mathVerify": response_verdict(right, response),
        }
        for right, response, choices, correct in responses.CASES
    ]


def statistics() -> dict:
    draw = random.Random(11)
    counts = [(0, 1), (1, 1), (0, 100), (100, 100), (3, 7), (47, 100), (1, 1000), (500, 1000), (81, 300)]
    wilson = []
    for hits, n in counts:
        low, high = proportion_confint(hits, n, alpha=0.05, method="wilson")
        wilson.append({"hits": hits, "n": n, "low": float(low), "high": float(high)})
    pairs = [(0, 0), (0, 1), (1, 0), (3, 10), (10, 3), (5, 5), (25, 40), (0, 12), (300, 360), (2000, 2100)]
    tests = [
        {
            "lost": lost, "gained": gained,
            "mcnemar": float(mcnemar([[5, lost], [gained, 7]], exact=True).pvalue),
            "binomial": float(binomtest(lost, lost + gained, 0.5).pvalue) if lost + gained else 1.0,
        }
        for lost, gained in pairs
    ]  # fmt: skip
    lists = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.9, 0.8, 0.7], [0.02, 0.02, 0.02], [draw.random() ** 3 for _ in range(12)]]
    holm = [{"p": p, "adjusted": [float(x) for x in multipletests(p, method="holm")[1]]} for p in lists]
    tables = [(10, 5, 8, 20), (0, 0, 0, 30), (30, 0, 0, 0), (0, 7, 0, 3), (40, 3, 12, 45), (1, 0, 1, 0), (200, 31, 12, 57)]
    paired = [{"table": t, **newcombe(*t)} for t in tables]
    exact = []
    for hits, n in [(0, 1), (1, 1), (0, 12), (12, 12), (1, 12), (3, 7), (47, 100), (0, 100)]:
        low, high = proportion_confint(hits, n, alpha=0.05, method="beta")
        exact.append({"hits": hits, "n": n, "low": float(low), "high": float(high)})
    freedoms = [1, 2, 3, 4, 5, 11, 12, 30, 99, 1279]
    quantiles = [{"freedom": freedom, "quantile": float(student.ppf(0.975, freedom))} for freedom in freedoms]
    return {"wilson": wilson, "mcnemar": tests, "holm": holm, "paired": paired, "clopperPearson": exact, "student": quantiles}


def newcombe(both: int, lost: int, gained: int, neither: int) -> dict:
    """Newcombe 1998 (Statistics in Medicine 17, 2635), method 10, for second − first: written from the paper."""
    import numpy as np

    n = both + lost + gained + neither
    before, after = np.array([both + lost, both + gained]) / n
    (l1, u1), (l2, u2) = (proportion_confint(k, n, method="wilson") for k in (both + gained, both + lost))
    margins = float((both + lost) * (gained + neither) * (both + gained) * (lost + neither))
    cross = both * neither - lost * gained
    phi = 0.0 if margins == 0 else (max(cross - n / 2, 0) if cross > 0 else cross) / margins**0.5
    down = (after - l1) ** 2 - 2 * phi * (after - l1) * (u2 - before) + (u2 - before) ** 2
    up = (u1 - after) ** 2 - 2 * phi * (u1 - after) * (before - l2) + (before - l2) ** 2
    delta = after - before
    return {"low": float(max(-1, delta - np.sqrt(max(0, down)))), "high": float(min(1, delta + np.sqrt(max(0, up))))}


PARTS = {
    "description": ["A clock. It shows ten.", "A maze of 5 by 5.", "Dots. Dots. Dots.", ""],
    "think": ["I count 3. I count 4. 3 + 4 = 7.", "It is 2:30.\nThen 2:30.\nThen 3:30.", "One thing. one thing. ONE thing.", "3.5 is half of 7", ""],
    "rethink": ["Wait. I check again. Yes.", "Hmm", ""],
    "visual": ["The hand points at four. It is short.", "Four. Four."],
}
ANSWERS = {
    "clock": ("4:50", ["4:50", "4:45", "5:50", "04:50", "11:10", "four", "4:05", "16:50"]),
    "number": ("7", ["7", "07", "8", "12", "13", "7.0", "seven", " 7 "]),
    "word": ("Yes", ["Yes", "yes", "YES ", "No", "Yes."]),
    "box": ("10,10,50,50", ["10,10,50,50", "12,12,48,52", "10,10,29,50", "10,10,30,50", "60,60,90,90", "10,10,50"]),
}


def rewards() -> dict:
    draw = random.Random(5)
    cases = []
    for kind, (right, given) in ANSWERS.items():
        item = {"answer": right, "questionType": "box" if kind == "box" else "puzzle"}
        for answer in given:
            for _ in range(3):
                cases.append((item, response(draw, answer)))
        cases += [(item, given[0]), (item, ""), (item, f"<answer>{given[0]}"), (item, f"<think></think><answer>{given[0]}</answer> and more")]
    return {"weights": WEIGHTS, "cases": [scored(item, text) for item, text in cases]}


def response(draw: random.Random, answer: str) -> str:
    thought = draw.choice(PARTS["think"])
    if draw.random() < 0.4:
        thought += f" <visual>{draw.choice(PARTS['visual'])}</visual>"
    said = f"<think>{thought}</think>"
    if draw.random() < 0.4:
        said = f"<description>{draw.choice(PARTS['description'])}</description>\n" + said
    if draw.random() < 0.4:
        said += f"<rethink>{draw.choice(PARTS['rethink'])}</rethink>"
    return said + (f"<answer>{answer}</answer>" if draw.random() < 0.9 else answer)


def scored(item: dict, text: str) -> dict:
    tags = {
        "description": tag_score(inside(text, "description")),
        "think": tag_score(inside(text, "think")),
        "rethink": tag_score(inside(text, "rethink")),
        "visual": tag_score(inside(thoughts(text), "visual")),
    }
    return {
        "right": item["answer"],
        "kind": item["questionType"],
        "response": text,
        "correct": family_grading.correct(item, family_grading.answer_of(text)),
        "wellFormed": family_grading.well_formed(text),
        "tags": tags,
        "rewards": {name: reward(name)(item, text) for name in WEIGHTS},
    }


if __name__ == "__main__":
    main()

"""Spectra and norms of updates, in float64 by NumPy: the oracle of src/spectra.

Matrices are not stored. Both sides make them from a seed by the same arithmetic (src/spectra/testing/golden-matrices.ts):
mulberry32 for random numbers, IEEE double operations in a fixed order, one rounding to float32 at the end.

    python tools/goldens/spectra.py           # data/spectra/spectra.json, some seconds
    python tools/goldens/spectra.py --large   # also data/spectra/large.json: 3584 x 18944, minutes
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

OUT = Path(__file__).parent / "data" / "spectra"
TINY = 1e-12
TOP_K = 50


def mulberry32(seed: int, count: int) -> np.ndarray:
    """`count` numbers in [0, 1), as src/engine/sampling.ts gives them one by one."""
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5) + np.uint64(seed)
    state = steps.astype(np.uint32)
    mixed = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
    mixed ^= mixed + (mixed ^ (mixed >> np.uint32(7))) * (mixed | np.uint32(61))
    return (mixed ^ (mixed >> np.uint32(14))).astype(np.float64) / 2**32


def total(values: np.ndarray) -> float:
    """A sum in order: pairwise summation would round otherwise."""
    return float(np.add.accumulate(values)[-1])


def unit(seed: int, n: int) -> np.ndarray:
    x = mulberry32(seed, n) - 0.5
    return x / np.sqrt(total(x * x))


def random(rows: int, columns: int, seed: int) -> np.ndarray:
    return (mulberry32(seed, rows * columns) - 0.5).reshape(rows, columns)


def graded(rows: int, columns: int, seed: int, ratio: float) -> np.ndarray:
    """(I - 2 u u') D (I - 2 v v') with D = 1, ratio, ratio**2, ... on its diagonal."""
    n = min(rows, columns)
    d = np.multiply.accumulate(np.concatenate([[1.0], np.full(n - 1, ratio)]))
    u, v = unit(seed, rows), unit(seed + 1, columns)
    left, right = np.zeros(columns), np.zeros(rows)
    left[:n] = u[:n] * d
    right[:n] = d * v[:n]
    inner = total(left[:n] * v[:n])
    outer = (4 * inner) * u
    a = np.zeros((rows, columns))
    a[np.arange(n), np.arange(n)] = d
    return ((a - (2 * u)[:, None] * left[None, :]) - (2 * right)[:, None] * v[None, :]) + outer[:, None] * v[None, :]


def low_rank(rows: int, columns: int, seed: int, rank: int) -> np.ndarray:
    """A product of integer factors: exact in float32, and so exactly of this rank at most."""
    x = np.floor(mulberry32(seed, rows * rank) * 9) - 4
    y = np.floor(mulberry32(seed + 1, rank * columns) * 9) - 4
    return x.reshape(rows, rank) @ y.reshape(rank, columns)


def few_rows(rows: int, columns: int, seed: int, every: int) -> np.ndarray:
    """Random in every so many-th row and column, zero elsewhere: what an update of few tokens' embeddings looks like."""
    a = random(rows, columns, seed)
    a[np.arange(rows) % every != 0] = 0
    a[:, np.arange(columns) % every == 1] = 0
    return a


def zero(rows: int, columns: int) -> np.ndarray:
    return np.zeros((rows, columns))


MAKERS = {"random": random, "graded": graded, "low_rank": low_rank, "few_rows": few_rows, "zero": zero}

CASES = [
    ("square", "random", 64, 64, dict(seed=1)),
    ("tall", "random", 200, 48, dict(seed=2)),
    ("wide", "random", 48, 200, dict(seed=3)),
    ("odd", "random", 37, 101, dict(seed=4)),
    ("odd tall", "random", 131, 67, dict(seed=5)),
    ("one row", "random", 1, 33, dict(seed=6)),
    ("one column", "random", 33, 1, dict(seed=7)),
    ("one element", "random", 1, 1, dict(seed=8)),
    ("two by three", "random", 2, 3, dict(seed=9)),
    ("five by five", "random", 5, 5, dict(seed=10)),
    ("all zero", "zero", 30, 20, dict()),
    ("rank 3 of 40", "low_rank", 60, 40, dict(seed=11, rank=3)),
    ("rank 12, wide", "low_rank", 96, 300, dict(seed=12, rank=12)),
    ("rank 64 of 300", "low_rank", 300, 300, dict(seed=13, rank=64)),
    ("few rows", "few_rows", 400, 96, dict(seed=14, every=16)),
    ("graded to 1e2", "graded", 80, 80, dict(seed=15, decades=2)),
    ("graded to 1e4", "graded", 120, 90, dict(seed=16, decades=4)),
    ("graded to 1e5, wide", "graded", 100, 260, dict(seed=17, decades=5)),
    ("graded to 1e6", "graded", 64, 64, dict(seed=18, decades=6)),
    ("graded to 1e6, tall", "graded", 700, 512, dict(seed=19, decades=6)),
    ("tile less one", "random", 255, 383, dict(seed=20)),
    ("tile and one", "random", 385, 257, dict(seed=21)),
    ("vision MLP, a third", "random", 1140, 427, dict(seed=22)),
    ("1024 square", "random", 1024, 1024, dict(seed=23)),
    ("1024 wide", "random", 1024, 1536, dict(seed=24)),
    ("1024 graded", "graded", 1024, 1024, dict(seed=25, decades=6)),
]


def metrics(values: np.ndarray, top_k: int = TOP_K) -> dict:
    positive = values[values > TINY]
    p = positive / positive.sum() if len(positive) else positive
    top = values[:top_k]
    squares = float((values**2).sum())
    return {
        "spectralNorm": float(values[0]),
        "nuclearNorm": float(values.sum()),
        "frobeniusNorm": squares**0.5,
        "stableRank": squares / (float(values[0]) ** 2 + TINY),
        "effectiveRank": float(np.exp(-(p * np.log(p)).sum())) if len(positive) else 0.0,
        "conditionNumber": float(values[0] / (values[-1] + TINY)),
        "logVolume": float(np.log(top + TINY).sum()),
        "singularValues": top.tolist(),
    }


def described(kind: str, rows: int, columns: int, options: dict) -> dict:
    options = dict(options)
    if kind == "graded":
        options["ratio"] = 10 ** (-options.pop("decades") / (min(rows, columns) - 1))
    return {"kind": kind, "rows": rows, "columns": columns, **options}


def make(case: dict) -> np.ndarray:
    options = {key: value for key, value in case.items() if key not in ("name", "kind")}
    return MAKERS[case["kind"]](**options).astype(np.float32)


def measured(case: dict) -> dict:
    matrix = make(case)
    truth = np.linalg.svd(matrix.astype(np.float64), compute_uv=False)
    if case["kind"] in ("low_rank", "few_rows"):
        # Exact matrices of known rank: what lies beyond it is rounding of this very computation.
        truth[np.linalg.matrix_rank(matrix.astype(np.float64)) :] = 0
    single = torch.linalg.svdvals(torch.from_numpy(matrix)).double().numpy()
    condition = float(single[0] / (single[-1] + TINY))
    return {
        **case,
        "sum": total(matrix.astype(np.float64).ravel()),
        "expected": metrics(truth),
        "torchFloat32ConditionNumber": condition,
    }


def large() -> dict:
    """The size of a down_proj of 7B. Its condition number is some 2.5, so the roots of its Gram matrix's eigenvalues are exact
    to float64, and take a tenth of the time."""
    case = {"name": "down_proj of 7B", **described("random", 3584, 18944, dict(seed=26))}
    matrix = make(case).astype(np.float64)
    truth = np.sqrt(np.linalg.eigvalsh(matrix @ matrix.T)[::-1])
    return {**case, "sum": total(matrix.ravel()), "expected": metrics(truth)}


def bfloat16(values: np.ndarray) -> np.ndarray:
    """The upper half of float32: cut off, not rounded, which is simplest to repeat."""
    return (values.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def half_difference(to: np.ndarray, of: np.ndarray) -> np.ndarray:
    return (to.astype(np.float16) - of.astype(np.float16)).astype(np.float64)


def roundings() -> dict:
    """Norms of updates of bfloat16 weights, subtracted in float32 and, as the reference does, in float16."""
    count = 5003
    base = bfloat16((mulberry32(31, count) - 0.5) * 0.2)
    # Every third weight is tiny: a subnormal of float16, or nothing at all.
    base[::3] = bfloat16(base[::3] * 2.0**-14)
    tuned = bfloat16(base + (mulberry32(32, count) - 0.5) * 0.01)
    rl = bfloat16(tuned + (mulberry32(33, count) - 0.5) * 0.0005)

    def norm(x: np.ndarray) -> float:
        return float(np.sqrt((x.astype(np.float64) ** 2).sum()))

    return {
        "count": count,
        "stored": {"sft": norm(tuned - base), "rl": norm(rl - tuned), "in": norm(tuned)},
        "reference": {
            "sft": norm(half_difference(tuned, base)),
            "rl": norm(half_difference(rl, tuned)),
            "in": norm(tuned.astype(np.float16)),
        },
        "unchanged": {
            "stored": {"sft": int((tuned == base).sum()), "rl": int((rl == tuned).sum())},
            "reference": {
                "sft": int((half_difference(tuned, base) == 0).sum()),
                "rl": int((half_difference(rl, tuned) == 0).sum()),
            },
        },
    }


def write(name: str, value: dict) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(json.dumps(value, indent=1) + "\n")


def main() -> None:
    torch.set_num_threads(1)
    cases = [
        measured({"name": name, **described(kind, rows, columns, options)})
        for name, kind, rows, columns, options in CASES
    ]
    write("spectra.json", {"topK": TOP_K, "cases": cases, "roundings": roundings()})
    if "--large" in sys.argv:
        write("large.json", large())


if __name__ == "__main__":
    main()

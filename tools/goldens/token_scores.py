"""What several models say of every token of one answer: `python tools/goldens/token_scores.py`, after make.py.

Written to data/expected/token-scores.json: a greedy answer read by other models, teacher-forced; ln p, rank and entropy at each of
its tokens, the likeliest tokens there, and KL between two models. All from transformers' logits over every row of the head, padded
ones included, in double precision from the logits on.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import torch
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration

from cases import CASES, Case
from checkpoints import load_model
from expected import image_processor
from generation import greedy, prefill
from interventions import ablated, stitched
from prompts import Inputs, prepare
from storage import significant, write_json
from vocabulary import load_tokenizer

DATA = Path(__file__).parent / "data"
CHECKPOINTS = {"a": "untied-gqa2-f16", "b": "untied-gqa2-f16-b", "c": "tied-gqa1-bf16-old"}
"""One tokenizer, heads of as many rows; c has another width, another number of layers and a tied head."""
READERS: list[dict] = [
    {"rest": "a", "layers": "aaa"},
    {"rest": "b", "layers": "bbb"},
    {"rest": "c", "layers": "cccc"},
    {"rest": "a", "layers": "aba"},
    {"rest": "a", "layers": "aaa", "ablate": {"layer": 1, "part": "mlp"}},
]
"""Where layers and all else come from. The first one's greedy answer is read by all."""
PAIRS = [(1, 0), (0, 1), (2, 0), (3, 0), (4, 0)]
"""KL(P ‖ Q) of readers, by their places."""
ASKED = ("text", "square", "two")
TOKENS = 12
LIKELIEST = 5
CLEAR = 1e-4
"""Below this share of the largest |logit| two logits could change places with another order of summation."""


def main() -> None:
    torch.set_num_threads(1)
    models = {letter: load_model(DATA / "checkpoints" / name) for letter, name in CHECKPOINTS.items()}
    first = DATA / "checkpoints" / CHECKPOINTS["a"]
    tokenizer, processor = load_tokenizer(first), image_processor(first)

    def ask(model: Qwen2_5_VLForConditionalGeneration, case: Case) -> Inputs:
        return prepare(model, tokenizer, processor, case.messages, list(case.images))

    cases = {}
    for case in (case for case in CASES if case.name in ASKED):
        said = greedy(models["a"], ask(models["a"], case))
        answer = (said.tokens if said.stop == "length" else said.tokens[:-1])[:TOKENS]
        readings = []
        for reader in READERS:
            model = models[reader["rest"]]
            if set(reader["layers"]) != {reader["rest"]}:
                model = stitched(model, models["b"], reader["layers"])
            with ablated(model, **reader["ablate"]) if "ablate" in reader else nullcontext():
                readings.append(read(model, ask(model, case), answer))
        cases[case.name] = {
            "answer": answer,
            "readers": [scores(logits, answer) for logits in readings],
            "divergences": [
                [significant(value, 9) for value in divergence(readings[p], readings[q])] for p, q in PAIRS
            ],
        }
    document = {
        "checkpoints": CHECKPOINTS,
        "readers": READERS,
        "divergences": [{"p": p, "q": q} for p, q in PAIRS],
        "cases": cases,
    }
    write_json(DATA / "expected" / "token-scores.json", document)


@torch.no_grad()
def read(model: Qwen2_5_VLForConditionalGeneration, inputs: Inputs, answer: list[int]) -> torch.Tensor:
    """[answer, rows of the head] f64: logits at the position before each token of the answer."""
    positions = inputs.length + inputs.rope_delta + torch.arange(len(answer))
    forced = Inputs(
        inputs.prompt,
        torch.cat([inputs.input_ids, torch.tensor([answer], dtype=torch.long)], dim=1),
        torch.cat([inputs.position_ids, positions.expand(3, 1, -1)], dim=2),
        inputs.rope_delta,
        inputs.pixel_values,
        inputs.image_grid_thw,
    )
    return prefill(model, forced, DynamicCache()).logits[0, inputs.length - 1 : -1].double()


def scores(logits: torch.Tensor, answer: list[int], likeliest: int = LIKELIEST) -> dict:
    """Where another token is too close, the rank is not `clear`. The likeliest tokens are, or other cases have to be picked."""
    logprobs = logits.log_softmax(-1)
    found: dict[str, list] = {
        name: [] for name in ("logprobs", "ranks", "clear", "entropies", "likeliest", "likeliestLogprobs")
    }
    for row, logprob, token in zip(logits, logprobs, answer):
        slack = CLEAR * float(row.abs().max())
        others = torch.cat([row[:token], row[token + 1 :]])
        top = row.topk(likeliest + 1)
        if bool((top.values[:-1] - top.values[1:] < slack).any()):
            raise AssertionError("two of the likeliest tokens are all but equal")
        first = top.indices[:-1]
        found["logprobs"].append(significant(float(logprob[token]), 9))
        found["ranks"].append(int((row > row[token]).sum()))
        found["clear"].append(bool((others - row[token]).abs().min() > slack))
        found["entropies"].append(significant(float(-(logprob.exp() * logprob).sum()), 9))
        found["likeliest"].append(first.tolist())
        found["likeliestLogprobs"].append([significant(value, 9) for value in logprob[first].tolist()])
    return found


def divergence(p: torch.Tensor, q: torch.Tensor) -> list[float]:
    """Σ p (ln p − ln q) at each token."""
    log_p, log_q = p.log_softmax(-1), q.log_softmax(-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).tolist()


if __name__ == "__main__":
    main()

"""One step of RL: GRPO (docs/method.md §9.4) without KL, advantages within the group of answers to one prompt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import Qwen2_5_VLForConditionalGeneration

from batches import Example, collate
from forward import Batch, answer_tokens
from generation import generate
from grading import answer_of, correct, well_formed
from rewards import Reward
from vocabulary import token_id, tokenizer

SMALLEST_DEVIATION = 1e-6
"""A group whose rewards are all alike has advantage 0, not 0/0."""


@dataclass(frozen=True)
class Rollouts:
    """Answers of a step, those of one prompt together."""

    rows: list[Example]
    """Prompt and answer."""
    rewards: torch.Tensor
    advantages: torch.Tensor
    facts: dict
    """For the log."""


def advantages(rewards: torch.Tensor, group: int) -> torch.Tensor:
    """(r − mean) / std within each group of a row of answers."""
    grouped = rewards.view(-1, group)
    deviation = grouped.std(dim=1, keepdim=True, correction=0)
    far = (grouped - grouped.mean(dim=1, keepdim=True)) / (deviation + SMALLEST_DEVIATION)
    return torch.where(deviation < SMALLEST_DEVIATION, 0.0, far).flatten()


def roll_out(
    model: Qwen2_5_VLForConditionalGeneration,
    prompts: list[Example],
    group: int,
    longest: int,
    temperature: float,
    reward: Reward,
    seed: tuple[int, int],
) -> Rollouts:
    """Answer each prompt `group` times and score the answers. The same seed, step and weights give the same answers."""
    random = torch.Generator(model.device).manual_seed(seed[0] * 1_000_003 + seed[1])
    said = generate(model, prompts, longest, copies=group, temperature=temperature, random=random)
    asked = [prompt for prompt in prompts for _ in range(group)]
    end = token_id("<|im_end|>")
    texts = [tokenizer().decode([token for token in ids if token != end], skip_special_tokens=False) for ids in said]
    # An answer cut off at `longest` is not one: it gets what its text earns, which is no answer.
    scores = torch.tensor([reward(row.item, text) for row, text in zip(asked, texts, strict=True)])
    by_task: dict[str, list[bool]] = {}
    for row, text in zip(asked, texts, strict=True):
        by_task.setdefault(f"{row.item['task']}/{row.form}", []).append(correct(row.item, answer_of(text)))
    spread = scores.view(-1, group).std(dim=1, correction=0)
    facts = {
        "reward": float(scores.mean()),
        "length": sum(map(len, said)) / len(said),
        "well_formed": sum(map(well_formed, texts)) / len(texts),
        "groups_alike": float((spread < SMALLEST_DEVIATION).float().mean()),
        "accuracy": {task: sum(hits) / len(hits) for task, hits in sorted(by_task.items())},
    }
    rows = [replace(row, ids=row.ids + ids, taught=len(row.ids)) for row, ids in zip(asked, said, strict=True)]
    return Rollouts(rows, scores, advantages(scores, group), facts)


def grouped(rows: list[Example], group: int, device: str) -> tuple[Batch, torch.Tensor, torch.Tensor]:
    """Each prompt once, all answers [rows, length] padded on the right, and which of their places hold a token."""
    prompts = collate([replace(row, ids=row.ids[: row.taught]) for row in rows[::group]], left=True)
    said = [torch.tensor(row.ids[row.taught :]) for row in rows]
    answers = pad_sequence(said, batch_first=True)
    counted = torch.arange(answers.shape[1]) < torch.tensor([len(ids) for ids in said])[:, None]
    return prompts.to(device), answers.to(device), counted.to(device)


def policy_loss(
    model: Qwen2_5_VLForConditionalGeneration,
    rows: list[Example],
    advantage: torch.Tensor,
    before: torch.Tensor | None,
    clip: float,
    temperature: float,
    group: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The clipped surrogate, tokens averaged within an answer and answers among each other; and the log-probabilities.

    Groups without advantage add nothing, so they are left out of the pass, though not of the mean. `before` are those of the policy that answered; None says that this is that policy, so each ratio is 1.
    """
    answered = len(rows)
    telling = advantage.view(-1, group).any(1).repeat_interleave(group)
    if not telling.any():
        nothing = torch.zeros((), device=model.device)
        return nothing.requires_grad_(), nothing[None]
    rows, advantage = [row for row, tells in zip(rows, telling.tolist(), strict=True) if tells], advantage[telling]
    taught = answer_tokens(model, *grouped(rows, group, str(model.device)), temperature)
    now, owner = taught.log_probabilities, taught.rows
    ratio = torch.exp(now - (now.detach() if before is None else before))
    gain = advantage.to(now.device)[owner]
    surrogate = torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain)
    counts = torch.bincount(owner, minlength=len(rows))
    return -(surrogate / counts[owner]).sum() / answered, now.detach()

"""One step of Base or IN: the mean negative log-probability of the response tokens."""

from __future__ import annotations

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from batches import Example, collate
from forward import taught_tokens

Facts = dict[str, list[tuple[float, bool]]]
"""By task and form, of each row: mean loss of its tokens, and whether each token was the first choice."""


def supervised_loss(model: Qwen2_5_VLForConditionalGeneration, rows: list[Example]) -> tuple[torch.Tensor, Facts]:
    """The loss, and facts for the log.

    No item is seen twice, so the share of rows with each token right estimates accuracy (teacher-forced) on fresh ones.
    """
    taught = taught_tokens(model, collate(rows).to(str(model.device)))
    loss = -(taught.log_probabilities * taught.weights).sum() / taught.weights.sum()
    with torch.no_grad():
        counts = torch.bincount(taught.rows, minlength=len(rows))
        zeros = torch.zeros(len(rows), device=counts.device)
        losses = zeros.index_add(0, taught.rows, -taught.log_probabilities) / counts
        exact = zeros.index_add(0, taught.rows, taught.best.float()) == counts
    facts: Facts = {}
    for row, mean, right in zip(rows, losses.tolist(), exact.tolist(), strict=True):
        facts.setdefault(f"{row.item['task']}/{row.form}", []).append((mean, right))
    return loss, facts
